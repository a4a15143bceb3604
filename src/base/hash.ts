/**
 * Digests that fingerprints and flow ids are defined by, and the keys of QUIC's first packets. None
 * guards a secret here: what must be safe is left to the platform's cryptography, in the shell.
 */

const BLOCK = 64;

/** RFC 1321. */
export function md5(bytes: Uint8Array): Uint8Array {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  const padded = pad(bytes, true);
  const words = new Uint32Array(16);
  for (let at = 0; at < padded.byteLength; at += BLOCK) {
    for (let index = 0; index < 16; index += 1)
      words[index] = padded.getUint32(at + index * 4, true);
    md5Block(state, words);
  }
  return bytesOf(state, true);
}

function md5Block(state: Uint32Array, words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let step = 0; step < 64; step += 1) {
    const round = step >> 4;
    const word = words[(step * (MD5_STRIDE[round] ?? 0) + (MD5_START[round] ?? 0)) & 15] ?? 0;
    const sum = (a + md5Mix(round, b, c, d) + word + (MD5_CONSTANTS[step] ?? 0)) | 0;
    [a, d, c] = [d, c, b];
    b = (b + rotate(sum, MD5_TURNS[round * 4 + (step & 3)] ?? 0)) | 0;
  }
  add(state, [a, b, c, d]);
}

function md5Mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) | (~x & z);
  if (round === 1) return (x & z) | (y & ~z);
  return round === 2 ? x ^ y ^ z : y ^ (x | ~z);
}

const MD5_START: readonly number[] = [0, 1, 5, 0];
const MD5_STRIDE: readonly number[] = [1, 5, 3, 7];
const MD5_TURNS: readonly number[] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
/** RFC 1321 §3.4: the integer part of 2^32 times the sine of the step, in radians. */
const MD5_CONSTANTS = Uint32Array.from({ length: 64 }, (_, step) =>
  Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1))),
);

/** FIPS 180-4 §6.1. */
export function sha1(bytes: Uint8Array): Uint8Array {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const padded = pad(bytes, false);
  for (let at = 0; at < padded.byteLength; at += BLOCK) sha1Block(state, padded, at);
  return bytesOf(state, false);
}

/** Of the block at hand: a flow's id takes one digest, and there are many flows. */
const SCHEDULE = new Int32Array(80);

function sha1Block(state: Uint32Array, padded: DataView, at: number): void {
  for (let step = 0; step < 16; step += 1) SCHEDULE[step] = padded.getInt32(at + step * 4);
  for (let step = 16; step < 80; step += 1) {
    const mixed = scheduled(step - 3) ^ scheduled(step - 8) ^ scheduled(step - 14);
    SCHEDULE[step] = rotate(mixed ^ scheduled(step - 16), 1);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let step = 0; step < 80; step += 1) {
    const round = Math.floor(step / 20);
    const mixed = sha1Mix(round, b, c, d) + (SHA1_CONSTANTS[round] ?? 0);
    const next = (rotate(a, 5) + mixed + e + scheduled(step)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  add(state, [a, b, c, d, e]);
}

function scheduled(step: number): number {
  return SCHEDULE[step] ?? 0;
}

function sha1Mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) ^ (~x & z);
  return round === 2 ? (x & y) ^ (x & z) ^ (y & z) : x ^ y ^ z;
}

const SHA1_CONSTANTS: readonly number[] = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

/** FIPS 180-4 §6.2. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const state = SHA256_START.slice();
  const padded = pad(bytes, false);
  const words = new Uint32Array(64);
  for (let at = 0; at < padded.byteLength; at += BLOCK) {
    for (let index = 0; index < 16; index += 1) words[index] = padded.getUint32(at + index * 4);
    for (let index = 16; index < 64; index += 1) {
      const early = w(words, index - 15);
      const late = w(words, index - 2);
      const first = rotate(early, 25) ^ rotate(early, 14) ^ (early >>> 3);
      const second = rotate(late, 15) ^ rotate(late, 13) ^ (late >>> 10);
      words[index] = w(words, index - 16) + first + w(words, index - 7) + second;
    }
    sha256Block(state, words);
  }
  return bytesOf(state, false);
}

function sha256Block(state: Uint32Array, words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let step = 0; step < 64; step += 1) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const high = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7);
    const low = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10);
    const first = (h + high + choice + w(SHA256_CONSTANTS, step) + w(words, step)) | 0;
    [h, g, f, e] = [g, f, e, (d + first) | 0];
    [d, c, b, a] = [c, b, a, (first + low + majority) | 0];
  }
  add(state, [a, b, c, d, e, f, g, h]);
}

const PRIMES: readonly number[] = primes(64);
/** FIPS 180-4 §5.3.3: the same of the square roots of the first eight. */
const SHA256_START = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(prime, 1 / 2));
/** FIPS 180-4 §4.2.2: first 32 bits of the fractions of the cube roots of the first 64 primes. */
const SHA256_CONSTANTS = Uint32Array.from(PRIMES, (prime) => fraction(prime, 1 / 3));

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number += 1) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

/** The first 32 bits behind the point of a root; 53 bits of a double are enough for these primes. */
function fraction(prime: number, exponent: number): number {
  const root = exponent === 1 / 2 ? Math.sqrt(prime) : Math.cbrt(prime);
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

/** RFC 2104 with SHA-256; keys of at most 64 bytes, as HKDF has them. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const inner = new Uint8Array(BLOCK + bytes.length).fill(0x36, 0, BLOCK);
  const outer = new Uint8Array(BLOCK + 32).fill(0x5c, 0, BLOCK);
  const shortened = key.length > BLOCK ? sha256(key) : key;
  for (const [index, octet] of shortened.entries()) {
    inner[index] = octet ^ 0x36;
    outer[index] = octet ^ 0x5c;
  }
  inner.set(bytes, BLOCK);
  outer.set(sha256(inner), BLOCK);
  return sha256(outer);
}

/** A one, zeros, and the length in bits, up to a whole number of blocks. */
function pad(bytes: Uint8Array, littleEndian: boolean): DataView {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  const [high, low] = [Math.floor(bytes.length / 2 ** 29), (bytes.length << 3) >>> 0];
  view.setUint32(padded.length - 8, littleEndian ? low : high, littleEndian);
  view.setUint32(padded.length - 4, littleEndian ? high : low, littleEndian);
  return view;
}

function add(state: Uint32Array, values: readonly number[]): void {
  for (let index = 0; index < values.length; index += 1) {
    state[index] = w(state, index) + (values[index] ?? 0);
  }
}

function bytesOf(state: Uint32Array, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(state.length * 4);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < state.length; index += 1) {
    view.setUint32(index * 4, w(state, index), littleEndian);
  }
  return bytes;
}

/** A word of a table that is always there. */
function w(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

/** To the left; a turn of 32 - n to the left is one of n to the right. */
function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
