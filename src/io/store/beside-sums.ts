import type { Instant } from '../../model/core.ts';
import type { Aside } from './aside.ts';
import type { FlowSums, FlowTotals, HourTotal, Talk, TalkQuery } from './flow-totals.ts';

/** Flows over which a sum takes some 50 ms: of fewer it is made at once, of more beside. */
const FEW = 5000;

/** Sums over flows for who has others to answer meanwhile. */
export class BesideSums implements FlowSums {
  readonly #totals: FlowTotals;
  readonly #aside: Pick<Aside, 'talks' | 'hours'>;

  constructor(totals: FlowTotals, aside: Pick<Aside, 'talks' | 'hours'>) {
    this.#totals = totals;
    this.#aside = aside;
  }

  talks(query: TalkQuery): readonly Talk[] | Promise<readonly Talk[]> {
    return this.count() <= FEW ? this.#totals.talks(query) : this.#aside.talks(query);
  }

  hours(since: Instant): readonly HourTotal[] | Promise<readonly HourTotal[]> {
    return this.count() <= FEW ? this.#totals.hours(since) : this.#aside.hours(since);
  }

  count(): number {
    return this.#totals.count();
  }
}
