/**
 * Gives numbers to addresses of one fixed width (16 octets for IPv6, 6 for a MAC), so that a record
 * of the flow table holds a number and no copy. Open addressing; no object is made for a look-up.
 *
 * Each number is counted: what nothing holds any more is forgotten, so that a flood of forged
 * addresses takes no more than the flows that it made.
 */
export class Interner {
  readonly #width: number;
  readonly #limit: number;
  readonly #seed: number;
  /** By number: what somebody wrote for it, until it stands for something else. */
  readonly notes: (string | undefined)[] = [];
  #bytes: Uint8Array;
  #holders: Int32Array;
  #hashes: Int32Array;
  /** Numbers given back, last first. */
  #free: Int32Array;
  #freed = 0;
  #used = 0;
  /** Number + 1; 0 for nothing. */
  #index: Int32Array;

  /** @param limit most numbers at a time; a power of two */
  constructor(width: number, limit: number, seed = 0) {
    const start = Math.min(limit, 1024);
    this.#width = width;
    this.#limit = limit;
    this.#seed = seed;
    this.#bytes = new Uint8Array(start * width);
    this.#holders = new Int32Array(start);
    this.#hashes = new Int32Array(start);
    this.#free = new Int32Array(start);
    this.#index = new Int32Array(start * 2);
  }

  get size(): number {
    return this.#used - this.#freed;
  }

  /** The number of the address at the offset, -1 where it has none. */
  find(bytes: Uint8Array, offset: number): number {
    const mask = this.#index.length - 1;
    const hash = this.#hash(bytes, offset);
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = (this.#index[at] ?? 0) - 1;
      if (number < 0) return -1;
      if (this.#equals(number, bytes, offset)) return number;
    }
  }

  /** Its number, a new one where it had none, held once more; -1 where there is no room. */
  hold(bytes: Uint8Array, offset: number): number {
    const known = this.find(bytes, offset);
    if (known >= 0) {
      this.retain(known);
      return known;
    }
    const number = this.#take();
    if (number < 0) return -1;
    const from = number * this.#width;
    for (let at = 0; at < this.#width; at += 1) this.#bytes[from + at] = bytes[offset + at] ?? 0;
    this.notes[number] = undefined;
    const hash = this.#hash(bytes, offset);
    this.#hashes[number] = hash;
    this.#holders[number] = 1;
    this.#enter(number, hash);
    return number;
  }

  retain(number: number): void {
    this.#holders[number] = (this.#holders[number] ?? 0) + 1;
  }

  release(number: number): void {
    const left = (this.#holders[number] ?? 0) - 1;
    this.#holders[number] = left;
    if (left > 0) return;
    this.#remove(number);
    this.#free[this.#freed] = number;
    this.#freed += 1;
  }

  /** The octets of a number: a view, good while it is held. */
  bytesOf(number: number): Uint8Array {
    return this.#bytes.subarray(number * this.#width, (number + 1) * this.#width);
  }

  #take(): number {
    if (this.#freed > 0) {
      this.#freed -= 1;
      return this.#free[this.#freed] ?? -1;
    }
    if (this.#used === this.#limit) return -1;
    if (this.#used === this.#holders.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    const size = Math.min(this.#limit, this.#holders.length * 2);
    this.#bytes = grownBytes(this.#bytes, size * this.#width);
    this.#holders = grown(this.#holders, size);
    this.#hashes = grown(this.#hashes, size);
    this.#free = grown(this.#free, size);
    this.#index = new Int32Array(size * 2);
    // Numbers are given back only after an eviction freed them, so all below `used` are taken.
    for (let number = 0; number < this.#used; number += 1) {
      this.#enter(number, this.#hashes[number] ?? 0);
    }
  }

  #enter(number: number, hash: number): void {
    const mask = this.#index.length - 1;
    let at = hash & mask;
    while (this.#index[at] !== 0) at = (at + 1) & mask;
    this.#index[at] = number + 1;
  }

  #remove(number: number): void {
    const mask = this.#index.length - 1;
    let at = (this.#hashes[number] ?? 0) & mask;
    while (this.#index[at] !== number + 1) at = (at + 1) & mask;
    closeHole(this.#index, this.#hashes, at);
  }

  #equals(number: number, bytes: Uint8Array, offset: number): boolean {
    const from = number * this.#width;
    for (let at = 0; at < this.#width; at += 1) {
      if (this.#bytes[from + at] !== bytes[offset + at]) return false;
    }
    return true;
  }

  #hash(bytes: Uint8Array, offset: number): number {
    let hash = this.#seed;
    for (let at = 0; at < this.#width; at += 2) {
      const pair = ((bytes[offset + at] ?? 0) << 8) | (bytes[offset + at + 1] ?? 0);
      hash = Math.imul(hash ^ pair, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return mix(hash);
  }
}

/** The finaliser of MurmurHash3: each bit of the input changes half of the output's. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * Takes an entry out of an open-addressed index (linear probing, entry = number + 1) and moves what
 * stands behind it forward, so that no tombstones are left (Knuth, TAOCP vol. 3, §6.4, R).
 */
export function closeHole(index: Int32Array, hashes: Int32Array, from: number): void {
  const mask = index.length - 1;
  let hole = from;
  for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
    const entry = index[at] ?? 0;
    const home = (hashes[entry - 1] ?? 0) & mask;
    // It may move where its home lies not between the hole (excluded) and where it stands.
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      index[hole] = entry;
      hole = at;
    }
  }
  index[hole] = 0;
}

function grown(old: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(old);
  return larger;
}

function grownBytes(old: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size);
  larger.set(old);
  return larger;
}
