import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beginOfKept, forgetFrames, KeptFrames } from '../../../src/io/capture/kept-frames.ts';
import { pcap, readBytes } from '../../wire/captures.ts';
import { datagram } from './frames.ts';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'portolan-kept-')), 'captures');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

/** Frames a second apart, of 1042 octets and so many; returns what is kept. */
function keep(frames: number, octets: number): readonly string[] {
  const kept = new KeptFrames(() => folder, octets);
  const all = Array.from({ length: frames }, (_, index) => datagram(1000 + index, 1000));
  readBytes(pcap(1, all), (packet) => kept.take(packet));
  kept.close();
  return readdirSync(folder).sort();
}

function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

function portsIn(files: readonly string[]): readonly number[] {
  const ports: number[] = [];
  for (const file of files) {
    readBytes(readFileSync(join(folder, file)), (packet) => {
      const { view, offset } = packet;
      ports.push(view.getUint16(offset + 36));
    });
  }
  return ports;
}

test('what fits is kept whole, for nobody else to read', () => {
  const files = keep(3, 100_000);
  expect(files).toHaveLength(1);
  expect(portsIn(files)).toEqual([1000, 1001, 1002]);
  expect(statSync(join(folder, files[0] ?? '')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('of more than fits the newest are kept, and never more than that', () => {
  const files = keep(500, 100_000);
  expect(sizeOf(files)).toBeLessThanOrEqual(100_000);
  expect(sizeOf(files)).toBeGreaterThan(70_000);
  const ports = portsIn(files);
  expect(ports.at(-1)).toBe(1499);
  expect(ports).toEqual(ports.map((_, index) => 1500 - ports.length + index));
});

test('a second run goes on, and what others put there stays', () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'day.pcap'), Buffer.alloc(200_000));
  const first = keep(20, 100_000);
  expect(keep(500, 100_000)).toContain('day.pcap');
  expect(keep(1, 100_000).length).toBeGreaterThan(first.length);
});

test('an hour is in one file at most', () => {
  // A frame a second.
  expect(keep(3_601, 80_000_000)).toHaveLength(2);
});

test('what is too old is forgotten; what others put there is not', () => {
  const [file = ''] = keep(1, 100_000);
  writeFileSync(join(folder, 'day.pcap'), '');
  for (const name of [file, 'day.pcap']) utimesSync(join(folder, name), 1000, 1000);
  forgetFrames(folder, 999_000);
  expect(existsSync(join(folder, file))).toBe(true);
  forgetFrames(folder, 1_001_000);
  expect(readdirSync(folder)).toEqual(['day.pcap']);
});

test('where nothing can be written that is said, and ends nothing', () => {
  writeFileSync(folder, 'no folder');
  const kept = new KeptFrames(() => folder, 100_000);
  readBytes(pcap(1, [datagram(1000, 10)]), (packet) => kept.take(packet));
  kept.close();
  expect(kept.trouble).toContain(folder);
});

test.each([
  ['one of ours', 'kept-20261125T171534Z-0001.pcap', Date.UTC(2026, 10, 25, 17, 15, 34)],
  ['any other', 'day-20261125T171534Z.pcap', undefined],
])('when %s began', (_, name, at) => {
  expect(beginOfKept(name)).toBe(at);
});
