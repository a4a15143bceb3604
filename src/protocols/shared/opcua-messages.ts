import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';
import { join, NOTHING, u32le } from './bytes.ts';

/** Chunks of one answer that are put together, and their bytes: a server with 20 endpoints has 60 kB. */
const CHUNKS_CAP = 16;
const CHUNK_CAP = 65_536;
const NULL = [0xff, 0xff, 0xff, 0xff];

/** A message of the OPC UA connection protocol (Part 6 §7.1.2), its chunks put together. */
export interface UaMessage {
  /** `HEL`, `ACK`, `ERR`, `OPN`, `MSG`, `CLO`. */
  readonly type: string;
  /** What follows the eight octets of the header. */
  readonly body: Uint8Array;
}

const TYPES: readonly string[] = ['HEL', 'ACK', 'ERR', 'OPN', 'MSG', 'CLO', 'RHE'];

/** One chunk: type, `F` for the last, `C` for one of several, `A` for an abort; length. */
export function parseChunk(
  bytes: Uint8Array,
  depth = Number.POSITIVE_INFINITY,
): Parsed<UaMessage & { last: boolean }> {
  const reader = new Reader(bytes);
  const type = reader.text(3);
  const last = reader.text(1);
  if (bytes.length >= 3 && !TYPES.includes(type)) return bad('no such message');
  const length = reader.u32le();
  if (reader.failed) return couldBegin(bytes) ? MORE : bad('no such message');
  if (!'FCA'.includes(last) || length < 8 || length > CHUNK_CAP) return bad('no such chunk');
  const cut = bytes.length < length;
  if (cut && bytes.length < depth) return MORE;
  const body = bytes.subarray(8, length);
  return {
    kind: 'ok',
    value: { type, body, last: last !== 'C' },
    size: Math.min(length, bytes.length),
  };
}

function couldBegin(bytes: Uint8Array): boolean {
  const start = new Reader(bytes).text(Math.min(bytes.length, 3));
  return TYPES.some((type) => type.startsWith(start));
}

/** Octets of the headers before the body of a chunk of `MSG`: channel, token, sequence, request. */
const MESSAGE_HEADER = 16;

/** All chunks of one answer; those after the first bring only what follows their headers. */
export function parseMessage(bytes: Uint8Array): Parsed<UaMessage> {
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (let chunks = 0; chunks < CHUNKS_CAP; chunks += 1) {
    const chunk = parseChunk(bytes.subarray(offset));
    if (chunk.kind !== 'ok') return chunk;
    offset += chunk.size;
    const { type, body, last } = chunk.value;
    parts.push(parts.length === 0 ? body : body.subarray(MESSAGE_HEADER));
    if (last) return { kind: 'ok', value: { type, body: join(...parts) }, size: offset };
  }
  return bad('more chunks than any answer has');
}

export function message(type: 'HEL' | 'OPN' | 'MSG' | 'CLO', body: Uint8Array): Uint8Array {
  return join(type, 'F', u32le(body.length + 8), body);
}

/** Text or bytes with their length; -1 stands for none (Part 6 §5.2.2.4). */
export function uaString(text: string): Uint8Array {
  return join(u32le(text.length), text);
}

export function readUaBytes(reader: Reader): Uint8Array {
  const length = reader.u32le();
  return length === 0xffffffff ? NOTHING : reader.take(length);
}

/** Sizes of arrays: -1 for none; more than `cap` is refused by reading nothing. */
export function readUaCount(reader: Reader, cap: number): number {
  const count = reader.u32le();
  return count === 0xffffffff || count > cap ? 0 : count;
}

/** A number below 65,536 in namespace 0, the form that all services have (Part 6 §5.2.2.9). */
export function nodeId(number: number): readonly number[] {
  return [1, 0, number & 0xff, number >> 8];
}

/** The number of a service's answer; 0 where it has another form. */
export function readNodeId(reader: Reader): number {
  const form = reader.u8();
  if (form === 1) {
    reader.skip(1);
    return reader.u16le();
  }
  return form === 0 ? reader.u8() : 0;
}

/** No session, no time, handle, no diagnostics, no audit entry, time-out in ms, nothing more (Part 4 §7.33). */
export function requestHeader(handle: number): Uint8Array {
  const time = new Uint8Array(8);
  return join([0, 0], time, u32le(handle), u32le(0), NULL, u32le(5000), [0, 0, 0]);
}

/** Status of an answer, 0 for good; the reader then stands behind the header (Part 4 §7.34). */
export function readResponseHeader(reader: Reader): number {
  reader.skip(12);
  const status = reader.u32le();
  const diagnostics = reader.u8();
  const texts = readUaCount(reader, 64);
  for (let index = 0; index < texts; index += 1) readUaBytes(reader);
  readNodeId(reader);
  const encoding = reader.u8();
  if (encoding !== 0) readUaBytes(reader);
  // Nobody asked for diagnostics; where they came anyway, the rest cannot be read.
  return diagnostics === 0 ? status : 0x80000000;
}
