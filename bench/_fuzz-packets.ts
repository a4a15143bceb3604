import { isDeepStrictEqual } from 'node:util';
import { PassiveEngine } from '../src/flows/engine.ts';
import type { CaptureSummary } from '../src/importers/capture.ts';
import { readerFor } from '../src/importers/capture-reader.ts';
import { protocols } from '../src/protocols/index.ts';
import { decode } from '../src/wire/decode.ts';
import { Defragmenter } from '../src/wire/defragment.ts';
import { nflogPrefix } from '../src/wire/nflog.ts';
import type { Packet } from '../src/wire/packet.ts';
import { isWithin, place } from '../test/wire/read-frame.ts';
import type { FuzzTarget } from './_fuzz.ts';
import { packetSeeds } from './_fuzz-captures.ts';
import { joined, parted } from './_fuzz-parts.ts';

/** Octets that a reader of captures is given at a time, besides all at once. */
const PIECE = 7;
/** Records of a capture that are compared one by one. */
const RECORDS = 64;

/** What comes off the wire, and out of a capture file. */
export function packetTargets(): readonly FuzzTarget[] {
  const { frames, fragments, captures } = packetSeeds();
  const linked = frames.map(([linkType, frame]) => linkedFrame(linkType, frame));
  return [
    { name: 'wire/decode', seeds: linked, run: decoded },
    { name: 'wire/defragment', seeds: fragments.map(joined), run: reassembled },
    { name: 'importers/capture-reader', seeds: captures, run: readCapture },
    { name: 'flows/engine', seeds: [...captures, ...linked], run: follow },
  ];
}

/** Two octets for the link type. */
function linkedFrame(linkType: number, frame: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([linkType >> 8, linkType & 255]), frame]);
}

function packetOf(linkType: number, frame: Uint8Array): Packet {
  // Memory that ends where the capture does: a read beyond it throws.
  const copy = frame.slice();
  const packet = place(copy, 0, copy.length, linkType);
  packet.frame = 1;
  return packet;
}

function decoded(bytes: Uint8Array): unknown {
  const packet = packetOf(((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0), bytes.subarray(2));
  const outcome = decode(packet);
  if (!isWithin(packet)) throw new Error('points beyond what was captured');
  return [outcome, fieldsOf(packet), nflogPrefix(packet)];
}

/** Numbers only: the memory that it lies in is the caller's. */
function fieldsOf({ bytes: _, view: __, ...fields }: Packet): unknown {
  return fields;
}

function reassembled(bytes: Uint8Array): unknown {
  const defragmenter = new Defragmenter();
  const whole = parted(bytes).flatMap((frame) => {
    const packet = packetOf(1, frame);
    decode(packet);
    const found = packet.isFragment || packet.hasFragments ? defragmenter.add(packet) : undefined;
    if (found === undefined) return [];
    if (!isWithin(found)) throw new Error('points beyond the datagram');
    return [Buffer.from(found.bytes.subarray(0, found.captured)).toString('latin1')];
  });
  return [whole, defragmenter.counts];
}

interface ReadCapture {
  readonly summary: CaptureSummary;
  readonly records: readonly unknown[];
}

/** In pieces as at once; and what stands before a damage is the same without what comes after. */
function readCapture(bytes: Uint8Array): unknown {
  const whole = recordsOf(bytes, bytes.length);
  if (whole === undefined) return undefined;
  const pieces = recordsOf(bytes, PIECE);
  if (!isDeepStrictEqual(pieces, whole)) throw new Error('reads something else in pieces');
  const half = recordsOf(bytes.subarray(0, bytes.length >> 1), bytes.length)?.records ?? [];
  if (!isDeepStrictEqual(half, whole.records.slice(0, half.length))) {
    throw new Error('reads something else of its first half');
  }
  return whole;
}

function recordsOf(bytes: Uint8Array, piece: number): ReadCapture | undefined {
  const reader = readerFor(bytes);
  if (reader === undefined) return undefined;
  const records: unknown[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    reader.push(bytes.subarray(at, at + piece), (packet) => {
      if (records.length < RECORDS) records.push(recordOf(packet));
    });
  }
  return { summary: reader.end(), records };
}

function recordOf({ bytes, offset, captured, length, frame, time, linkType }: Packet): unknown {
  const data = Buffer.from(bytes.subarray(offset, offset + captured)).toString('latin1');
  return [data, length, frame, time, linkType];
}

/** All that the passive engine tells of a capture, or of one frame. */
function follow(bytes: Uint8Array): unknown {
  const told: unknown[] = [];
  const tell = (one: unknown): void => {
    told.push(one);
  };
  const engine = new PassiveEngine({
    protocols: protocols.all,
    observer: 'fuzz',
    table: { capacity: 64 },
    firstBytes: { slots: 16 },
    onFlow: tell,
    onEvidence: tell,
    onField: tell,
    onObservation: tell,
  });
  const take = (packet: Packet): void => {
    decode(packet);
    engine.packet(packet);
  };
  const reader = readerFor(bytes);
  if (reader === undefined) {
    take(packetOf(((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0), bytes.subarray(2)));
  } else {
    reader.push(bytes, take);
    reader.end();
  }
  engine.end();
  return [told, engine.counters];
}
