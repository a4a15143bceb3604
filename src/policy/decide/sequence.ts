import { NONE, orElse } from './outcomes.ts';
import type { NodeId, Space } from './space.ts';

/** One rule as a diagram: its outcome where it matches, `NONE` elsewhere. */
export interface Entry {
  readonly id: string;
  readonly root: NodeId;
}

/**
 * Ordered rules, first match decides, as a binary tree that keeps the diagram of every part.
 *
 * Halves are built by themselves and joined, so most work is done on small diagrams: rule after
 * rule into one large diagram would copy its widest node for each of them. A change of one rule
 * joins anew only the parts that it is in. Never changed in place: who holds an old one may compare.
 */
export interface Sequence {
  readonly size: number;
  readonly root: NodeId;
  readonly entry?: Entry;
  readonly halves?: readonly [Sequence, Sequence];
}

export function sequenceOf(
  space: Space,
  entries: readonly Entry[],
  from = 0,
  to = entries.length,
): Sequence | undefined {
  if (to - from > 1) {
    const middle = (from + to) >> 1;
    return joined(
      space,
      sequenceOf(space, entries, from, middle),
      sequenceOf(space, entries, middle, to),
    );
  }
  const entry = entries[from];
  return to === from || entry === undefined ? undefined : { size: 1, root: entry.root, entry };
}

/** Takes out the entries from `from` up to `to` and puts others in their place. */
export function spliced(
  space: Space,
  sequence: Sequence | undefined,
  [from, to]: readonly [number, number],
  added: Sequence | undefined,
): Sequence | undefined {
  if (sequence === undefined) return added;
  if (sequence.halves === undefined) {
    if (to > from) return added;
    return from === 0 ? joined(space, added, sequence) : joined(space, sequence, added);
  }
  const [left, right] = sequence.halves;
  if (to <= left.size) return joined(space, spliced(space, left, [from, to], added), right);
  if (from >= left.size) {
    const range = [from - left.size, to - left.size] as const;
    return joined(space, left, spliced(space, right, range, added));
  }
  return joined(
    space,
    spliced(space, left, [from, left.size], added),
    spliced(space, right, [0, to - left.size], undefined),
  );
}

function joined(
  space: Space,
  left: Sequence | undefined,
  right: Sequence | undefined,
): Sequence | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  space.concerning = `Rule "${firstOf(right).id}"`;
  const root = space.apply(orElse, left.root, right.root);
  return { size: left.size + right.size, root, halves: [left, right] };
}

function firstOf(sequence: Sequence): Entry {
  let part = sequence;
  while (part.halves !== undefined) [part] = part.halves;
  return part.entry ?? { id: '', root: 0 };
}

/** In order. */
export function entriesOf(
  sequence: Sequence | undefined,
  collected: Entry[] = [],
): readonly Entry[] {
  if (sequence?.entry !== undefined) collected.push(sequence.entry);
  for (const half of sequence?.halves ?? []) entriesOf(half, collected);
  return collected;
}

/** The first that says something of a point. */
export function decidingAt(
  space: Space,
  sequence: Sequence | undefined,
  point: readonly number[],
): { readonly id: string; readonly outcome: number } | undefined {
  let part = sequence;
  while (part !== undefined) {
    const outcome = space.valueAt(part.root, point);
    if (outcome === NONE) return undefined;
    if (part.halves === undefined) return part.entry && { id: part.entry.id, outcome };
    const [left, right] = part.halves;
    part = space.valueAt(left.root, point) === NONE ? right : left;
  }
  return undefined;
}
