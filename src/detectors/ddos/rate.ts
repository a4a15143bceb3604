import type { Instant } from '../../model/core.ts';

/** Windows, in milliseconds, and parts that each is counted in. */
const WINDOWS = [10_000, 60_000, 600_000] as const;
const PARTS = 10;
const COUNTS = WINDOWS.length * PARTS;

/** How much came within the last 10, 60 and 600 seconds, each counted in ten parts. */
export class Rate {
  /** Of the last minute. */
  last = 0;
  /**
   * The parts of each window, one after another, then the number of each window's newest part: arrays
   * of their own would take four times as much.
   */
  readonly #counts = new Float64Array(COUNTS + WINDOWS.length).fill(
    Number.NEGATIVE_INFINITY,
    COUNTS,
  );

  /**
   * Counts it.
   *
   * @param within milliseconds in which it came; what is longer ago than a window is not counted there
   * @returns whether one of the windows holds as much as its limit
   */
  exceeds(at: Instant, amount: number, limits: readonly number[], within = 0): boolean {
    let isOver = false;
    for (let index = 0; index < WINDOWS.length; index += 1) {
      const window = WINDOWS[index] ?? 0;
      const counted = within <= window ? amount : 0;
      const sum = this.#add(index, Math.floor(at / (window / PARTS)), counted);
      if (index === 1) this.last = sum;
      isOver ||= sum >= (limits[index] ?? Number.POSITIVE_INFINITY);
    }
    return isOver;
  }

  #add(index: number, part: number, amount: number): number {
    const counts = this.#counts;
    const base = index * PARTS;
    const newest = counts[COUNTS + index] ?? part;
    // A clock that was set back begins anew.
    if (part - newest >= PARTS || part < newest - PARTS) counts.fill(0, base, base + PARTS);
    else for (let at = newest + 1; at <= part; at += 1) counts[base + (at % PARTS)] = 0;
    counts[COUNTS + index] = part < newest - PARTS ? part : Math.max(part, newest);
    const now = base + (part % PARTS);
    counts[now] = (counts[now] ?? 0) + amount;
    let sum = 0;
    for (let at = base; at < base + PARTS; at += 1) sum += counts[at] ?? 0;
    return sum;
  }
}
