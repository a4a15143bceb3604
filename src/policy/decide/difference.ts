import type { BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import type { Verdict } from '../../model/packet-verdict.ts';
import type { Judged } from '../simulate/match.ts';
import type { Box } from './boxes.ts';
import { boxesOfRegion, cellsOf } from './boxes.ts';
import type { Decider } from './decider.ts';
import { deciders, rulesAt, verdictOf } from './decider.ts';
import type { NameView } from './domain.ts';
import type { Entry } from './sequence.ts';
import { entriesOf } from './sequence.ts';
import type { NodeId, Operation } from './space.ts';
import { leaf } from './space.ts';
import { witnessOf } from './witness.ts';

/** Connections that fare otherwise, one of them as an example, and which rules say so of it. */
export interface Change {
  readonly before: Verdict;
  readonly after: Verdict;
  readonly boxes: readonly Box[];
  readonly packet: Judged;
  readonly rulesBefore: readonly string[];
  readonly rulesAfter: readonly string[];
}

export interface Difference {
  /** No connection fares otherwise; limits may differ. */
  readonly equal: boolean;
  /** Denied before, not denied after. */
  readonly newlyAllowed: readonly Change[];
  readonly newlyDenied: readonly Change[];
  /** Dropped instead of rejected, allowed instead of left alone, and the like. */
  readonly changed: readonly Change[];
  readonly limits: readonly LimitChange[];
  /** There are more changes than are listed. */
  readonly more: boolean;
}

/** A rule that matches as before, but for the limit of rate or number. */
export interface LimitChange {
  readonly before: BoundRule;
  readonly after: BoundRule;
}

export interface DifferenceOptions {
  /** As if devices in trial were enforcing (where nothing is said), or as it is. */
  readonly trial?: 'enforced' | 'in force';
  /** Changes listed at most. */
  readonly most?: number;
}

const SAME = 0;
const BITS_OF_OUTCOME = 5;

/** Leaves: both outcomes where they differ. */
const pairing: Operation = {
  plain(a, b) {
    if (a === b) return leaf(SAME);
    return a < 0 && b < 0 ? leaf((~a << BITS_OF_OUTCOME) | ~b) : undefined;
  },
};

/** Of two policies of one space (`deciders`, `updated`). */
export function differenceOf(
  before: Decider,
  after: Decider,
  { trial = 'enforced', most = 10_000 }: DifferenceOptions = {},
): Difference {
  const [a, b] = [before, after].map((each) => (trial === 'enforced' ? each.root : each.inForce));
  const { cells, whole } = differing(before, after, a ?? 0, b ?? 0, most);
  const changes = cells.map(({ value, region }): Change => {
    const packet = witnessOf(before.domain, region);
    return {
      before: verdictOf(value >> BITS_OF_OUTCOME),
      after: verdictOf(value & ((1 << BITS_OF_OUTCOME) - 1)),
      boxes: boxesOfRegion(before.domain, region),
      packet,
      rulesBefore: rulesAt(before, packet),
      rulesAfter: rulesAt(after, packet),
    };
  });
  return {
    equal: a === b,
    newlyAllowed: changes.filter((each) => isDenied(each.before) && !isDenied(each.after)),
    newlyDenied: changes.filter((each) => !isDenied(each.before) && isDenied(each.after)),
    changed: changes.filter((each) => isDenied(each.before) === isDenied(each.after)),
    limits: limitChanges(before, after),
    more: !whole,
  };
}

function differing(
  before: Decider,
  after: Decider,
  a: NodeId,
  b: NodeId,
  most: number,
): ReturnType<typeof cellsOf> {
  const { space } = before;
  if (space !== after.space) throw new RangeError('deciders of two spaces cannot be compared');
  space.concerning = 'The difference of the two policies';
  return cellsOf(space, space.apply(pairing, a, b), (value) => value !== SAME, most);
}

function isDenied(verdict: Verdict): boolean {
  return verdict === 'drop' || verdict === 'reject';
}

/** Both ways to look at DNS names. */
export interface PolicyDifference {
  readonly equal: boolean;
  readonly symbolic: Difference;
  readonly resolved: Difference;
}

/** Equal for every connection, whatever names stand for: by name and by what they stand for now. */
export function comparePolicies(
  before: BoundPolicy,
  after: BoundPolicy,
  options: DifferenceOptions = {},
): PolicyDifference {
  const of = (names: NameView): Difference => {
    const [a, b] = deciders([before, after], { names });
    if (a === undefined || b === undefined) throw new RangeError('two policies, two deciders');
    return differenceOf(a, b, options);
  };
  const resolved = of('resolved');
  const named = before.names.length + after.names.length > 0;
  const symbolic = named ? of('symbolic') : resolved;
  return { equal: symbolic.equal && resolved.equal, symbolic, resolved };
}

/** Where the first is more lenient: allows what the other leaves alone or denies, and so on. */
const wider: Operation = {
  plain(a, b) {
    if (a === b) return leaf(0);
    return a < 0 && b < 0 ? leaf(leniency(~a) > leniency(~b) ? 1 : 0) : undefined;
  },
};

function leniency(outcome: number): number {
  const verdict = verdictOf(outcome);
  if (verdict === 'allow') return 2;
  return verdict === 'leave' ? 1 : 0;
}

/** Whether the first allows only what the second allows, by name and by address. */
export function isNotWider(policy: BoundPolicy, limit: BoundPolicy): boolean {
  return (['resolved', 'symbolic'] as const).every((names) => {
    const [a, b] = deciders([policy, limit], { names });
    if (a === undefined || b === undefined) return false;
    return a.space.apply(wider, a.root, b.root) === leaf(0);
  });
}

/** Of the same id, or else of the same matches and action. */
function limitChanges(before: Decider, after: Decider): readonly LimitChange[] {
  const changes = new Map<string, LimitChange>();
  for (const name of ['guard', 'egress', 'ingress'] as const) {
    const rules = [...before.policy[name], ...after.policy[name]];
    if (!rules.some((rule) => limitOf(rule) !== NO_LIMIT)) continue;
    const old = placed(before.policy[name], before.lists[name]);
    const byId = new Map(old.map((each) => [each.rule.id, each]));
    const byRoot = new Map(old.map((each) => [each.entry.root, each]));
    for (const { rule, entry } of placed(after.policy[name], after.lists[name])) {
      const same = byId.get(rule.id);
      const match = same?.entry.root === entry.root ? same : byRoot.get(entry.root);
      if (match === undefined || limitOf(match.rule) === limitOf(rule)) continue;
      changes.set(rule.id, { before: match.rule, after: rule });
    }
  }
  return [...changes.values()];
}

function placed(
  rules: readonly BoundRule[],
  list: Decider['lists'][keyof Decider['lists']],
): readonly { readonly rule: BoundRule; readonly entry: Entry }[] {
  const entries = entriesOf(list);
  return rules.flatMap((rule, index) => {
    const entry = entries[index];
    return entry === undefined ? [] : [{ rule, entry }];
  });
}

const NO_LIMIT = ',,,,,';

function limitOf({ rate, connections }: BoundRule): string {
  return [
    rate?.packets,
    rate?.per,
    rate?.burst,
    rate?.key,
    connections?.max,
    connections?.key,
  ].join();
}
