/** A part of a message: bytes, or ASCII text. */
export type Part = Uint8Array | readonly number[] | string;

/** Joins the parts of a message that we send; text must be ASCII. */
export function join(...parts: readonly Part[]): Uint8Array {
  const arrays = parts.map((part) => (typeof part === 'string' ? ascii(part) : part));
  const result = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    result.set(array, offset);
    offset += array.length;
  }
  return result;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0x7f);
}

export function u16(value: number): readonly number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

export function u32(value: number): readonly number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

export function u32le(value: number): readonly number[] {
  return u32(value).toReversed();
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Whether an answer repeats the question's bytes `from` to `to`, as far as both have come. */
export function repeats(
  { client, server }: { readonly client: Uint8Array; readonly server: Uint8Array },
  from: number,
  to: number,
): boolean {
  const end = Math.min(client.length, server.length, to);
  return sameBytes(client.subarray(from, end), server.subarray(from, end));
}

/** Whether a stream begins with these bytes, as far as it can be told from what has arrived. */
export function begins(bytes: Uint8Array, start: Part): 'yes' | 'no' | 'more' {
  const size = Math.min(bytes.length, start.length);
  for (let index = 0; index < size; index += 1) {
    const wanted = typeof start === 'string' ? start.charCodeAt(index) : start[index];
    if (bytes[index] !== wanted) return 'no';
  }
  return bytes.length < start.length ? 'more' : 'yes';
}

/** The same for a pattern in which `ANY` stands for a byte that may be anything. */
export function matches(
  bytes: Uint8Array,
  pattern: readonly (number | typeof ANY)[],
): 'yes' | 'no' | 'more' {
  const size = Math.min(bytes.length, pattern.length);
  for (let index = 0; index < size; index += 1) {
    const wanted = pattern[index];
    if (wanted !== ANY && bytes[index] !== wanted) return 'no';
  }
  return bytes.length < pattern.length ? 'more' : 'yes';
}

export const ANY = -1;

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const NOTHING = new Uint8Array(0);
