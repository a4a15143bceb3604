import type { Instant } from '../../model/core.ts';

/** Slots, a power of two: what shares one is counted together until it is many. */
const SLOTS = 4_096;
const SLOT_OCTETS = 20;
/** Milliseconds after which a count begins anew: the longest window of a rate. */
const WITHIN = 600_000;

/**
 * Counts what is little in flat arrays: nearly everything that is counted for floods never becomes
 * one, and is not worth a table of its own.
 */
export class Few {
  /** What was counted of the key of which `isMany` was asked last, and since when. */
  count = 0;
  since: Instant = 0;
  readonly octets = SLOTS * SLOT_OCTETS;
  readonly #most: number;
  readonly #keys = new Int32Array(SLOTS);
  readonly #counts = new Uint32Array(SLOTS);
  /** Of all keys of the slot: who changes between two keys is not overlooked. */
  readonly #together = new Uint32Array(SLOTS);
  readonly #since = new Float64Array(SLOTS);

  /** @param most what is more than this is many */
  constructor(most: number) {
    this.#most = most;
  }

  /** Counts it. @returns whether it is many by now: then it is for another to go on, from `count` */
  isMany(key: number, at: Instant, amount: number): boolean {
    const slot = (key ^ (key >>> 16)) & (SLOTS - 1);
    const since = this.#since[slot] ?? 0;
    const isOver = at - since > WITHIN || at < since;
    if (isOver) this.#together[slot] = 0;
    if (isOver || this.#keys[slot] !== key) {
      this.#keys[slot] = key;
      this.#since[slot] = at;
      this.#counts[slot] = 0;
    }
    this.count = (this.#counts[slot] ?? 0) + amount;
    this.since = this.#since[slot] ?? at;
    const together = (this.#together[slot] ?? 0) + amount;
    const isMany = together > this.#most;
    this.#counts[slot] = isMany ? 0 : this.count;
    this.#together[slot] = isMany ? 0 : together;
    return isMany;
  }
}
