/** Bytes as they come, up to a bound. Doubles when full: linear, however small the pieces are. */
export class Gather {
  #bytes = new Uint8Array(512);
  #size = 0;
  readonly #cap: number;

  constructor(cap: number) {
    this.#cap = cap;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#size >= this.#cap;
  }

  /** What goes beyond the bound is dropped. */
  add(piece: Uint8Array): void {
    const part = piece.subarray(0, this.#cap - this.#size);
    const needed = this.#size + part.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#size);
    this.#size = needed;
  }

  /** A view of all that came: good until more is added. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }
}
