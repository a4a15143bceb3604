import type { DaemonContext } from '../daemon/context.ts';
import type { FlowTotals, HourTotal, Talk, TalkQuery } from '../store/flow-totals.ts';

/** Milliseconds that a sum has to cost before it is kept: what is cheap is made anew. */
const DEAR = 50;
/** So many times as long as it took a sum is good: making them takes a twentieth of the time at most. */
const GOOD_FOR = 20;
/** Milliseconds for which one is good where no conversation came since. */
const QUIET = 60_000;
/** Sums that are kept: people look at few spans of time. */
const MOST = 16;
const MINUTE = 60_000;

interface Kept {
  readonly sums: readonly unknown[];
  readonly madeAt: number;
  readonly cost: number;
  /** Conversations that there were. */
  readonly flows: number;
}

/** Sums over the conversations of a span of time, which are dear where there are many. */
export class KeptSums {
  readonly #totals: FlowTotals;
  readonly #clock: () => number;
  readonly #talks = new Map<string, Kept & { readonly sums: readonly Talk[] }>();
  readonly #hours = new Map<string, Kept & { readonly sums: readonly HourTotal[] }>();

  /** @param clock monotonic, in milliseconds */
  constructor(totals: FlowTotals, clock: () => number = () => performance.now()) {
    this.#totals = totals;
    this.#clock = clock;
  }

  /** As the store has it, and a little older where that is dear. @param now from which the span goes back */
  talks(query: TalkQuery, now: number): readonly Talk[] {
    const { since, from = since, limit } = query;
    const key = [span(now, since), span(now, from), limit].join(' ');
    return this.#kept(this.#talks, key, () => this.#totals.talks(query));
  }

  hours(since: number, now: number): readonly HourTotal[] {
    return this.#kept(this.#hours, span(now, since), () => this.#totals.hours(since));
  }

  #kept<Sum>(
    all: Map<string, Kept & { readonly sums: readonly Sum[] }>,
    key: string,
    make: () => readonly Sum[],
  ): readonly Sum[] {
    const known = all.get(key);
    if (known !== undefined && this.#isGood(known)) return known.sums;
    all.delete(key);
    const began = this.#clock();
    const sums = make();
    const madeAt = this.#clock();
    const cost = madeAt - began;
    if (cost < DEAR) return sums;
    all.set(key, { sums, madeAt, cost, flows: this.#totals.count() });
    const [oldest] = all.keys();
    if (all.size > MOST && oldest !== undefined) all.delete(oldest);
    return sums;
  }

  #isGood({ madeAt, cost, flows }: Kept): boolean {
    const age = this.#clock() - madeAt;
    return age < cost * GOOD_FOR || (age < QUIET && this.#totals.count() === flows);
  }
}

/** How far back, to the minute: now goes on with each request. */
function span(now: number, since: number): string {
  return String(Math.round((now - since) / MINUTE));
}

const sumsOf = new WeakMap<DaemonContext, KeptSums>();

export function keptSums(context: DaemonContext): KeptSums {
  const sums = sumsOf.get(context) ?? new KeptSums(context.session.store.totals);
  sumsOf.set(context, sums);
  return sums;
}
