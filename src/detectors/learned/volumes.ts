import type { Instant } from '../../model/core.ts';

/** Milliseconds of a part; six of them are an hour. */
const PART = 600_000;
const PARTS = 6;
/** Where the windows stand in what is held. */
const SHORTS = PARTS;
const LONGS = 2 * PARTS;
/** What was most is forgotten by half in four weeks, so that an old record does not hide a new spike. */
const HALF_LIFE = 28 * 86_400_000;

/**
 * Octets one way, in sliding windows of ten minutes and of an hour, and the most that such windows
 * had until an hour ago: what grows now must not be measured by itself. The most rather than a quantile: what is usual once a day must not be news the next.
 */
export class Volumes {
  /**
   * Parts, then both windows as they were at the end of each of the last parts: an hour later they are
   * usual. One array, as what holds an array takes as much as these.
   */
  readonly #held = new Float64Array(3 * PARTS);
  #part = Number.NEGATIVE_INFINITY;
  #mostShort = 0;
  #mostLong = 0;
  #mostAt: Instant = 0;

  /** Octets that it takes. */
  static readonly OCTETS = 440;

  /** Adds octets; the two windows (`short`, `long`) are now as they say. */
  add(at: Instant, octets: number): void {
    const held = this.#held;
    this.#turn(Math.floor(at / PART));
    const index = indexOf(this.#part);
    held[index] = (held[index] ?? 0) + octets;
  }

  /** Octets of this part and the one before it, and of the last hour. */
  get windows(): Windows {
    const short = this.#partAt(this.#part) + this.#partAt(this.#part - 1);
    return { short, long: this.#sum() };
  }

  /** The most that windows had, as far as it is remembered. */
  most(at: Instant): Windows {
    const share = 0.5 ** (Math.max(0, at - this.#mostAt) / HALF_LIFE);
    return { short: this.#mostShort * share, long: this.#mostLong * share };
  }

  /** From now on that much is usual. */
  learn({ short, long }: Windows, at: Instant): void {
    const most = this.most(at);
    if (short <= most.short && long <= most.long) return;
    this.#mostShort = Math.max(short, most.short);
    this.#mostLong = Math.max(long, most.long);
    this.#mostAt = at;
  }

  #turn(part: number): void {
    if (part <= this.#part) return;
    const passed = Math.min(PARTS, part - this.#part);
    const first = part - passed + 1;
    for (let next = first; next <= part; next += 1) this.#turnOne(next);
    this.#part = part;
  }

  /** Puts the windows of the part before away, and learns those of an hour ago. */
  #turnOne(part: number): void {
    const held = this.#held;
    const index = indexOf(part);
    const last = indexOf(part - 1);
    held[SHORTS + last] = this.#partAt(part - 1) + this.#partAt(part - 2);
    held[LONGS + last] = this.#sum();
    held[index] = 0;
    const [short, long] = [held[SHORTS + index] ?? 0, held[LONGS + index] ?? 0];
    this.learn({ short, long }, part * PART);
  }

  #partAt(part: number): number {
    return this.#held[indexOf(part)] ?? 0;
  }

  #sum(): number {
    let sum = 0;
    for (let at = 0; at < PARTS; at += 1) sum += this.#held[at] ?? 0;
    return sum;
  }
}

function indexOf(part: number): number {
  return Number.isFinite(part) ? ((part % PARTS) + PARTS) % PARTS : 0;
}

export interface Windows {
  /** Octets of this part and the one before it: ten to twenty minutes. */
  readonly short: number;
  /** Octets of the last hour. */
  readonly long: number;
}
