import { PortolanError } from '../base/errors.ts';
import type { Instant } from '../model/core.ts';
import type { FirewallLink, FirewallReading } from '../model/firewall-reading.ts';
import { THIS_MACHINE } from '../model/firewall-reading.ts';
import type { TargetId } from '../targets/index.ts';
import { targets } from '../targets/index.ts';
import type { Target } from '../targets/target.ts';
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
  const rules = [...parsed.program.chains.values()].reduce((sum, chain) => sum + chain.length, 0);
  const reading = { origin, at, target: target.id, text, links: around };
  return { reading, rules, notes: parsed.notes };
}

interface Origin {
  readonly origin: string;
  readonly at: Instant;
  readonly around?: readonly FirewallLink[];
}

/** How each language is printed here; all that is printed is in force together. */
const PRINTED: readonly {
  readonly target: TargetId | 'iptables';
  readonly commands: readonly (readonly [string, ...string[]])[];
}[] = [
  { target: 'nftables', commands: [['nft', 'list', 'ruleset']] },
  {
    target: 'iptables',
    commands: [['iptables-legacy-save'], ['ip6tables-legacy-save'], ['ipset', 'save']],
  },
];

/**
 * The rules in force on this machine. What iptables wrote through nftables is among those that
 * `nft` lists; what its former kernel interface holds is printed by itself.
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
  const around = await attachments();
  const found: ReturnType<typeof readRuleset>[] = [];
  for (const { target: id, commands } of PRINTED) {
    const target = targetCalled(id);
    if (target === undefined) continue;
    const text = await printed(commands, id === 'nftables', signal);
    if (id !== 'nftables' && !text.includes('-A ') && !text.includes('DROP')) continue;
    found.push(readRuleset(text, { origin: THIS_MACHINE, at, target, around }));
  }
  return found;
}

async function printed(
  commands: readonly (readonly [string, ...string[]])[],
  isNeeded: boolean,
  signal: AbortSignal,
): Promise<string> {
  const texts: string[] = [];
  for (const [program, ...argv] of commands) {
    const result = await runTool(program, argv, { milliseconds: MILLISECONDS, signal });
    if (result?.status === 0) texts.push(result.output);
    else if (isNeeded) throw refused(program, result !== undefined);
  }
  return texts.join('\n');
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

async function attachments(): Promise<readonly FirewallLink[]> {
  const { networks } = await surroundings();
  const ways = new Set(networks.filter((one) => one.outside).map((one) => one.interface));
  const all = links();
  return networks.map(({ interface: name, network }) => {
    const family = network.includes(':') ? 6 : 4;
    const link = all.find((each) => each.name === name && each.family === family);
    return { interface: name, address: link?.address ?? '', network, outside: ways.has(name) };
  });
}
