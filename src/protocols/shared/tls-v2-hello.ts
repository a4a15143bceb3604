import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';

/** SSL 2.0 had no versions before it: this is how its number stands on the wire. */
export const SSL_2_0 = 0x0002;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 4;

/**
 * The greeting of SSL 2.0, in which clients offered newer versions for some years (RFC 5246 §E.2).
 * The value is the version offered.
 */
export function parseV2ClientHello(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const length = reader.u16() - 0x8000;
  const type = reader.u8();
  const version = reader.u16();
  const [suites, session, challenge] = [reader.u16(), reader.u16(), reader.u16()];
  if (!isStart(bytes, type === CLIENT_HELLO)) return bad('no ClientHello');
  if (bytes.length > 4 && !isVersion(version)) return bad('no version');
  if (reader.failed) return MORE;
  const fits = length === 9 + suites + session + challenge && suites > 0 && suites % 3 === 0;
  const known = (session === 0 || session === 16) && challenge >= 16 && challenge <= 32;
  return fits && known
    ? { kind: 'ok', value: version, size: reader.offset }
    : bad('no ClientHello');
}

/** The answer in SSL 2.0 itself (its draft of 1995, §2.6). */
export function parseV2ServerHello(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const length = reader.u16() - 0x8000;
  const type = reader.u8();
  reader.skip(2);
  const version = reader.u16();
  const sizes = reader.u16() + reader.u16() + reader.u16();
  if (!isStart(bytes, type === SERVER_HELLO)) return bad('no ServerHello');
  if (bytes.length > 6 && version !== SSL_2_0) return bad('no version');
  if (reader.failed) return MORE;
  const fits = length === 11 + sizes;
  return fits ? { kind: 'ok', value: version, size: reader.offset } : bad('no ServerHello');
}

/** A header of two bytes, whose top bits are 10, and the type, as far as they have come. */
function isStart(bytes: Uint8Array, isType: boolean): boolean {
  const [first = 0x80] = bytes;
  return first >> 6 === 2 && (bytes.length < 3 || isType);
}

function isVersion(version: number): boolean {
  return version === SSL_2_0 || (version >= 0x0300 && version <= 0x0303);
}
