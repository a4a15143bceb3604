import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';
import { join, NOTHING, u16 } from './bytes.ts';

export const ALERT = 21;
export const HANDSHAKE = 22;

/** Types of handshake message (RFC 6347 §4.3.2, RFC 5246 §7.4). */
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const HELLO_VERIFY_REQUEST = 3;
export const CERTIFICATE = 11;
export const SERVER_KEY_EXCHANGE = 12;
export const CERTIFICATE_REQUEST = 13;
export const SERVER_HELLO_DONE = 14;

export const DTLS_1_0 = 0xfeff;
export const DTLS_1_2 = 0xfefd;

/** Octets of one handshake message that are put together: a chain of certificates fits. */
const MESSAGE_CAP = 32_768;
/** Records of one answer that are read; a flight has a dozen, and what is sent again after it as many. */
const RECORDS_CAP = 64;

export interface DtlsRecord {
  readonly type: number;
  readonly version: number;
  readonly epoch: number;
  readonly fragment: Uint8Array;
}

/** RFC 6347 §4.1; at `depth` a fragment may be longer than what is seen of it. */
export function parseRecord(
  bytes: Uint8Array,
  depth = Number.POSITIVE_INFINITY,
): Parsed<DtlsRecord> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const version = reader.u16();
  const epoch = reader.u16();
  reader.skip(6);
  const length = reader.u16();
  if (bytes.length > 0 && (type < 20 || type > 25)) return bad('no such record');
  if (bytes.length > 2 && version !== DTLS_1_0 && version !== DTLS_1_2) return bad('no DTLS');
  if (reader.failed) return MORE;
  if (length === 0 || length > 16_640) return bad('no such length');
  const cut = reader.left < length && bytes.length >= depth;
  const fragment = reader.take(cut ? reader.left : length);
  if (reader.failed) return MORE;
  return { kind: 'ok', value: { type, version, epoch, fragment }, size: reader.offset };
}

/** What one side has said so far, before encryption began. */
export interface Flight {
  /** Complete handshake messages by type. */
  readonly messages: ReadonlyMap<number, Uint8Array>;
  /** Level and description of the first alert (RFC 5246 §7.2). */
  readonly alert?: { readonly level: number; readonly description: number };
}

/** Reads the records of several datagrams that were joined, and joins fragments of messages. */
export function readFlight(bytes: Uint8Array): Flight {
  const records = clearRecords(bytes);
  const partial = new Map<number, Fragments>();
  for (const { type, fragment } of records) if (type === HANDSHAKE) collect(fragment, partial);
  const messages = new Map(
    [...partial.values()].filter(isWhole).map(({ type, body }) => [type, body]),
  );
  const alert = records.find(({ type, fragment }) => type === ALERT && fragment.length === 2);
  if (alert === undefined) return { messages };
  const [level = 0, description = 0] = alert.fragment;
  return { messages, alert: { level, description } };
}

/** Those before encryption: epoch 0. */
function clearRecords(bytes: Uint8Array): readonly DtlsRecord[] {
  const records: DtlsRecord[] = [];
  let rest = bytes;
  for (let count = 0; count < RECORDS_CAP; count += 1) {
    const next = parseRecord(rest);
    if (next.kind !== 'ok') break;
    rest = rest.subarray(next.size);
    if (next.value.epoch === 0) records.push(next.value);
  }
  return records;
}

interface Fragments {
  readonly type: number;
  readonly body: Uint8Array;
  /** Ranges that have not come. */
  missing: readonly (readonly [from: number, to: number])[];
}

function isWhole({ missing }: Fragments): boolean {
  return missing.length === 0;
}

/** RFC 6347 §4.2.3: type, length of the whole, number, offset and length of this fragment. */
function collect(fragment: Uint8Array, partial: Map<number, Fragments>): void {
  const reader = new Reader(fragment);
  while (reader.left > 0) {
    const type = reader.u8();
    const length = reader.u24();
    const number = reader.u16();
    const offset = reader.u24();
    const part = reader.take(reader.u24());
    if (reader.failed || length > MESSAGE_CAP || number > 15) return;
    const known = partial.get(number) ?? startOf(type, length);
    partial.set(number, known);
    if (known.type === type && known.body.length === length) fill(known, offset, part);
  }
}

function startOf(type: number, length: number): Fragments {
  return { type, body: new Uint8Array(length), missing: length === 0 ? [] : [[0, length]] };
}

function fill(known: Fragments, offset: number, part: Uint8Array): void {
  // Nobody cuts one message into more holes than a flight has records.
  if (offset + part.length > known.body.length || known.missing.length > RECORDS_CAP) return;
  known.body.set(part, offset);
  known.missing = without(known.missing, offset, offset + part.length);
}

function without(ranges: Fragments['missing'], from: number, to: number): Fragments['missing'] {
  const parts = ranges.flatMap(([a, b]): [number, number][] => [
    [a, Math.min(b, from)],
    [Math.max(a, to), b],
  ]);
  return parts.filter(([a, b]) => a < b);
}

/** A record of epoch 0 that we send. */
export function record(type: number, sequence: number, fragment: Uint8Array): Uint8Array {
  return join(
    [type],
    u16(DTLS_1_0),
    [0, 0, 0, 0, 0, 0, 0, sequence],
    u16(fragment.length),
    fragment,
  );
}

/** A handshake message in one fragment, in a record with the same number. */
export function handshake(type: number, number: number, body: Uint8Array): Uint8Array {
  const length = [body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff];
  return record(HANDSHAKE, number, join([type], length, u16(number), [0, 0, 0], length, body));
}

/** The first certificate of the list, in DER (RFC 5246 §7.4.2). */
export function firstCertificate(message: Uint8Array): Uint8Array {
  const reader = new Reader(message);
  reader.skip(3);
  const certificate = reader.take(reader.u24());
  return reader.failed ? NOTHING : certificate;
}
