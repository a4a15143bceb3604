/**
 * Whether something was seen not long ago, by two hashes of it: a look-up of some nanoseconds before
 * work that would change nothing. What was pushed out is done again; that two things have the same
 * hashes happens once in about 2^48.
 *
 * What it is of is given in parts: `begin`, `add` for each, `isRepeated`.
 */
export class SeenFilter {
  readonly #slots: Int32Array;
  #first = 0;
  #second = 0;

  /** @param size a power of two */
  constructor(size: number) {
    this.#slots = new Int32Array(size);
  }

  /** @param value a number that belongs to it, beside the octets */
  begin(value: number): void {
    this.#first = SEED ^ value;
    this.#second = OTHER_SEED ^ value;
  }

  add(bytes: Uint8Array, from: number, to: number): void {
    let [first, second] = [this.#first, this.#second];
    let at = from;
    for (; at + 4 <= to; at += 4) {
      const four = fourAt(bytes, at);
      first = stir(first ^ four);
      second = stirOther(second ^ four);
    }
    for (; at < to; at += 1) {
      const octet = bytes[at] ?? 0;
      first = Math.imul(first ^ octet, PRIME);
      second = Math.imul(second ^ octet, OTHER_PRIME);
    }
    this.#first = first;
    this.#second = second;
  }

  /** Notes it. @returns whether it was there already */
  isRepeated(): boolean {
    const first = this.#first ^ (this.#first >>> 15);
    const second = this.#second ^ (this.#second >>> 15);
    const at = first & (this.#slots.length - 1);
    const mark = second === 0 ? 1 : second;
    if (this.#slots[at] === mark) return true;
    this.#slots[at] = mark;
    return false;
  }
}

/** FNV-1a of 32 bits, but four octets at a time, over a part of the bytes. */
export function hashOf(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = stir(hash ^ fourAt(bytes, at));
  for (; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), PRIME);
  return hash ^ (hash >>> 15);
}

function fourAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

/** The upper bits of four octets must reach the lower ones: a product carries only upwards. */
function stir(value: number): number {
  const product = Math.imul(value, PRIME);
  return product ^ (product >>> 17);
}

/** So that what has one hash in common has not the other: its top bit goes elsewhere. */
function stirOther(value: number): number {
  const product = Math.imul(value, OTHER_PRIME);
  return product ^ (product >>> 15);
}

const PRIME = 0x01000193;
const OTHER_PRIME = 0x9e3779b1;
export const SEED = 0x811c9dc5 | 0;
/** Of the second hash of a pair. */
const OTHER_SEED = 0x2545f491;
