import { ALLOW } from './outcomes.ts';
import type { Intervals, NodeId, Region, Space } from './space.ts';

/** What becomes of the connections of a region; each with a part of the region that fares so. */
export interface Probe {
  readonly allowed?: Region;
  /** Where it depends on what nobody can decide. */
  readonly uncertain?: Region;
  readonly denied?: Region;
}

/**
 * Whether anything of a region passes. The diagram is only walked: asking makes no node and marks no
 * address, so that a thousand ports of a thousand devices can be asked of one diagram.
 */
export function probe(space: Space, root: NodeId, region: Region): Probe {
  const walk = new Walk(space, region);
  walk.visit(root, []);
  return walk.found;
}

class Walk {
  readonly found: { allowed?: Region; uncertain?: Region; denied?: Region } = {};
  readonly #space: Space;
  readonly #region: Region;
  readonly #seen = new Set<NodeId>();

  constructor(space: Space, region: Region) {
    this.#space = space;
    this.#region = region;
  }

  /** As deep as there are fields. */
  visit(id: NodeId, path: Region): void {
    if (this.found.allowed !== undefined || this.#seen.has(id)) return;
    this.#seen.add(id);
    if (id < 0) {
      this.found[kindOf(~id)] ??= this.#whole(path);
      return;
    }
    const field = this.#space.field(id);
    const wanted = this.#region[field];
    const [label = 0, end] = wanted ?? [];
    if (wanted !== undefined && wanted.length === 2 && end === label + 1) {
      this.#down(this.#space.childAt(id, label), path, field, wanted);
      return;
    }
    for (const [child, intervals] of this.#space.children(id)) {
      const both = wanted === undefined ? intervals : met(wanted, intervals);
      if (both.length === 0) continue;
      this.#down(child, path, field, both);
    }
  }

  #down(child: NodeId, path: Region, field: number, intervals: Intervals): void {
    const next = [...path];
    next[field] = intervals;
    this.visit(child, next);
  }

  #whole(path: Region): Region {
    const length = Math.max(path.length, this.#region.length);
    return Array.from(
      { length },
      (_, field): Intervals | undefined => path[field] ?? this.#region[field],
    );
  }
}

/** Both are sorted. A child's intervals may touch: that changes nothing here. */
function met(a: Intervals, b: Intervals): Intervals {
  const both: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [endA = 0, endB = 0] = [a[i + 1], b[j + 1]];
    const from = Math.max(a[i] ?? 0, b[j] ?? 0);
    const end = Math.min(endA, endB);
    if (from < end) both.push(from, end);
    if (endA < endB) i += 2;
    else j += 2;
  }
  return both;
}

function kindOf(outcomes: number): 'allowed' | 'uncertain' | 'denied' {
  if (outcomes === ALLOW) return 'allowed';
  return (outcomes & ALLOW) === 0 ? 'denied' : 'uncertain';
}
