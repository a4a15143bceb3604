import type { DaemonContext } from '../daemon/context.ts';
import type { FlowSums, HourTotal, Talk, TalkQuery } from '../store/flow-totals.ts';

/** Milliseconds that a sum has to cost before it is kept: what is cheap is made anew. */
const DEAR = 50;
/** So many times as long as it took a sum is good: making them takes a twentieth of the time at most. */
const GOOD_FOR = 20;
/** Milliseconds for which one is good where no conversation came since. */
const QUIET = 60_000;
/** Sums that are kept: people look at few spans of time. */
const MOST = 16;
const MINUTE = 60_000;

interface Kept<Sum> {
  readonly sums: readonly Sum[];
  readonly madeAt: number;
  readonly cost: number;
  /** Conversations that there were. */
  readonly flows: number;
}

/** Sums over the conversations of a span of time, which are dear where there are many. */
export class KeptSums {
  readonly #sums: FlowSums;
  readonly #clock: () => number;
  readonly #talks = new Shelf<Talk>();
  readonly #hours = new Shelf<HourTotal>();

  /** @param clock monotonic, in milliseconds */
  constructor(sums: FlowSums, clock: () => number = () => performance.now()) {
    this.#sums = sums;
    this.#clock = clock;
  }

  /** As the store has it, and a little older where that is dear. @param now from which the span goes back */
  talks(query: TalkQuery, now: number): Promise<readonly Talk[]> {
    const { since, from = since, limit } = query;
    const key = [span(now, since), span(now, from), limit].join(' ');
    return this.#of(this.#talks, key, () => this.#sums.talks(query));
  }

  hours(since: number, now: number): Promise<readonly HourTotal[]> {
    return this.#of(this.#hours, span(now, since), () => this.#sums.hours(since));
  }

  /** Whoever asks while they are being made waits for the same. */
  async #of<Sum>(shelf: Shelf<Sum>, key: string, make: () => Making<Sum>): Promise<readonly Sum[]> {
    const known = shelf.kept.get(key);
    if (known !== undefined && this.#isGood(known)) return known.sums;
    const making = shelf.making.get(key) ?? this.#make(shelf, key, make);
    shelf.making.set(key, making);
    try {
      return await making;
    } finally {
      shelf.making.delete(key);
    }
  }

  async #make<Sum>(
    { kept }: Shelf<Sum>,
    key: string,
    make: () => Making<Sum>,
  ): Promise<readonly Sum[]> {
    kept.delete(key);
    const began = this.#clock();
    const flows = this.#sums.count();
    const sums = await make();
    const madeAt = this.#clock();
    const cost = madeAt - began;
    if (cost < DEAR) return sums;
    kept.set(key, { sums, madeAt, cost, flows });
    const [oldest] = kept.keys();
    if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    return sums;
  }

  #isGood({ madeAt, cost, flows }: Kept<unknown>): boolean {
    const age = this.#clock() - madeAt;
    return age < cost * GOOD_FOR || (age < QUIET && this.#sums.count() === flows);
  }
}

type Making<Sum> = readonly Sum[] | Promise<readonly Sum[]>;

/** Sums of one kind, by what was asked for. */
class Shelf<Sum> {
  readonly kept = new Map<string, Kept<Sum>>();
  readonly making = new Map<string, Promise<readonly Sum[]>>();
}

/** How far back, to the minute: now goes on with each request. */
function span(now: number, since: number): string {
  return String(Math.round((now - since) / MINUTE));
}

const sumsOf = new WeakMap<DaemonContext, KeptSums>();

export function keptSums(context: DaemonContext): KeptSums {
  const sums = sumsOf.get(context) ?? new KeptSums(context.sums ?? context.session.store.totals);
  sumsOf.set(context, sums);
  return sums;
}
