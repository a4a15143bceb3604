import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import { interfaceBlock, packetBlock, sectionBlock } from '../../src/wire/write-pcapng.ts';
import { readBytes } from './captures.ts';
import { DATA, ethernet, ipv4, ipv6, udp } from './frames.ts';

const TIME = 1_795_599_000_123_456;
const FIRST = ethernet(0x0800, ipv4({}, udp(DATA)));
const SECOND = ipv6(17, udp(DATA));

const FILE = Buffer.concat([
  sectionBlock({ application: 'portolan 0.1.0', comment: 'Evidence of finding F-1' }),
  interfaceBlock({ linkType: 1, name: 'eth0' }),
  interfaceBlock({ linkType: 101, digits: 9 }),
  packetBlock({
    interface: 0,
    time: TIME,
    bytes: FIRST,
    length: 900,
    comment: 'Klartext: größer\u001b[31m',
  }),
  packetBlock({ interface: 1, time: TIME + 0.5, digits: 9, bytes: SECOND, length: SECOND.length }),
]);

describe('what is written', () => {
  test('is read by our own reader as it was', () => {
    const seen: unknown[] = [];
    const summary = readBytes(FILE, (packet) => {
      const data = packet.bytes.slice(packet.offset, packet.offset + packet.captured);
      seen.push([packet.interface, packet.linkType, packet.time, packet.length, Buffer.from(data)]);
    });
    expect(seen).toEqual([
      [0, 1, TIME, 900, FIRST],
      [1, 101, TIME, SECOND.length, SECOND],
    ]);
    expect(summary).toMatchObject({ ok: true, packets: 2, interfaces: 2 });
    expect(summary?.comments.map(({ packet, text }) => [packet, reveal(text)])).toEqual([
      [undefined, 'Evidence of finding F-1'],
      [1, 'Klartext: größer\\x1b[31m'],
    ]);
  });

  test('opens in tshark, with comments that can be searched and times to the nanosecond', () => {
    const fields = [
      'frame.time_epoch',
      'frame.len',
      'frame.cap_len',
      'frame.interface_name',
    ].concat([...['frame.comment', 'udp.dstport']]);
    expect(tshark([...fields.flatMap((field) => ['-e', field]), '-T', 'fields'])).toEqual([
      `1795599000.123456000\t900\t${FIRST.length}\teth0\tKlartext: größer\\x1b[31m\t5683`,
      `1795599000.123456500\t${SECOND.length}\t${SECOND.length}\tunknown\t\t5683`,
    ]);
    const found = ['-T', 'fields', '-e', 'frame.number'];
    expect(tshark(['-Y', 'frame.comment contains "Klartext"', ...found])).toEqual(['1']);
  });

  test('a comment longer than an option is cut between two characters', () => {
    const long = packetBlock({
      interface: 0,
      time: 0,
      bytes: DATA,
      length: 8,
      comment: 'ü'.repeat(40_000),
    });
    const file = Buffer.concat([FILE, long]);
    const summary = readBytes(file, () => undefined);
    expect(summary).toMatchObject({ ok: true, packets: 3 });
    expect(reveal(summary?.comments[2]?.text ?? fail())).toMatch(/^ü+$/);
  });
});

function tshark(args: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pcapng-'));
  try {
    const file = join(folder, 'slice.pcapng');
    writeFileSync(file, FILE);
    const text = execFileSync('tshark', ['-n', '-r', file, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fail(): never {
  throw new Error('there is no such comment');
}
