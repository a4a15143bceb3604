import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { find } from '../../../lab/tools.ts';
import type { FilePlan } from '../../../src/io/capture/capture-files.ts';
import { CaptureFiles } from '../../../src/io/capture/capture-files.ts';
import { numberedName, timedName } from '../../../src/io/capture/file-names.ts';
import type { Packet } from '../../../src/wire/packet.ts';
import { pcap, readBytes } from '../../wire/captures.ts';
import { datagram } from './frames.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-files-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['a day', 'a-%Y-%m-%d', 'a-2026-03-09'],
  ['the same in one word', '%F', '2026-03-09'],
  ['a time of day', '%H%M%S', '080705'],
  ['the same in one word', '%T', '08:07:05'],
  ['a day of the year, and of a short year', '%y.%j', '26.068'],
  ['a percent sign', '100%%', '100%'],
  ['what is no conversion', '%Q-%', '%Q-%'],
])('%s in a name: %s', (_, template, name) => {
  expect(timedName(template, new Date(2026, 2, 9, 8, 7, 5))).toBe(name);
});

test('a last day of a leap year is the 366th', () => {
  expect(timedName('%j', new Date(2028, 11, 31))).toBe('366');
});

test.each([
  ['the first has no number', 0, undefined, 'x'],
  ['the second has', 1, undefined, 'x1'],
  ['where files are reused all have as many digits', 3, 12, 'x03'],
  ['ten files need one digit', 9, 10, 'x9'],
  ['the only one has none', 0, 1, 'x'],
])('%s', (_, number, reused, name) => {
  expect(numberedName('x', number, reused)).toBe(name);
});

/** Ten datagrams of 292 octets, ten seconds apart, as they lie in a capture of their own. */
function write(name: string, plan: Omit<FilePlan, 'name'>): { files: string[]; more: boolean[] } {
  const into = join(folder, name);
  mkdirSync(into, { recursive: true });
  const files = new CaptureFiles({ name: join(into, 'f%S'), ...plan });
  const more: boolean[] = [];
  readBytes(tenFrames(), (packet) => {
    more.push(files.write(atSecond(packet, packet.frame * 10)));
  });
  files.close();
  return { files: readdirSync(into).sort(), more };
}

function tenFrames(): Buffer {
  return pcap(
    1,
    Array.from({ length: 10 }, (_, at) => datagram(at, 250)),
  );
}

function atSecond(packet: Packet, second: number): Packet {
  packet.time = second * 1_000_000;
  return packet;
}

function framesOf(...path: readonly string[]): { captured: number; length: number }[] {
  const frames: { captured: number; length: number }[] = [];
  const summary = readBytes(readFileSync(join(folder, ...path)), ({ captured, length }) => {
    frames.push({ captured, length });
  });
  expect(summary?.ok).toBe(true);
  return frames;
}

test('a file a time, by the clock of the frames', () => {
  const { files } = write('by-time', { seconds: 30, snaplen: 0 });
  // Frames of 10 to 100 s: three to a file, and the last alone.
  expect(files).toEqual(['f10', 'f40']);
  expect(framesOf('by-time', 'f40')).toHaveLength(1);
});

test('so many files of a time, then no more', () => {
  const { files, more } = write('so-many', { seconds: 20, files: 2, snaplen: 0 });
  expect(files).toEqual(['f10', 'f30']);
  expect(more).toEqual([...Array(4).fill(true), ...Array(6).fill(false)]);
  expect(framesOf('so-many', 'f30')).toHaveLength(2);
});

test('so many files by size, then the first again', () => {
  const { files, more } = write('ring', { octets: 700, files: 2, snaplen: 0 });
  expect(files).toEqual(['f%S0', 'f%S1']);
  expect(more).not.toContain(false);
  // Three frames exceed 700 octets: files of 3, 3, 3 and 1, and the last two are kept.
  expect(framesOf('ring', 'f%S0')).toHaveLength(3);
  expect(framesOf('ring', 'f%S1')).toHaveLength(1);
});

test('both: numbers begin again with a new time', () => {
  const { files } = write('both', { octets: 700, seconds: 50, snaplen: 0 });
  expect(files).toEqual(['f00', 'f001', 'f10', 'f101']);
});

test('so much of each frame, and how long it was', () => {
  const { files } = write('short', { octets: 1_000_000, snaplen: 60 });
  expect(files).toEqual(['f%S']);
  expect(framesOf('short', 'f%S')).toEqual(Array(10).fill({ captured: 60, length: 292 }));
});

test('a folder that is not there is said, with what to do', () => {
  const files = new CaptureFiles({ name: join(folder, 'nowhere/x'), octets: 1, snaplen: 0 });
  expect(() => readBytes(tenFrames(), (packet) => files.write(packet))).toThrow(
    expect.objectContaining({ code: 'E_OUTPUT' }),
  );
});

const NO_TCPDUMP = find('tcpdump') === undefined && process.env['CI'] === undefined;

test.skipIf(NO_TCPDUMP).each([
  ['one after the other', undefined],
  ['in turn', 3],
])('files by size are those that tcpdump makes: %s', (_, files) => {
  const all = pcap(
    1,
    Array.from({ length: 4000 }, (__, at) => datagram(at, 1200)),
  );
  const from = join(folder, 'all.pcap');
  writeFileSync(from, all);
  const [ours, theirs] = ['ours', 'theirs'].map((name) => mkdtempSync(join(folder, name)));
  const turn = files === undefined ? [] : ['-W', String(files)];
  const account = process.getuid?.() === 0 ? ['-Z', 'root'] : [];
  const into = ['-w', join(theirs ?? '', 'x'), '-C', '1', ...turn];
  execFileSync(find('tcpdump') ?? 'tcpdump', ['-r', from, ...into, ...account], { stdio: 'pipe' });
  const writer = new CaptureFiles({
    name: join(ours ?? '', 'x'),
    octets: 1_000_000,
    snaplen: 0,
    ...(files === undefined ? {} : { files }),
  });
  readBytes(all, (packet) => writer.write(packet));
  writer.close();
  const listing = (path = ''): (string | number)[][] =>
    readdirSync(path)
      .sort()
      .map((name) => [name, readFileSync(join(path, name)).length]);
  expect(listing(ours)).toEqual(listing(theirs));
  expect(listing(ours).length).toBeGreaterThan(2);
});
