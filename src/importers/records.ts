/** Takes records out of a file that comes in pieces. Both formats of captures are one. */
export interface RecordConsumer {
  /**
   * Takes whole records between `from` and `to`; gives back where the first one that is not whole
   * begins. `view` covers the same memory as `bytes`.
   */
  consume(bytes: Uint8Array, view: DataView, from: number, to: number): number;
  /** Octets of that first one that must be there before it is worth asking again. */
  readonly wanted: number;
}

/** Octets of one record that are held at most: larger ones are passed over or are damage. */
export const RECORD_LIMIT = 1 << 20;

const FIRST_SIZE = 4096;

/**
 * Cuts pieces of any size into records. Whatever lies whole in a piece is taken where it lies; only
 * a record that is split is put together in memory of its own, which grows up to `RECORD_LIMIT`.
 */
export class Records {
  readonly #consumer: RecordConsumer;
  #held = new Uint8Array(FIRST_SIZE);
  #heldView = new DataView(this.#held.buffer);
  #length = 0;
  #skip = 0;
  /** Octets pushed so far, and of them the ones that went through `consume` or were passed over. */
  #taken = 0;

  constructor(consumer: RecordConsumer) {
    this.#consumer = consumer;
  }

  /** Place in the file of the record that is begun but not whole. */
  get taken(): number {
    return this.#taken;
  }

  /** Octets of it that are there; none where the file ends between two records. */
  get left(): number {
    return this.#length;
  }

  /** Whether octets that are to be passed over have not come yet. */
  get isSkipping(): boolean {
    return this.#skip > 0;
  }

  /** What follows is of no use and is not even held. Only for a consumer that took all it was given. */
  skip(octets: number): void {
    this.#skip += octets;
  }

  push(chunk: Uint8Array): void {
    // One class of array for all callers: a Buffer among them would slow every read of the decoder.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    let from = this.#passOver(bytes, 0);
    while (this.#length > 0 && from < bytes.length) {
      from = this.#passOver(bytes, this.#complete(bytes, from));
    }
    if (from === bytes.length) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const next = this.#consumer.consume(bytes, view, from, bytes.length);
    this.#taken += next - from;
    this.#hold(bytes, next, bytes.length);
  }

  /** Adds to the record that is held what it lacks, and takes it when it is whole. */
  #complete(bytes: Uint8Array, from: number): number {
    const lacks = Math.max(this.#consumer.wanted - this.#length, 1);
    const to = Math.min(bytes.length, from + lacks);
    this.#hold(bytes, from, to);
    if (this.#length < this.#consumer.wanted) return to;
    const next = this.#consumer.consume(this.#held, this.#heldView, 0, this.#length);
    this.#taken += next;
    this.#held.copyWithin(0, next, this.#length);
    this.#length -= next;
    return to;
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#held.length) this.#grow(length);
    this.#held.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
  }

  #grow(length: number): void {
    const larger = new Uint8Array(Math.max(length, this.#held.length * 2));
    larger.set(this.#held.subarray(0, this.#length));
    this.#held = larger;
    this.#heldView = new DataView(larger.buffer);
  }

  #passOver(bytes: Uint8Array, from: number): number {
    const passed = Math.min(this.#skip, bytes.length - from);
    this.#skip -= passed;
    this.#taken += passed;
    return from + passed;
  }
}
