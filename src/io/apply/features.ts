import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../capture/find-program.ts';
import { execute } from './host.ts';
import { PATH } from './scratch.ts';

/** What our rulesets use of the kernel: `nft -c` takes a rule whose module the kernel lacks. */
export interface FeatureReport {
  /** Undefined: this account may not make a network of its own, so nothing was tried. */
  readonly missing: readonly string[] | undefined;
  readonly why?: string;
}

/** What a person calls it, and the inside of a table that needs it. */
type Feature = readonly [name: string, body: string];

/** Chains with one statement each, and sets where a statement needs one. */
const FEATURES: readonly Feature[] = [
  ['connection tracking', chain('filter', 'forward', 'ct state established,related accept')],
  ['sets of ranges', `${set('type ipv4_addr', 'flags interval')}${using('ip saddr @s accept')}`],
  [
    'sets with time-outs',
    `${set('type ipv6_addr', 'flags timeout')}${using('ip6 saddr @s accept')}`,
  ],
  [
    'sets of pairs',
    `${set('type ether_addr . ipv4_addr')}${using('ether saddr . ip saddr @s accept')}`,
  ],
  ['rejecting', using('meta l4proto 6 reject with tcp reset\n reject')],
  ['log to group', using('limit rate 10/second burst 20 packets log prefix "x" group 7')],
  [
    'rates by source',
    `${set('type ipv4_addr', 'flags dynamic, timeout', 'timeout 60s', 'size 1024')}${using('update @s { ip saddr limit rate over 5/second burst 5 packets } drop')}`,
  ],
  [
    'numbers of connections',
    `${set('type ipv4_addr', 'flags dynamic', 'size 1024')}${using('add @s { ip saddr ct count over 5 } drop')}`,
  ],
  ['source NAT', chain('nat', 'postrouting', 'meta nfproto ipv4 masquerade')],
  ['destination NAT', chain('nat', 'prerouting', 'tcp dport 80 dnat ip to 192.0.2.1:80')],
  ['redirects', chain('nat', 'prerouting', 'udp dport 53 redirect to :53')],
  ['routes back', chain('filter', 'prerouting', 'fib daddr type local accept')],
];

function chain(type: string, hook: string, line: string): string {
  return ` chain c {\n type ${type} hook ${hook} priority 0\n ${line}\n }\n`;
}

function using(line: string): string {
  return chain('filter', 'forward', line);
}

function set(...lines: readonly string[]): string {
  return ` set s {\n ${lines.join('\n ')}\n }\n`;
}

/** A fixed text; files come as arguments. A network of its own ends with it. */
const SCRIPT = 'for file; do nft -f "$file" 2>/dev/null && echo yes || echo no; done';

/** Loads a small table for each, where it binds nobody. */
export async function probeFeatures(
  features: readonly Feature[] = FEATURES,
): Promise<FeatureReport> {
  const absent = ['nft', 'unshare'].find((name) => findProgram(name) === undefined);
  if (absent !== undefined) return { missing: undefined, why: `${absent} is not installed` };
  const folder = mkdtempSync(join(tmpdir(), 'portolan-features-'));
  try {
    const files = features.map(([, body], index) => {
      const file = join(folder, `${index}.nft`);
      writeFileSync(file, `table inet f${index} {\n${body}}\n`);
      return file;
    });
    const user = process.getuid?.() === 0 ? [] : ['-U', '-r'];
    const command = ['unshare', ...user, '-n', 'sh', '-c', SCRIPT, 'sh', ...files];
    const { status, stdout, stderr } = await execute(command, '', { PATH });
    const answers = stdout.trim().split('\n');
    if (status !== 0 || answers.length !== features.length) {
      return { missing: undefined, why: stderr.trim().split('\n')[0] ?? 'nobody may here' };
    }
    return {
      missing: features.filter((_, index) => answers[index] !== 'yes').map(([name]) => name),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
