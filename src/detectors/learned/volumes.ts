import type { Instant } from '../../model/core.ts';

/** Milliseconds of a part; six of them are an hour. */
const PART = 600_000;
const PARTS = 6;
/** What was most is forgotten by half in four weeks, so that an old record does not hide a new spike. */
const HALF_LIFE = 28 * 86_400_000;

/**
 * Octets one way, in sliding windows of ten minutes and of an hour, and the most that such windows
 * had until an hour ago: what grows now must not be measured by itself. The most rather than a quantile: what is usual once a day must not be news the next.
 */
export class Volumes {
  readonly #parts = new Float64Array(PARTS);
  /** Windows as they were at the end of each of the last parts: an hour later they are usual. */
  readonly #shorts = new Float64Array(PARTS);
  readonly #longs = new Float64Array(PARTS);
  #part = Number.NEGATIVE_INFINITY;
  #mostShort = 0;
  #mostLong = 0;
  #mostAt: Instant = 0;

  /** Adds octets; gives the two windows as they are now. */
  add(at: Instant, octets: number): Windows {
    this.#turn(Math.floor(at / PART));
    const index = this.#indexOf(this.#part);
    this.#parts[index] = (this.#parts[index] ?? 0) + octets;
    const before = this.#parts[this.#indexOf(this.#part - 1)] ?? 0;
    return { short: (this.#parts[index] ?? 0) + before, long: this.#sum() };
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
    const index = this.#indexOf(part);
    const [last, before] = [this.#indexOf(part - 1), this.#indexOf(part - 2)];
    this.#shorts[last] = (this.#parts[last] ?? 0) + (this.#parts[before] ?? 0);
    this.#longs[last] = this.#sum();
    this.#parts[index] = 0;
    this.learn({ short: this.#shorts[index] ?? 0, long: this.#longs[index] ?? 0 }, part * PART);
  }

  #indexOf(part: number): number {
    return Number.isFinite(part) ? ((part % PARTS) + PARTS) % PARTS : 0;
  }

  #sum(): number {
    let sum = 0;
    for (const octets of this.#parts) sum += octets;
    return sum;
  }
}

export interface Windows {
  /** Octets of this part and the one before it: ten to twenty minutes. */
  readonly short: number;
  /** Octets of the last hour. */
  readonly long: number;
}
