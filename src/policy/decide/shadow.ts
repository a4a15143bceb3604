import type { Decider, Side } from './decider.ts';
import { possible } from './decider.ts';
import { ALLOW, NONE, NOTHING, orElse, RETURN } from './outcomes.ts';
import type { Sequence } from './sequence.ts';
import { entriesOf } from './sequence.ts';
import type { NodeId, Operation, Space } from './space.ts';
import { leaf } from './space.ts';

/** A rule that decides nothing on this side: whatever it matches, rules before it have decided. */
export interface Shadowed {
  readonly rule: string;
  readonly side: Side;
  /** Together they cover it, the guard's too, in their order. Empty: there is nothing that it matches. */
  readonly by: readonly string[];
  /** On every side on which it stands: it can be deleted. */
  readonly everywhere: boolean;
}

/** A rule that decides something, but as it would be decided without it. */
export interface Redundant {
  readonly rule: string;
  readonly side: Side;
  readonly everywhere: boolean;
}

export interface Ineffective {
  readonly shadowed: readonly Shadowed[];
  readonly redundant: readonly Redundant[];
}

/** Points that are no longer of interest. */
const PAST = leaf(RETURN);

/** Of the second, only where the first matches. */
const asked: Operation = {
  plain(rules, rest) {
    if (rules === NOTHING || rest === PAST) return PAST;
    return rules < 0 ? rest : undefined;
  },
};

/** Of the second, only where the first does not match. */
const unasked: Operation = {
  plain(rules, rest) {
    if (rules === NOTHING || rest === PAST) return rest;
    return rules < 0 ? PAST : undefined;
  },
};

/** What is decided instead of the second, where it is of interest: the first comes before it. */
const outvoting: Operation = {
  plain(rules, rest) {
    if (rest === PAST || rules === NOTHING) return rest;
    return rules < 0 && rest < 0 ? rules : undefined;
  },
};

type Fate = 'effective' | 'shadowed' | 'redundant';

/**
 * What can be deleted: one walk down each list. A part of it is told where it is asked at all, and
 * what would be decided there without it; its halves are told by each other.
 */
export function ineffective(decider: Decider): Ineffective {
  const fates = { egress: fatesOf(decider, 'egress'), ingress: fatesOf(decider, 'ingress') };
  const sides = ['egress', 'ingress'] as const;
  const of = (fate: Fate): readonly { rule: string; side: Side; everywhere: boolean }[] =>
    sides.flatMap((side) =>
      [...fates[side]].flatMap(([rule, its]) => {
        const everywhere = sides.every((each) => (fates[each].get(rule) ?? fate) === fate);
        return its === fate ? [{ rule, side, everywhere }] : [];
      }),
    );
  const coveringOf = {
    egress: coverage(decider, 'egress'),
    ingress: coverage(decider, 'ingress'),
  };
  return {
    shadowed: of('shadowed').map((each) => ({ ...each, by: coveringOf[each.side](each.rule) })),
    redundant: of('redundant'),
  };
}

export function shadowed(decider: Decider): readonly Shadowed[] {
  return ineffective(decider).shadowed;
}

export function redundant(decider: Decider): readonly Redundant[] {
  return ineffective(decider).redundant;
}

/** By id. Of a rule in several parts one may stand in for another: only all shadowed is nothing. */
function fatesOf(decider: Decider, side: Side): ReadonlyMap<string, Fate> {
  const { space, lists, unruled } = decider;
  const fates = new Map<string, Fate>();
  const list = lists[side];
  if (list === undefined) return fates;
  space.concerning = `What is shadowed in ${side}`;
  const start = space.apply(
    unasked,
    lists.guard?.root ?? NOTHING,
    space.apply(asked, possible(decider), unruled[side].verdict),
  );
  for (const [id, fate] of walk(space, list, space.apply(asked, list.root, start))) {
    const known = fates.get(id);
    const both = known === 'shadowed' && fate === 'shadowed' ? 'shadowed' : 'effective';
    fates.set(id, known === undefined ? fate : both);
  }
  return fates;
}

function* walk(space: Space, part: Sequence, rest: NodeId): Generator<readonly [string, Fate]> {
  if (part.entry !== undefined) yield [part.entry.id, fateOf(space, part.root, rest)];
  if (part.halves === undefined) return;
  const [left, right] = part.halves;
  const below = space.apply(outvoting, right.root, rest);
  yield* walk(space, left, space.apply(asked, left.root, below));
  const behind = space.apply(unasked, left.root, rest);
  yield* walk(space, right, space.apply(asked, right.root, behind));
}

function fateOf(space: Space, rule: NodeId, rest: NodeId): Fate {
  if (rest === PAST) return 'shadowed';
  const own = [...space.census(rule).leaves].filter((outcome) => outcome !== NONE);
  const without = [...space.census(rest).leaves].filter((outcome) => outcome !== RETURN);
  return without.every((outcome) => own.includes(outcome)) ? 'redundant' : 'effective';
}

/** The rules that decide what a rule matches, before it is asked, in their order. */
export function coveredBy(decider: Decider, side: Side, rule: string): readonly string[] {
  return coverage(decider, side)(rule);
}

/** The same for many rules of one side. */
function coverage(decider: Decider, side: Side): (rule: string) => readonly string[] {
  const { space, lists } = decider;
  const parts = new Map<string, { root: NodeId; index: number }>();
  for (const [index, { id, root }] of entriesOf(lists[side]).entries()) {
    const known = parts.get(id)?.root ?? NOTHING;
    parts.set(id, { root: space.apply(orElse, known, root), index });
  }
  const ofPackets = possible(decider);
  return (rule) => {
    const found = new Set<string>();
    const { root, index } = parts.get(rule) ?? { root: NOTHING, index: 0 };
    const matched = space.apply(asked, ofPackets, space.apply(asked, root, leaf(ALLOW)));
    const rest = cover(space, lists.guard, Number.POSITIVE_INFINITY, matched, found);
    cover(space, lists[side], index, rest, found);
    found.delete(rule);
    return [...found];
  };
}

/** What is left of a region after the first rules of a part; whoever takes some of it is noted. */
function cover(
  space: Space,
  part: Sequence | undefined,
  count: number,
  rest: NodeId,
  found: Set<string>,
): NodeId {
  if (part === undefined || count <= 0 || rest === PAST) return rest;
  if (space.apply(asked, part.root, rest) === PAST) return rest;
  if (part.halves === undefined) {
    if (part.entry !== undefined) found.add(part.entry.id);
    return space.apply(unasked, part.root, rest);
  }
  const [left, right] = part.halves;
  const behind = cover(space, left, count, rest, found);
  return cover(space, right, count - left.size, behind, found);
}
