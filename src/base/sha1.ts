/**
 * SHA-1 (RFC 3174), for identifiers that are defined with it and for nothing that must be secret.
 *
 * @returns 20 octets
 */
export function sha1(message: Uint8Array): Uint8Array {
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const padded = pad(message);
  const view = new DataView(padded.buffer);
  for (let block = 0; block < padded.length; block += 64) compress(state, view, block);
  const digest = new Uint8Array(20);
  const out = new DataView(digest.buffer);
  for (const [index, word] of state.entries()) out.setInt32(index * 4, word);
  return digest;
}

/** RFC 3174 §4: a one bit, zeros, and the length in bits, to whole blocks of 64 octets. */
function pad(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  return padded;
}

const SCHEDULE = new Int32Array(80);

/** RFC 3174 §6.1. */
function compress(state: number[], view: DataView, block: number): void {
  for (let t = 0; t < 16; t += 1) SCHEDULE[t] = view.getInt32(block + t * 4);
  for (let t = 16; t < 80; t += 1) {
    SCHEDULE[t] = rotate(word(t - 3) ^ word(t - 8) ^ word(t - 14) ^ word(t - 16), 1);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let t = 0; t < 80; t += 1) {
    const next = (rotate(a, 5) + mixed(t, b, c, d) + e + word(t) + constant(t)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (const [index, value] of [a, b, c, d, e].entries()) {
    state[index] = ((state[index] ?? 0) + value) | 0;
  }
}

function word(t: number): number {
  return SCHEDULE[t] ?? 0;
}

/** RFC 3174 §5. */
function mixed(t: number, b: number, c: number, d: number): number {
  if (t < 20) return (b & c) | (~b & d);
  if (t < 40 || t >= 60) return b ^ c ^ d;
  return (b & c) | (b & d) | (c & d);
}

function constant(t: number): number {
  if (t < 20) return 0x5a827999;
  if (t < 40) return 0x6ed9eba1;
  return t < 60 ? 0x8f1bbcdc : 0xca62c1d6;
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
