const LATIN1 = new TextDecoder('latin1');

/**
 * Reads big-endian fields from bytes that a stranger sent, and never throws.
 *
 * A read past the end gives 0 (or no bytes), sets `failed` and leaves `left` at 0, so a parser
 * reads straight through and asks once at the end. A loop runs `while (reader.left > 0)`.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  u8(): number {
    return this.#advance(1) ? this.#at(-1) : 0;
  }

  u16(): number {
    return this.#advance(2) ? this.#at(-2) * 256 + this.#at(-1) : 0;
  }

  u24(): number {
    return this.#advance(3) ? this.#at(-3) * 0x10000 + this.#at(-2) * 256 + this.#at(-1) : 0;
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  u16le(): number {
    return this.#advance(2) ? this.#at(-1) * 256 + this.#at(-2) : 0;
  }

  u32le(): number {
    return this.u16le() + this.u16le() * 0x10000;
  }

  /** Everything that is left, as a view. */
  rest(): Uint8Array {
    return this.take(this.left);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  /** Bytes as Latin-1, so that every byte is one character and none can be invalid. */
  text(length: number): string {
    return LATIN1.decode(this.take(length));
  }

  /** A view, not a copy: it is good for as long as the packet buffer is. */
  take(length: number): Uint8Array {
    return this.#advance(length)
      ? this.#bytes.subarray(this.#offset - length, this.#offset)
      : this.#bytes.subarray(0, 0);
  }

  #advance(length: number): boolean {
    if (length > this.left || length < 0) {
      this.#failed = true;
      this.#offset = this.#bytes.length;
      return false;
    }
    this.#offset += length;
    return true;
  }

  #at(relative: number): number {
    return this.#bytes[this.#offset + relative] ?? 0;
  }
}

/** What came of parsing the start of a stream: a value, not yet enough bytes, or something else. */
export type Parsed<T> =
  | { readonly kind: 'ok'; readonly value: T; readonly size: number }
  | { readonly kind: 'more' }
  | { readonly kind: 'bad'; readonly why: string };

export const MORE: Parsed<never> = { kind: 'more' };

export function bad(why: string): Parsed<never> {
  return { kind: 'bad', why };
}
