/** Octets of a chunk: what most first messages fit in. */
const CHUNK = 512;
const NONE = -1;

export interface StoreOptions {
  /** Octets of each side that are kept. */
  readonly perSide: number;
  /** Conversations at a time, and chunks of 512 octets for all of them together. */
  readonly slots: number;
  readonly chunks: number;
}

export const STORE_DEFAULTS: StoreOptions = { perSide: 4096, slots: 65_536, chunks: 65_536 };

/**
 * The first octets of each side of conversations, in chunks of one pool: bounded, copied out of the
 * packets, given back as soon as a conversation is decided. The pool grows as it is needed.
 */
export class FirstBytesStore {
  readonly perSide: number;
  readonly #slotLimit: number;
  readonly #chunkLimit: number;
  #pool = new Uint8Array(CHUNK * 64);
  /** Next chunk of the same side, or of the free ones. */
  #nextChunk = new Int32Array(64);
  #freeChunk = NONE;
  #chunks = 0;
  /** First and last chunk and octets, of side 0 and of side 1. */
  #heads = new Int32Array(128);
  #tails = new Int32Array(128);
  #lengths = new Int32Array(128);
  #freeSlots: number[] = [];
  #slots = 0;
  readonly #scratch: readonly [Uint8Array, Uint8Array];

  constructor({ perSide, slots, chunks }: StoreOptions) {
    this.perSide = perSide;
    this.#slotLimit = slots;
    this.#chunkLimit = chunks;
    this.#scratch = [new Uint8Array(perSide), new Uint8Array(perSide)];
  }

  /** Slots in use. */
  get size(): number {
    return this.#slots - this.#freeSlots.length;
  }

  /** A slot with nothing in it, or -1 where all are taken. */
  open(): number {
    const freed = this.#freeSlots.pop();
    if (freed !== undefined) return freed;
    if (this.#slots === this.#slotLimit) return NONE;
    if (this.#slots * 2 === this.#heads.length) this.#growSlots();
    const slot = this.#slots;
    this.#slots += 1;
    this.#reset(slot * 2);
    this.#reset(slot * 2 + 1);
    return slot;
  }

  close(slot: number): void {
    this.clear(slot, 0);
    this.clear(slot, 1);
    this.#freeSlots.push(slot);
  }

  length(slot: number, side: number): number {
    return this.#lengths[slot * 2 + side] ?? 0;
  }

  /** Whether nothing more of this side is taken. */
  isFull(slot: number, side: number): boolean {
    return this.length(slot, side) >= this.perSide;
  }

  /** Octets of all; those of a side begin at `start`, and as many as fit in a chunk follow. */
  get pool(): Uint8Array {
    return this.#pool;
  }

  start(slot: number, side: number): number {
    return Math.max(0, this.#heads[slot * 2 + side] ?? 0) * CHUNK;
  }

  /** Whether a side is made of these octets. */
  holds(slot: number, side: number, bytes: Uint8Array): boolean {
    if (this.length(slot, side) !== bytes.length) return false;
    const pool = this.#pool;
    let chunk = this.#heads[slot * 2 + side] ?? NONE;
    for (let done = 0; done < bytes.length; done += CHUNK) {
      const from = chunk * CHUNK - done;
      const to = Math.min(done + CHUNK, bytes.length);
      for (let at = done; at < to; at += 1) if (pool[from + at] !== bytes[at]) return false;
      chunk = this.#nextChunk[chunk] ?? NONE;
    }
    return true;
  }

  /** Appends as much as there is room for. @returns octets taken */
  append(slot: number, side: number, bytes: Uint8Array, from: number, length: number): number {
    const at = slot * 2 + side;
    let left = Math.min(length, this.perSide - (this.#lengths[at] ?? 0));
    let offset = from;
    while (left > 0) {
      const used = (this.#lengths[at] ?? 0) % CHUNK;
      if (used === 0 && !this.#addChunk(at)) break;
      const size = Math.min(left, CHUNK - used);
      const to = (this.#tails[at] ?? 0) * CHUNK + used;
      this.#pool.set(bytes.subarray(offset, offset + size), to);
      this.#lengths[at] = (this.#lengths[at] ?? 0) + size;
      offset += size;
      left -= size;
    }
    return offset - from;
  }

  /** What is kept of a side, in one piece: good until the next call for the same side. */
  read(slot: number, side: number): Uint8Array {
    const at = slot * 2 + side;
    const length = this.#lengths[at] ?? 0;
    let chunk = this.#heads[at] ?? NONE;
    if (length <= CHUNK) {
      return chunk === NONE ? EMPTY : this.#pool.subarray(chunk * CHUNK, chunk * CHUNK + length);
    }
    const whole = this.#scratch[side === 0 ? 0 : 1];
    for (let done = 0; done < length; done += CHUNK) {
      const size = Math.min(CHUNK, length - done);
      whole.set(this.#pool.subarray(chunk * CHUNK, chunk * CHUNK + size), done);
      chunk = this.#nextChunk[chunk] ?? NONE;
    }
    return whole.subarray(0, length);
  }

  clear(slot: number, side: number): void {
    const at = slot * 2 + side;
    const head = this.#heads[at] ?? NONE;
    if (head !== NONE) {
      this.#nextChunk[this.#tails[at] ?? head] = this.#freeChunk;
      this.#freeChunk = head;
    }
    this.#reset(at);
  }

  #reset(at: number): void {
    this.#heads[at] = NONE;
    this.#tails[at] = NONE;
    this.#lengths[at] = 0;
  }

  #addChunk(at: number): boolean {
    const chunk = this.#takeChunk();
    if (chunk === NONE) return false;
    this.#nextChunk[chunk] = NONE;
    if (this.#heads[at] === NONE) this.#heads[at] = chunk;
    else this.#nextChunk[this.#tails[at] ?? 0] = chunk;
    this.#tails[at] = chunk;
    return true;
  }

  #takeChunk(): number {
    const freed = this.#freeChunk;
    if (freed !== NONE) {
      this.#freeChunk = this.#nextChunk[freed] ?? NONE;
      return freed;
    }
    if (this.#chunks === this.#chunkLimit) return NONE;
    if (this.#chunks === this.#nextChunk.length) this.#growPool();
    this.#chunks += 1;
    return this.#chunks - 1;
  }

  #growPool(): void {
    const chunks = Math.min(this.#chunkLimit, this.#nextChunk.length * 2);
    const pool = new Uint8Array(chunks * CHUNK);
    pool.set(this.#pool);
    this.#pool = pool;
    this.#nextChunk = grown(this.#nextChunk, chunks);
  }

  #growSlots(): void {
    const size = this.#heads.length * 2;
    this.#heads = grown(this.#heads, size);
    this.#tails = grown(this.#tails, size);
    this.#lengths = grown(this.#lengths, size);
  }
}

const EMPTY = new Uint8Array(0);

function grown(old: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size);
  larger.set(old);
  return larger;
}
