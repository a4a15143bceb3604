import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { crc16Ccitt } from './shared/crc.ts';
import { detail, speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const SYNC = 0xaa;
/** Bytes of the common part: sync, size, id, second, fraction (IEEE C37.118.2 table 2). */
const COMMON = 14;
const CHECKSUM = 2;
const DEPTH = 256;
/** Data, header, configuration 1 and 2, command, configuration 3 (§6.2.1, bits 6 to 4). */
const COMMAND = 4;
const LAST_TYPE = 5;

/** There is no probe: data flows to whoever commands it, and a command is what changes it. */
export const synphasor = {
  id: 'synphasor',
  title: 'Synchrophasors (IEEE C37.118)',
  ports: [
    { port: 4712, over: 'tcp' },
    { port: 4713, over: 'udp' },
  ],
  sources: ['IEEE C37.118.2-2011 §6.2, annex B (checksum), annex E (ports)'],
  depth: DEPTH,
  fragile: true,
  recognise,
} as const satisfies Protocol;

interface Frame {
  readonly type: number;
  readonly version: number;
  readonly station: number;
}

/** Each frame carries its checksum; a unit also sends without being asked, to a port of its own. */
function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseFrame(first.client),
    answered: parseFrame(first.server),
    facts: (asked, answered) => {
      if (asked && answered && asked.type !== COMMAND && answered.type !== COMMAND) {
        return undefined;
      }
      const unit = answered ?? asked;
      return [speaks('synphasor', String(unit?.version)), detail('station', String(unit?.station))];
    },
  });
}

/** Sync with type and version, size of the whole, id of the stream, then the time. */
function parseFrame(bytes: Uint8Array): Parsed<Frame> {
  const reader = new Reader(bytes);
  const sync = reader.u8();
  const kind = reader.u8();
  const size = reader.u16();
  const station = reader.u16();
  const type = kind >> 4;
  const version = kind & 0x0f;
  if (bytes.length > 0 && sync !== SYNC) return bad('no sync');
  if (type > LAST_TYPE || version > 3) return bad('no such frame');
  if (reader.failed) return MORE;
  if (version === 0 || size < COMMON + CHECKSUM) return bad('no such size');
  if (size > DEPTH) {
    return bytes.length < DEPTH
      ? MORE
      : { kind: 'ok', value: { type, version, station }, size: DEPTH };
  }
  if (bytes.length < size) return MORE;
  const checksum = new Reader(bytes.subarray(size - CHECKSUM, size)).u16();
  if (checksum !== crc16Ccitt(bytes.subarray(0, size - CHECKSUM))) return bad('wrong checksum');
  return { kind: 'ok', value: { type, version, station }, size };
}
