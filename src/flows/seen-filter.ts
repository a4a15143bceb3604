/**
 * Whether something was seen not long ago, by two hashes of it: a look-up of some nanoseconds before
 * work that would change nothing. What was pushed out is done again; that two things have the same
 * hashes happens once in about 2^48.
 */
export class SeenFilter {
  readonly #slots: Int32Array;

  /** @param size a power of two */
  constructor(size: number) {
    this.#slots = new Int32Array(size);
  }

  /** Notes it. @returns whether it was there already */
  has(first: number, second: number): boolean {
    const at = first & (this.#slots.length - 1);
    const mark = second === 0 ? 1 : second;
    if (this.#slots[at] === mark) return true;
    this.#slots[at] = mark;
    return false;
  }
}

/** FNV-1a of 32 bits over a part of the bytes. */
export function hashOf(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

export const SEED = 0x811c9dc5 | 0;
/** Of the second hash of a pair. */
export const OTHER_SEED = 0x2545f491;
