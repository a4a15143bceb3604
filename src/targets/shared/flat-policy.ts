import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Cell } from '../../policy/decide/boxes.ts';
import { boxesOfRegion, everyCell } from '../../policy/decide/boxes.ts';
import type { Decider } from '../../policy/decide/decider.ts';
import { decider, possible, verdictOf } from '../../policy/decide/decider.ts';
import { complement, FIELDS } from '../../policy/decide/domain.ts';
import type { FlatRule } from '../../policy/decide/flat.ts';
import { boxesOf } from '../../policy/decide/flat.ts';
import { ALLOW, DENY, NONE, NOTHING, within } from '../../policy/decide/outcomes.ts';
import type { NodeId, Operation } from '../../policy/decide/space.ts';
import { leaf } from '../../policy/decide/space.ts';

/** From that many on, what a cell asks of the protocol is rather which ones it does not mean. */
const MANY = 128;

/** What a policy comes to for firewalls that ask rules in order and know one verdict a packet. */
export interface FlatPolicy {
  /** In this order. What is in none of them is left alone. */
  readonly rules: readonly FlatRule[];
  /** What would be denied if its device were not in trial: to be logged, and to pass. */
  readonly trial: readonly FlatRule[];
}

/**
 * The disjoint cells of a policy, with DNS names as the addresses that they stand for now. Cells of
 * nearly all protocols come last and ask for none: what they do not mean has been decided by then.
 * Two of these have a protocol in common, so that they have nothing else in common.
 */
export function flatPolicy(policy: BoundPolicy): FlatPolicy {
  const decided = decider(policy, { names: 'resolved' });
  const { space, domain, root, inForce } = decided;
  const cells = everyCell(space, inForce, (outcome) => outcome !== NONE);
  const undecided = space.apply(whereNone, possible(decided), inForce);
  const wide = new Set(cells.filter((cell) => isWidenable(decided, cell, undecided)));
  const rules = [...cells.filter((cell) => !wide.has(cell)), ...[...wide].map(widened)].flatMap(
    ({ value, region }) => {
      const verdict = verdictOf(value);
      if (verdict === 'leave') return [];
      return boxesOfRegion(domain, region).map((box): FlatRule => ({ verdict, ...box }));
    },
  );
  const waived = space.apply(deniedInTrial, root, inForce);
  return { rules, trial: boxesOf({ ...decided, inForce: waived }) };
}

function widened({ value, region }: Cell): Cell {
  const wide = [...region];
  wide[FIELDS.protocol] = undefined;
  return { value, region: wide };
}

/** Whether the protocols that it does not mean are decided everywhere else in it. */
function isWidenable({ space }: Decider, { region }: Cell, undecided: NodeId): boolean {
  const protocols = region[FIELDS.protocol];
  if (protocols === undefined || octets(protocols) < MANY) return false;
  if (region[FIELDS.port] !== undefined || region[FIELDS.sourcePort] !== undefined) return false;
  const others = [...region];
  others[FIELDS.protocol] = complement(protocols);
  const there = space.box(others, leaf(ALLOW), NOTHING);
  return space.apply(within, there, undecided) === NOTHING;
}

function octets(intervals: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < intervals.length; at += 2) {
    sum += Math.min(intervals[at + 1] ?? 256, 256) - (intervals[at] ?? 0);
  }
  return sum;
}

/** Packets that there are, and of which the policy says nothing. */
const whereNone: Operation = {
  plain(a, b) {
    if (a === NOTHING) return NOTHING;
    if (b === NOTHING) return a;
    return b < 0 ? NOTHING : undefined;
  },
};

/** Denied if nobody were in trial, and not as it is. */
const deniedInTrial: Operation = {
  plain(a, b) {
    if (a === NOTHING || a === leaf(ALLOW) || a === b) return NOTHING;
    if (a >= 0 || b >= 0) return undefined;
    return (~a & DENY) !== 0 && (~b & DENY) === 0 ? a : NOTHING;
  },
};
