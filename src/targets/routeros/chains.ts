import type { BoundDevice, BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import type { Plan, Side } from '../nftables/plan.ts';
import type { Lists } from './lists.ts';
import type { Family, Words } from './words.ts';
import { addLine, id } from './words.ts';

/** A flood must not become a flood of log records. */
const LOG_LIMIT = '10/1s,20:packet';

/** The chains of one family, each written once. */
export class Chains {
  readonly plan: Plan;
  readonly family: Family;
  readonly lists: Lists;
  readonly #lines = new Map<string, readonly Line[]>();

  constructor(plan: Plan, family: Family, lists: Lists) {
    this.plan = plan;
    this.family = family;
    this.lists = lists;
  }

  get policy(): BoundPolicy {
    return this.plan.policy;
  }

  has(name: string): boolean {
    return this.#lines.has(name);
  }

  add(name: string, lines: readonly Line[]): string {
    if (!this.#lines.has(name)) this.#lines.set(name, lines);
    return name;
  }

  texts(): readonly string[] {
    return [...this.#lines].flatMap(([chain, lines]) =>
      lines.map(({ words, comment }) => addLine({ chain, ...words }, comment)),
    );
  }
}

export interface Line {
  readonly words: Words;
  /** Id of a rule, or of what we add ourselves. */
  readonly comment: string;
}

export function line(words: Words, comment: string): Line {
  return { words, comment: id(comment) };
}

export function logLine(
  match: Words,
  what: 'allow' | 'drop' | 'reject' | 'would-block',
  device: BoundDevice | undefined,
  rule: string,
): Line {
  const owner = device === undefined ? '-' : id(device.id);
  const prefix = `"ptl ${what} ${owner} ${id(rule)}"`;
  return line({ ...match, action: 'log', limit: LOG_LIMIT, 'log-prefix': prefix }, rule);
}

/** What is denied; whose device is in trial passes, and it is logged that it would not. */
export function denialLines(
  chains: Chains,
  match: Words,
  action: 'drop' | 'reject',
  device: BoundDevice | undefined,
  rule: string,
  log: boolean,
): readonly Line[] {
  if (device?.trial === true) {
    const logged = logLine(match, 'would-block', device, rule);
    return [logged, line({ ...match, action: 'return' }, rule)];
  }
  const words =
    action === 'drop' ? { action } : { action: 'jump', 'jump-target': rejecting(chains) };
  const logged = log ? [logLine(match, action, device, rule)] : [];
  return [...logged, line({ ...match, ...words }, rule)];
}

/** RFC 9293 §3.10.7.1: a refused TCP connection is reset. Nothing comes back from this chain. */
function rejecting(chains: Chains): string {
  return chains.add('ptl-reject', [
    line({ protocol: 'tcp', action: 'reject', 'reject-with': 'tcp-reset' }, 'ptl-reject'),
    line({ action: 'reject', 'reject-with': 'icmp-port-unreachable' }, 'ptl-reject'),
  ]);
}

const PER = { second: '1s', minute: '1m', hour: '1h' } as const;

/** Returns where the limits of a rule let one more pass. Each side counts for itself. */
export function limitChain(chains: Chains, side: Side, rule: BoundRule, isTrial: boolean): string {
  const { rate, connections } = rule;
  const name = `ptl-${isTrial ? 'lt' : 'l'}${side[0]}-${id(rule.id)}`;
  const over = isTrial ? 'return' : 'drop';
  const bits = chains.family === 4 ? 32 : 128;
  const lines: Line[] = [];
  if (connections !== undefined) {
    lines.push(line({ 'connection-limit': `${connections.max},${bits}`, action: over }, rule.id));
  }
  if (rate === undefined) return chains.add(name, [...lines, line({ action: 'return' }, rule.id)]);
  const burst = rate.burst > 0 ? rate.burst : 5;
  const amount = `${rate.packets}/${PER[rate.per]},${burst}`;
  const limit: Words =
    rate.key === 'rule'
      ? { limit: `${amount}:packet` }
      : { 'dst-limit': `${amount},src-address/1h` };
  lines.push(line({ ...limit, action: 'return' }, rule.id), line({ action: over }, rule.id));
  return chains.add(name, lines);
}
