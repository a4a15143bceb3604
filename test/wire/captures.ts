import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaptureSummary } from '../../src/importers/capture.ts';
import { readerFor } from '../../src/importers/capture-reader.ts';
import type { Packet } from '../../src/wire/packet.ts';

/** Captures with published truth; they lie beside the repository and are not part of it. */
export const SHARED = join(import.meta.dirname, '../../../shared/captures');

/** Where continuous integration runs, their absence is an error and not a reason to pass. */
export const HAS_SHARED = existsSync(SHARED) || process.env['CI'] !== undefined;

export function sharedCaptures(): string[] {
  return readdirSync(SHARED, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(pcap|pcapng|trace|cap)$/.test(file))
    .sort();
}

/** Reads bytes as one or as chunks of so many octets. */
export function readBytes(
  bytes: Uint8Array,
  onPacket: (packet: Packet) => void,
  chunk = bytes.length,
): CaptureSummary | undefined {
  const reader = readerFor(bytes);
  if (reader === undefined) return undefined;
  for (let at = 0; at < bytes.length; at += chunk) {
    reader.push(bytes.subarray(at, at + chunk), onPacket);
  }
  return reader.end();
}

export function readShared(
  file: string,
  onPacket: (packet: Packet) => void,
): CaptureSummary | undefined {
  return readBytes(readFileSync(join(SHARED, file)), onPacket);
}

/** One classic capture, little-endian microseconds, of frames of one link type. */
export function pcap(linkType: number, frames: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262_144, 16);
  head.writeUInt32LE(linkType, 20);
  const records = frames.flatMap((frame, index) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_795_600_000 + index, 0);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return [record, frame];
  });
  return Buffer.concat([head, ...records]);
}
