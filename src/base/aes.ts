/**
 * AES with keys of 128 bits, encrypting alone (FIPS 197): what the first packets of QUIC are veiled
 * with (RFC 9001 §5). Their keys follow from an id that stands in the clear beside them, so nothing
 * secret passes through here, and no one learns anything from how long it takes.
 */

const ROUNDS = 10;
const [SBOX, DOUBLE] = tables();

/** S-box (§5.1.1) and the multiples by x (§4.2.1), from the powers of x + 1. */
function tables(): readonly [Uint8Array, Uint8Array] {
  const double = Uint8Array.from(
    { length: 256 },
    (_, octet) => (octet << 1) ^ ((octet >> 7) * 0x1b),
  );
  const power = new Uint8Array(256);
  const exponent = new Uint8Array(256);
  for (let index = 0, value = 1; index < 255; index += 1) {
    power[index] = value;
    exponent[value] = index;
    value ^= double[value] ?? 0;
  }
  const box = Uint8Array.from({ length: 256 }, (_, octet) => {
    const inverse = octet === 0 ? 0 : (power[(255 - (exponent[octet] ?? 0)) % 255] ?? 0);
    const spread = inverse * 0x101;
    return inverse ^ (spread >> 7) ^ (spread >> 6) ^ (spread >> 5) ^ (spread >> 4) ^ 0x63;
  });
  return [box, double];
}

/** §5.2: eleven keys of sixteen octets. */
export function expandKey(key: Uint8Array): Uint8Array {
  const keys = new Uint8Array(16 * (ROUNDS + 1));
  keys.set(key.subarray(0, 16));
  for (let at = 16, constant = 1; at < keys.length; at += 4) {
    const before = keys.slice(at - 4, at);
    const word = at % 16 === 0 ? turned(before, constant) : before;
    for (const [index, octet] of word.entries()) {
      keys[at + index] = (keys[at + index - 16] ?? 0) ^ octet;
    }
    if (at % 16 === 0) constant = DOUBLE[constant] ?? 0;
  }
  return keys;
}

/** The word where a new key starts: turned by one octet, substituted, and told apart by a constant. */
function turned([a = 0, b = 0, c = 0, d = 0]: Uint8Array, constant: number): Uint8Array {
  const word = Uint8Array.from([b, c, d, a], (octet) => SBOX[octet] ?? 0);
  word[0] = (word[0] ?? 0) ^ constant;
  return word;
}

/** §5.1, one block of sixteen octets. */
export function encryptBlock(keys: Uint8Array, block: Uint8Array): Uint8Array {
  let state = new Uint8Array(16);
  for (let index = 0; index < 16; index += 1)
    state[index] = (block[index] ?? 0) ^ (keys[index] ?? 0);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const shifted = substituteAndShift(state);
    state = round === ROUNDS ? shifted : mixColumns(shifted);
    for (let index = 0; index < 16; index += 1) {
      state[index] = (state[index] ?? 0) ^ (keys[round * 16 + index] ?? 0);
    }
  }
  return state;
}

/** §5.1.1 and §5.1.2: row r, which is each fourth octet, turns by r. */
function substituteAndShift(state: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 16 }, (_, index) => SBOX[state[(index * 5) % 16] ?? 0] ?? 0);
}

/** §5.1.3. */
function mixColumns(state: Uint8Array): Uint8Array<ArrayBuffer> {
  const mixed = new Uint8Array(16);
  for (let at = 0; at < 16; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = state.subarray(at, at + 4);
    const all = a ^ b ^ c ^ d;
    mixed[at] = a ^ all ^ (DOUBLE[a ^ b] ?? 0);
    mixed[at + 1] = b ^ all ^ (DOUBLE[b ^ c] ?? 0);
    mixed[at + 2] = c ^ all ^ (DOUBLE[c ^ d] ?? 0);
    mixed[at + 3] = d ^ all ^ (DOUBLE[d ^ a] ?? 0);
  }
  return mixed;
}

/**
 * Counter mode of GCM (NIST SP 800-38D §6.5), from the second block on as for text: both ways the
 * same. `nonce` has twelve octets. Whether the tag holds is not asked: anybody could make one.
 */
export function counterMode(keys: Uint8Array, nonce: Uint8Array, text: Uint8Array): Uint8Array {
  const counter = new Uint8Array(16);
  counter.set(nonce.subarray(0, 12));
  const view = new DataView(counter.buffer);
  const result = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 16) {
    view.setUint32(12, 2 + at / 16);
    const stream = encryptBlock(keys, counter);
    for (let index = at; index < Math.min(at + 16, text.length); index += 1) {
      result[index] = (text[index] ?? 0) ^ (stream[index - at] ?? 0);
    }
  }
  return result;
}
