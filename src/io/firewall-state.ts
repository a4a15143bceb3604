import { PortolanError } from '../base/errors.ts';
import type { Instant } from '../model/core.ts';
import type { FirewallLink, FirewallReading } from '../model/firewall-reading.ts';
import { THIS_MACHINE } from '../model/firewall-reading.ts';
import { targets } from '../targets/index.ts';
import { iptables } from '../targets/iptables/iptables.ts';
import { nftables } from '../targets/nftables/nftables.ts';
import type { Target } from '../targets/target.ts';
import { inSeconds } from './apply/listing.ts';
import { links } from './discover/interfaces.ts';
import { runTool } from './discover/run-tool.ts';
import { forwards, surroundings } from './surroundings.ts';

/** Octets of a file that are looked at to tell whose language it is. */
const START = 65_536;
const MILLISECONDS = 20_000;

/** How the rules of a firewall look; in the order in which they are asked. */
const SIGNATURES: readonly (readonly [target: string, form: RegExp])[] = [
  ['nftables', /^table (?:inet|ip|ip6|bridge|arp|netdev) /m],
  ['iptables', /^\*(?:filter|nat|mangle|raw)\s*$/m],
  ['openwrt', /^(?:firewall\.@?[a-z]|config (?:defaults|zone|rule|forwarding|redirect)\b)/m],
  ['routeros', /^\/ip(?:v6)? firewall /m],
  ['ios', /^(?:ip access-list|ipv6 access-list|access-list \d|(?:Extended|Standard) IP)/m],
  ['pf', /^(?:pass|block|match|scrub|rdr|nat|anchor) /m],
];

/** The firewall in whose language a text is; undefined where it is in none that we read. */
export function languageOf(document: Uint8Array): Target | undefined {
  const start = new TextDecoder('latin1').decode(document.subarray(0, START));
  const named = SIGNATURES.filter(([, form]) => form.test(start)).map(([id]) => id);
  return named.flatMap((id) => targetCalled(id) ?? [])[0];
}

export function targetCalled(id: string): Target | undefined {
  const all: readonly Target[] = targets.all;
  return all.find((target) => target.id === id);
}

/** A reading that was not stored yet. */
export type NewReading = Omit<FirewallReading, 'id'>;

/** @throws PortolanError E_INPUT_MALFORMED with the line where it cannot be read */
export function readRuleset(
  text: string,
  { origin, at, target, around = [] }: Origin & { readonly target: Target },
): { readonly reading: NewReading; readonly rules: number; readonly notes: readonly string[] } {
  const parsed = target.parse(text);
  if (!parsed.ok) {
    throw new PortolanError('E_INPUT_MALFORMED', `${origin}:${parsed.line}: ${parsed.why}`, {
      remedy: `It was read as ${target.title}. Nothing was changed`,
    });
  }
  // What begins with a colon is a chain's default, of which a rule was made.
  const rules = [...parsed.program.chains.values()]
    .flat()
    .filter((rule) => !rule.text.startsWith(':')).length;
  const reading = { origin, at, target: target.id, text, links: around };
  return { reading, rules, notes: parsed.notes };
}

interface Origin {
  readonly origin: string;
  readonly at: Instant;
  readonly around?: readonly FirewallLink[];
}

/** Both interfaces that the kernel has for iptables, and the sets that their rules ask for. */
const IPTABLES = ['iptables-nft-save', 'ip6tables-nft-save', 'iptables-legacy-save']
  .concat(['ip6tables-legacy-save'])
  .map((program) => [program]);
const IPSET = ['ipset', 'save'];

/**
 * The rules in force on this machine. What iptables wrote through nf_tables is listed by `nft` too,
 * though not whole: such tables are read as iptables prints them.
 *
 * @throws PortolanError E_USAGE where it is no router; E_MISSING_TOOL, E_NO_PERMISSION,
 * E_INPUT_MALFORMED
 */
export async function readThisMachine(
  at: Instant,
  signal: AbortSignal,
): Promise<readonly ReturnType<typeof readRuleset>[]> {
  if (!forwards()) {
    throw new PortolanError('E_USAGE', 'This machine does not forward: no device is behind it', {
      remedy: 'Read what the router prints: ssh router nft list ruleset | portolan import -',
    });
  }
  const from = { origin: THIS_MACHINE, at, around: await attachments() };
  const saved = await printed([...IPTABLES, IPSET], signal);
  const isUsed = /^-A |^:(?:FORWARD|INPUT) DROP/m.test(saved);
  const listed = await listedByNft(saved === '', signal);
  const text = isUsed ? withoutTables(listed, saved) : listed;
  const readings = [readRuleset(text, { ...from, target: nftables })];
  // One that was empty meanwhile must not leave an older one standing.
  return [...readings, readRuleset(isUsed ? saved : '', { ...from, target: iptables })];
}

/** Where iptables answers, a machine without nft is one that can be read all the same. */
async function listedByNft(isAlone: boolean, signal: AbortSignal): Promise<string> {
  const result = await runTool('nft', ['list', 'ruleset'], { milliseconds: MILLISECONDS, signal });
  if (result?.status === 0) return inSeconds(result.output);
  if (result === undefined && !isAlone) return '';
  throw refused('nft', result !== undefined);
}

async function printed(
  commands: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<string> {
  const texts: string[] = [];
  for (const [program = '', ...argv] of commands) {
    const result = await runTool(program, argv, { milliseconds: MILLISECONDS, signal });
    if (result?.status === 0) texts.push(result.output);
  }
  return texts.join('\n');
}

const TABLE = /^table (ip6?) (filter|nat|mangle|raw|security) \{\n[\s\S]*?^\}\n/gm;

/** What `nft` lists, less tables that iptables printed. */
function withoutTables(listed: string, saved: string): string {
  const printedOnes = saved.split(/^# Generated by /m).flatMap((part) => {
    if (!part.slice(0, 80).includes('nf_tables')) return [];
    const family = part.startsWith('ip6') ? 'ip6' : 'ip';
    return Array.from(part.matchAll(/^\*(\w+)$/gm), ([, name]) => `${family} ${name}`);
  });
  return listed.replaceAll(TABLE, (text, family: string, name: string) =>
    printedOnes.includes(`${family} ${name}`) ? '' : text,
  );
}

function refused(program: string, isThere: boolean): PortolanError {
  if (!isThere) {
    return new PortolanError('E_MISSING_TOOL', `${program} is not installed on this machine`, {
      remedy: 'Read a file that the router printed: nft list ruleset | portolan import -',
    });
  }
  return new PortolanError('E_NO_PERMISSION', `${program} may not read the firewall`, {
    remedy: 'The kernel shows its rules to root only: sudo portolan import firewall',
  });
}

/** The networks that this machine is on. */
export async function attachments(): Promise<readonly FirewallLink[]> {
  const { networks } = await surroundings();
  const ways = new Set(networks.filter((one) => one.outside).map((one) => one.interface));
  const all = links();
  return networks.map(({ interface: name, network }) => {
    const family = network.includes(':') ? 6 : 4;
    const link = all.find((each) => each.name === name && each.family === family);
    return { interface: name, address: link?.address ?? '', network, outside: ways.has(name) };
  });
}
