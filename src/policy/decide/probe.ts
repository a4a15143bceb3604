import { common } from './domain.ts';
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
    for (const [child, intervals] of this.#space.children(id)) {
      const both = common(wanted, intervals);
      if (both === undefined || both.length === 0) continue;
      const next = [...path];
      next[field] = both;
      this.visit(child, next);
    }
  }

  #whole(path: Region): Region {
    const length = Math.max(path.length, this.#region.length);
    return Array.from(
      { length },
      (_, field): Intervals | undefined => path[field] ?? this.#region[field],
    );
  }
}

function kindOf(outcomes: number): 'allowed' | 'uncertain' | 'denied' {
  if (outcomes === ALLOW) return 'allowed';
  return (outcomes & ALLOW) === 0 ? 'denied' : 'uncertain';
}
