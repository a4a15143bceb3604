import type { Instant } from '../../model/core.ts';

/** Windows, in milliseconds, and parts that each is counted in. */
const WINDOWS = [10_000, 60_000, 600_000] as const;
const PARTS = 10;

/** How much came within the last 10, 60 and 600 seconds, each counted in ten parts. */
export class Rate {
  /** Of the last minute. */
  last = 0;
  /** The parts of each window, one after another: arrays of their own would take three times as much. */
  readonly #counts = new Float64Array(WINDOWS.length * PARTS);
  readonly #newest = new Float64Array(WINDOWS.length).fill(Number.NEGATIVE_INFINITY);

  /** Counts it. @returns whether one of the windows holds as much as its limit */
  exceeds(at: Instant, amount: number, limits: readonly number[]): boolean {
    let isOver = false;
    for (const [index, window] of WINDOWS.entries()) {
      const sum = this.#add(index, Math.floor(at / (window / PARTS)), amount);
      if (index === 1) this.last = sum;
      isOver ||= sum >= (limits[index] ?? Number.POSITIVE_INFINITY);
    }
    return isOver;
  }

  #add(index: number, part: number, amount: number): number {
    const counts = this.#counts;
    const base = index * PARTS;
    const newest = this.#newest[index] ?? part;
    // A clock that was set back begins anew.
    if (part - newest >= PARTS || part < newest - PARTS) counts.fill(0, base, base + PARTS);
    else for (let at = newest + 1; at <= part; at += 1) counts[base + (at % PARTS)] = 0;
    this.#newest[index] = part < newest - PARTS ? part : Math.max(part, newest);
    const now = base + (part % PARTS);
    counts[now] = (counts[now] ?? 0) + amount;
    let sum = 0;
    for (let at = base; at < base + PARTS; at += 1) sum += counts[at] ?? 0;
    return sum;
  }
}
