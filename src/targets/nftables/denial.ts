import type { BoundDevice } from '../../model/bound-policy.ts';
import type { LogPrefix } from '../shared/log-prefix.ts';
import { logPrefix } from '../shared/log-prefix.ts';
import type { Path } from '../shared/terms.ts';
import { comment, id, LOG_GROUP } from './names.ts';
import type { Chains, Owner, Plan, Side } from './plan.ts';

/** Of one rule of ours: a flood must not become a flood of log records. */
const LOG_RATE = 'limit rate 10/second burst 20 packets';

/** Where a line stands, and so what is known of the packet and what a denial means. */
export interface Place {
  readonly plan: Plan;
  readonly chains: Chains;
  readonly side: Side;
  readonly path: Path;
  /** Undefined among the rules for everybody. */
  readonly owner?: Owner;
  /** What an allow of a rule is here: the guard's is the last word. */
  readonly allow: 'return' | 'accept';
  /** The packet has an address of the owner, not only its MAC. */
  readonly isAtAddress: boolean;
}

export interface Action {
  readonly verdict: string;
  readonly logs: readonly string[];
}

/** What becomes of what is denied: a device in trial only learns what would be. */
export function denial(
  { chains }: Pick<Place, 'chains'>,
  action: 'drop' | 'reject',
  device: BoundDevice | undefined,
  rule: string,
  log: boolean,
): Action {
  if (device?.trial === true) {
    return { verdict: 'return', logs: [logged('would-block', device, rule)] };
  }
  const logs = log ? [logged(action, device, rule)] : [];
  return { verdict: action === 'drop' ? 'drop' : `goto ${rejecting(chains)}`, logs };
}

/** RFC 9293 §3.10.7.1: a refused TCP connection is reset. Others get "port unreachable". */
function rejecting(chains: Chains): string {
  return chains.add('p_reject', ['meta l4proto 6 reject with tcp reset', 'reject']);
}

export function logged(
  what: LogPrefix['what'],
  device: BoundDevice | undefined,
  rule: string,
): string {
  const owner = device === undefined ? {} : { device: id(device.id) };
  const prefix = logPrefix({ what, ...owner, rule: id(rule) });
  return `${LOG_RATE} log prefix "${prefix}" group ${LOG_GROUP}`;
}

export function joined(...words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' ');
}

/** The lines of a default or a check of ours, under a match. */
export function denialLines(
  place: Pick<Place, 'chains'>,
  match: string,
  action: 'drop' | 'reject',
  device: BoundDevice | undefined,
  rule: string,
): readonly string[] {
  const { verdict, logs } = denial(place, action, device, rule, true);
  return [
    ...logs.map((log) => joined(match, log)),
    joined(match, `counter ${verdict} ${comment(rule)}`),
  ];
}
