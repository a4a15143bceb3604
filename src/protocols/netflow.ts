import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { fills, simplex } from './shared/simplex.ts';

const DEPTH = 64;
/** Bytes of header and of each record, where the version dictates them. */
const FIXED: ReadonlyMap<number, readonly [header: number, record: number]> = new Map([
  [1, [16, 52]],
  [5, [24, 48]],
  [7, [24, 52]],
]);
const RECORDS_CAP = 30;
const NINE = 9;
const IPFIX = 10;
const HEADER_NINE = 20;
const HEADER_IPFIX = 16;
/** Sets of data have ids from here; below are templates of each version. */
const FIRST_DATA = 256;

/** Exported by routers and switches; nobody answers. */
export const netflow = {
  id: 'netflow',
  title: 'NetFlow and IPFIX',
  ports: [
    { port: 2055, over: 'udp' },
    { port: 9995, over: 'udp' },
    { port: 4739, over: 'udp', iana: 'ipfix' },
  ],
  sources: [
    'Cisco, NetFlow Export Datagram Format (versions 1, 5 and 7)',
    'RFC 3954 §5 (version 9)',
    'RFC 7011 §3 (IPFIX)',
    'IANA service-names-port-numbers',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return simplex(first, parseExport(first.client), (version) => [speaks('netflow', version)]);
}

function parseExport(bytes: Uint8Array): Parsed<string> {
  const reader = new Reader(bytes);
  const version = reader.u16();
  const count = reader.u16();
  if (bytes.length > 0 && bytes[0] !== 0) return bad('no version');
  if (reader.failed) return MORE;
  const fixed = FIXED.get(version);
  if (fixed !== undefined) return parseFixed(bytes, version, count, fixed);
  if (version === NINE) return parseNine(bytes, count);
  return version === IPFIX ? parseIpfix(bytes, count) : bad('no such version');
}

/** The number of records tells the size of the datagram; the time of day is one of this century. */
function parseFixed(
  bytes: Uint8Array,
  version: number,
  count: number,
  [header, record]: readonly [number, number],
): Parsed<string> {
  if (count === 0 || count > RECORDS_CAP) return bad('no such count');
  const filled = fills(bytes, header + count * record, DEPTH);
  if (filled === 'more') return MORE;
  const reader = new Reader(bytes.subarray(8));
  const seconds = reader.u32();
  const nanoseconds = reader.u32();
  return filled === 'yes' && isRecent(seconds) && nanoseconds < 1e9
    ? { kind: 'ok', value: String(version), size: header }
    : bad('no export');
}

/** RFC 3954 §5.1: count of records, uptime, seconds, sequence, source; then a first FlowSet. */
function parseNine(bytes: Uint8Array, count: number): Parsed<string> {
  const reader = new Reader(bytes);
  reader.skip(8);
  const seconds = reader.u32();
  reader.skip(8);
  const id = reader.u16();
  const length = reader.u16();
  if (reader.failed) return MORE;
  const valid = count > 0 && isRecent(seconds) && isSet(id, [0, 1], length);
  return valid ? { kind: 'ok', value: '9', size: HEADER_NINE } : bad('no export');
}

/** RFC 7011 §3.1: length of the message, export time, sequence, domain; then a first set. */
function parseIpfix(bytes: Uint8Array, length: number): Parsed<string> {
  const reader = new Reader(bytes);
  reader.skip(4);
  const seconds = reader.u32();
  reader.skip(8);
  const id = reader.u16();
  const size = reader.u16();
  if (reader.failed) return MORE;
  const fits = length >= HEADER_IPFIX + 4 && size <= length - HEADER_IPFIX;
  const valid = fits && isRecent(seconds) && isSet(id, [2, 3], size);
  return valid ? { kind: 'ok', value: 'IPFIX', size: HEADER_IPFIX } : bad('no message');
}

function isSet(id: number, templates: readonly number[], length: number): boolean {
  return (templates.includes(id) || id >= FIRST_DATA) && length >= 4;
}

/** From 2000 to the end of unsigned seconds; an exporter without a clock counts from 1970. */
function isRecent(seconds: number): boolean {
  return seconds > 946_684_800 || seconds < 400 * 86_400;
}
