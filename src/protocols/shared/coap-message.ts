import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';
import { join } from './bytes.ts';

export const GET = 0x01;
/** 4.01 */
export const UNAUTHORIZED = 0x81;
/** 7.01 and 7.04 (RFC 8323 §5). */
export const CSM = 0xe1;
export const RELEASE = 0xe4;

export interface Message {
  /** Confirmable, non-confirmable, acknowledgement, reset; 0 over TCP. */
  readonly type: number;
  readonly code: number;
  /** 0 over TCP, which needs none. */
  readonly id: number;
  readonly token: Uint8Array;
  /** Numbers of the options, in their order. */
  readonly options: readonly number[];
  readonly payload: Uint8Array;
}

const RESERVED = 1e6;
/** Options of a message that are read: a request has a dozen. */
const OPTIONS_CAP = 64;

/** IANA CoRE Parameters, CoAP Option Numbers, snapshot of 2025: those below 300. */
const OPTION_NUMBERS: ReadonlySet<number> = new Set(
  [1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 23, 27, 28, 31].concat([
    35, 39, 60, 128, 132, 136, 140, 252, 258, 292,
  ]),
);

/** Whether an option has this number: registered, or beyond 2048 where vendors take theirs. */
function isOption(number: number): boolean {
  return OPTION_NUMBERS.has(number) || (number >= 2048 && number < 65_536);
}

/**
 * RFC 7252 §3. Bytes of `depth` or more may be the start of a longer datagram, so an option that
 * does not end is no fault then.
 */
export function parseDatagram(
  bytes: Uint8Array,
  depth = Number.POSITIVE_INFINITY,
): Parsed<Message> {
  const reader = new Reader(bytes);
  const first = reader.u8();
  const code = reader.u8();
  const id = reader.u16();
  const token = reader.take(first & 0x0f);
  const wrong = bytes.length > 0 && faultOf(first, code);
  if (wrong) return bad(wrong);
  if (reader.failed) return MORE;
  const header = { type: (first >> 4) & 3, code, id, token };
  // An empty message ends after its header (RFC 7252 §4.1); several may have been joined.
  if (code === 0) return whole(header, [], new Reader(token), 4);
  const found = readOptions(reader);
  if (found !== undefined) return whole(header, found, reader, bytes.length);
  if (!reader.failed) return bad('no such option');
  return bytes.length >= depth ? whole(header, [], reader, bytes.length) : MORE;
}

/** What is wrong with a header, as far as it has come: bytes that have not are 0. */
function faultOf(first: number, code: number): string | undefined {
  const tokenLength = first & 0x0f;
  if (first >> 6 !== 1 || tokenLength > 8) return 'no header of version 1';
  const codeClass = code >> 5;
  if (![0, 2, 4, 5].includes(codeClass)) return 'no such class of code';
  // IANA CoAP Method Codes: GET 1 to iPATCH 7.
  return codeClass === 0 && code > 7 ? 'no such method' : undefined;
}

/** RFC 8323 §3.2: the length first, then code, token, options and payload. */
export function parseSegment(bytes: Uint8Array, depth = Number.POSITIVE_INFINITY): Parsed<Message> {
  const reader = new Reader(bytes);
  const first = reader.u8();
  const tokenLength = first & 0x0f;
  if (tokenLength > 8) return bad('no such token');
  const length = readLength(reader, first >> 4);
  const code = reader.u8();
  const token = reader.take(tokenLength);
  if (reader.failed) return bytes.length < 15 ? MORE : bad('no message');
  if (length > 65_536) return bad('the message is too long');
  const end = reader.offset + length;
  const cut = end > bytes.length;
  if (cut && bytes.length < depth) return MORE;
  const body = new Reader(bytes.subarray(reader.offset, end));
  // Signals have options of their own (RFC 8323 §5.2).
  const found = readOptions(body, code >> 5 === 7 ? () => true : isOption);
  if (found === undefined && !(cut && body.failed)) return bad('no such option');
  return whole({ type: 0, code, id: 0, token }, found ?? [], body, Math.min(end, bytes.length));
}

function whole(
  header: Pick<Message, 'type' | 'code' | 'id' | 'token'>,
  found: readonly number[],
  rest: Reader,
  size: number,
): Parsed<Message> {
  return { kind: 'ok', value: { ...header, options: found, payload: rest.rest() }, size };
}

/** The code of the first message of a stream, once it has come. */
export function codeOfSegment(bytes: Uint8Array): number | undefined {
  const reader = new Reader(bytes);
  readLength(reader, reader.u8() >> 4);
  const code = reader.u8();
  return reader.failed ? undefined : code;
}

/** RFC 8323 §3.2: 13, 14 and 15 announce one, two or four bytes of length. */
function readLength(reader: Reader, nibble: number): number {
  if (nibble < 13) return nibble;
  if (nibble === 13) return reader.u8() + 13;
  return nibble === 14 ? reader.u16() + 269 : reader.u32() + 65_805;
}

/** RFC 7252 §3.1, up to the payload marker; undefined where an option is malformed or cut. */
function readOptions(reader: Reader, isKnown = isOption): readonly number[] | undefined {
  const numbers: number[] = [];
  while (reader.left > 0) {
    const head = reader.u8();
    if (head === 0xff) return readPayloadMarker(reader) ? numbers : undefined;
    const number = (numbers.at(-1) ?? 0) + readNibble(reader, head >> 4);
    if (!isKnown(number) || numbers.push(number) > OPTIONS_CAP) return undefined;
    reader.skip(readNibble(reader, head & 0x0f));
  }
  return reader.failed ? undefined : numbers;
}

/** Number and value of each option, up to the payload or to where they are malformed. */
export function* readOptionValues(
  reader: Reader,
): Generator<{ readonly number: number; readonly value: Uint8Array }> {
  for (let number = 0, count = 0; reader.left > 0 && count < OPTIONS_CAP; count += 1) {
    const head = reader.u8();
    if (head === 0xff) return;
    number += readNibble(reader, head >> 4);
    const value = reader.take(readNibble(reader, head & 0x0f));
    if (reader.failed) return;
    yield { number, value };
  }
}

/** A marker without a payload is malformed (RFC 7252 §3), or the payload has not come yet. */
function readPayloadMarker(reader: Reader): boolean {
  if (reader.left === 0) reader.skip(1);
  return !reader.failed;
}

/** Delta or length of an option; 15 is reserved (§3.1), and reads as one that no message has. */
function readNibble(reader: Reader, nibble: number): number {
  if (nibble < 13) return nibble;
  if (nibble === 13) return reader.u8() + 13;
  return nibble === 14 ? reader.u16() + 269 : RESERVED;
}

/** Options that we send, in ascending order, each shorter than 13 bytes and 13 numbers apart. */
export function options(
  ...list: readonly (readonly [number: number, value: string])[]
): Uint8Array {
  let before = 0;
  const parts = list.map(([number, value]) => {
    const head = ((number - before) << 4) | value.length;
    before = number;
    return join([head], value);
  });
  return join(...parts);
}
