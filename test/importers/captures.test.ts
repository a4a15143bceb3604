import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import type { CaptureSummary } from '../../src/importers/capture.ts';
import { readerFor } from '../../src/importers/capture-reader.ts';
import type { Packet } from '../../src/wire/packet.ts';
import {
  HAS_SHARED,
  pcap,
  readBytes,
  readShared,
  SHARED,
  sharedCaptures,
} from '../wire/captures.ts';
import type { Order } from './pcapng-file.ts';
import {
  block,
  described,
  enhanced,
  obsolete,
  option,
  section,
  simple,
  u16,
  u32,
  u64,
} from './pcapng-file.ts';

const LITTLE: Order = { isLittle: true };
const BIG: Order = { isLittle: false };
const DATA = Buffer.from('abcdefg');
/** 2026-11-25 09:30:00.123456 UTC */
const TIME = 1_795_599_000_123_456;

interface Truth {
  readonly file: string;
  readonly packets: number;
  readonly format: string;
  readonly ok: boolean;
  readonly interfaces?: number;
  readonly sections?: number;
  /** Octets on the wire. */
  readonly bytes?: number;
}

describe.runIf(HAS_SHARED)('captures whose content others have published', () => {
  const truths: Truth[] = HAS_SHARED
    ? readFileSync(join(SHARED, 'truth/capture.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : [];

  test.each(truths)('$file', ({ file, bytes, ...truth }) => {
    const summary = readShared(file, () => undefined);
    expect(summary).toMatchObject(truth);
    if (bytes !== undefined) expect(summary?.wireBytes).toBe(bytes);
  });

  test('there are some', () => {
    expect(truths.length).toBeGreaterThan(100);
  });

  test('every other capture there is whole, but for two that tshark calls cut short as well', () => {
    const broken = sharedCaptures().filter(
      (file) => readShared(file, () => undefined)?.ok !== true,
    );
    expect(broken).toEqual([
      'iti/MELSEC/melsoft_129_clean.pcap',
      'sv/smtp-to-comma/10.7.29.101_49898-178.63.41.150_25.pcap',
    ]);
  });

  test('how the file is cut into pieces does not matter', () => {
    const files = ['hadrielk/output_le/advanced/test102.pcapng', 'tcpdump/vxlan.pcap'].concat([
      ...['hadrielk/output_le/basic/test010.pcapng', 'zeek/mqtt.pcap'],
    ]);
    for (const file of files) {
      const bytes = readFileSync(join(SHARED, file));
      const whole = trace(bytes, bytes.length);
      for (const chunk of [1, 2, 3, 7, 16, 61, 1000, 4097]) {
        expect(trace(bytes, chunk), `${file} by ${chunk}`).toEqual(whole);
      }
    }
  });
});

describe('pcap', () => {
  const record = Buffer.concat([
    ...[u32(LITTLE, TIME / 1e6), u32(LITTLE, 123_456), u32(LITTLE, 7), u32(LITTLE, 9)],
    DATA,
  ]);

  test.each<[string, Buffer, Partial<Packet>]>([
    [
      'little-endian',
      oneRecord(LITTLE, 0xa1b2c3d4),
      { time: TIME, captured: 7, length: 9, frame: 1 },
    ],
    ['big-endian', oneRecord(BIG, 0xa1b2c3d4), { time: TIME, captured: 7, length: 9, linkType: 1 }],
    ['nanoseconds', oneRecord(LITTLE, 0xa1b23c4d, 123_456_789), { time: TIME, captured: 7 }],
    [
      'modified, with an interface in each record',
      oneRecord(LITTLE, 0xa1b2cd34),
      { time: TIME, length: 9 },
    ],
    ['of an IXIA card', oneRecord(BIG, 0x1c0001ac, 123_456_789), { time: TIME, length: 9 }],
    [
      'with the length of a check sequence beside the link type',
      oneRecord(LITTLE, 0xa1b2c3d4, 123_456, 0x2400_0001),
      { linkType: 1 },
    ],
  ])('%s', (_, bytes, wanted) => {
    const { packets, summary } = read(bytes);
    expect(summary).toMatchObject({
      format: 'pcap',
      packets: 1,
      ok: true,
      wireBytes: 9,
      interfaces: 1,
    });
    expect(packets).toMatchObject([wanted]);
    expect(packets[0]?.data).toBe('abcdefg');
  });

  test.each<[string, Buffer, Partial<CaptureSummary>]>([
    [
      'a file that ends in its head',
      pcap(1, []).subarray(0, 20),
      { packets: 0, damage: { packet: 1, offset: 0, why: 'the file ends inside its head' } },
    ],
    [
      'a file that ends in a packet',
      pcap(1, [DATA, DATA]).subarray(0, -1),
      { packets: 1, damage: { packet: 2, offset: 47, why: 'the file ends inside the packet' } },
    ],
    [
      'a file that ends in the head of a record',
      pcap(1, [DATA, DATA]).subarray(0, 50),
      { packets: 1, damage: { packet: 2, offset: 47, why: 'the file ends inside the packet' } },
    ],
    [
      'a length that is none',
      Buffer.concat([pcap(1, [DATA]), Buffer.alloc(16, 0xff), record]),
      {
        packets: 1,
        damage: { packet: 2, offset: 47, why: 'the packet claims more than 262144 octets' },
      },
    ],
  ])('%s keeps what came before', (_, bytes, wanted) => {
    for (const chunk of [1, 5, bytes.length]) {
      const summary = readBytes(bytes, () => undefined, chunk);
      expect(summary).toMatchObject({ ...wanted, ok: false });
    }
  });

  test('stopping inside a packet is no damage', () => {
    const bytes = pcap(1, [DATA, DATA]).subarray(0, 50);
    const reader = readerFor(bytes);
    reader?.push(bytes, () => undefined);
    expect(reader?.end(true)).toMatchObject({ packets: 1, ok: true });
  });
});

describe.each([
  ['little-endian', LITTLE],
  ['big-endian', BIG],
])('pcapng, %s', (_, order) => {
  const start = Buffer.concat([section(order), described(order, 1)]);
  const high = Math.floor(TIME / 2 ** 32);
  const low = TIME % 2 ** 32;

  test('packets of all kinds of blocks, and blocks that nobody knows', () => {
    const bytes = Buffer.concat([
      ...[start, enhanced(order, DATA, { high, low }), block(order, 0x0bad, Buffer.alloc(40))],
      ...[obsolete(order, DATA, 5), simple(order, DATA), block(order, 10, Buffer.alloc(2 << 20))],
      enhanced(order, DATA, { high, low: low + 1 }),
    ]);
    const { packets, summary } = read(bytes, 100_000);
    expect(summary).toMatchObject({
      format: 'pcapng',
      packets: 4,
      ok: true,
      sections: 1,
      interfaces: 1,
    });
    expect(packets.map(({ time }) => time)).toEqual([TIME, 5, 5, TIME + 1]);
    expect(packets.map(({ data }) => data)).toEqual(Array.from({ length: 4 }, () => 'abcdefg'));
  });

  test('interfaces and sections of either byte order', () => {
    const bytes = Buffer.concat([
      ...[start, described(order, 101), enhanced(order, DATA, { id: 1 }), enhanced(order, DATA)],
      ...[section(BIG), described(BIG, 113), enhanced(BIG, DATA)],
      ...[section(LITTLE), described(LITTLE, 127), enhanced(LITTLE, DATA)],
    ]);
    const { packets, summary } = read(bytes);
    expect(summary).toMatchObject({ packets: 4, interfaces: 4, sections: 3, ok: true });
    expect(packets.map((packet) => [packet.interface, packet.linkType])).toEqual([
      [1, 101],
      [0, 1],
      [2, 113],
      [3, 127],
    ]);
  });

  test.each<[string, number, bigint, bigint, number]>([
    ['microseconds', 6, BigInt(TIME), 0n, TIME],
    ['milliseconds', 3, 1_795_599_000_123n, 0n, 1_795_599_000_123_000],
    ['seconds', 0, 1_795_599_000n, 0n, 1_795_599_000_000_000],
    ['nanoseconds, beyond what a double holds', 9, 1_795_599_000_123_456_789n, 0n, TIME],
    ['picoseconds', 12, 1_123_456_789_012n, 0n, 1_123_456],
    ['2⁻¹⁰ seconds', 0x8a, 1_795_599_000n * 1024n + 512n, 0n, 1_795_599_000_500_000],
    ['2⁻³² seconds', 0xa0, (1_795_599_000n << 32n) + (1n << 31n), 0n, 1_795_599_000_500_000],
    ['2⁻⁴⁰ seconds', 0xa8, (1000n << 40n) + (1n << 38n), 0n, 1_000_250_000],
    ['an offset of seconds', 6, 5n, 1_795_599_000n, 1_795_599_000_000_005],
    ['an offset before 1970', 6, 5_000_000n, -2n, 3_000_000],
  ])('time in %s', (__, resolution, value, offset, wanted) => {
    const bytes = Buffer.concat([
      section(order),
      described(
        order,
        1,
        option(order, 9, Uint8Array.of(resolution)),
        option(order, 14, u64(order, BigInt.asUintN(64, offset))),
      ),
      enhanced(order, DATA, { high: Number(value >> 32n), low: Number(value & 0xffffffffn) }),
    ]);
    expect(read(bytes).packets[0]?.time).toBe(wanted);
  });

  test('names, comments and what was dropped', () => {
    const name = Buffer.concat([Buffer.from([192, 0, 2, 1]), Buffer.from('camera\0other\0')]);
    const name6 = Buffer.concat([
      Buffer.from('20010db8000000000000000000000001', 'hex'),
      Buffer.from('hub\0'),
    ]);
    const bytes = Buffer.concat([
      ...[section(order, option(order, 1, Buffer.from('by hand'))), described(order, 1)],
      enhanced(
        order,
        DATA,
        {},
        option(order, 1, Buffer.from('odd')),
        option(order, 4, u64(order, 3n)),
      ),
      block(
        order,
        4,
        Buffer.concat([option(order, 1, name), option(order, 2, name6), u32(order, 0)]),
      ),
      ...[2n, 4n].map((count) =>
        block(
          order,
          5,
          Buffer.concat([
            u32(order, 0),
            u64(order, 0n),
            option(order, 5, u64(order, count)),
            option(order, 7, u64(order, 1n)),
          ]),
        ),
      ),
    ]);
    const { summary } = read(bytes);
    expect([...(summary?.names ?? [])].map(([at, text]) => [at, reveal(text)])).toEqual([
      ['192.0.2.1', 'camera'],
      ['2001:db8::1', 'hub'],
    ]);
    expect(summary?.comments.map(({ packet, text }) => [packet, reveal(text)])).toEqual([
      [undefined, 'by hand'],
      [1, 'odd'],
    ]);
    expect(summary?.dropped).toBe(3 + 4 + 1);
  });

  test.each<[string, Buffer, number, RegExp]>([
    [
      'a packet of an interface that is not described is left out',
      enhanced(order, DATA, { id: 9 }),
      2,
      /an interface 9 that is not described/,
    ],
    [
      'a packet longer than its block is left out',
      enhanced(order, DATA, { captured: 4000 }),
      2,
      /longer than its block/,
    ],
    [
      'a block with two lengths is the end',
      Buffer.concat([enhanced(order, DATA).subarray(0, -4), u32(order, 7)]),
      1,
      /lengths of a block differ/,
    ],
    [
      'a block shorter than itself is the end',
      Buffer.concat([u32(order, 6), u32(order, 8), u32(order, 8), Buffer.alloc(20)]),
      1,
      /type 6 claims 8 octets/,
    ],
    [
      'a packet of a gigabyte is the end',
      Buffer.concat([u32(order, 6), u32(order, 1 << 30), Buffer.alloc(64)]),
      1,
      /claims 1073741824 octets/,
    ],
    [
      'a section without a byte order is the end',
      block(order, 0x0a0d0d0a, Buffer.alloc(16)),
      1,
      /no byte order/,
    ],
  ])('%s', (__, damage, packets, why) => {
    const bytes = Buffer.concat([start, enhanced(order, DATA), damage, enhanced(order, DATA)]);
    const offset = start.length + enhanced(order, DATA).length;
    for (const chunk of [1, 11, bytes.length]) {
      const summary = readBytes(bytes, () => undefined, chunk);
      expect(summary).toMatchObject({ packets, ok: false, damage: { packet: 2, offset } });
      expect(summary?.damage?.why).toMatch(why);
    }
  });

  test('a file that ends in a block, in one that is passed over, and before its first', () => {
    const whole = Buffer.concat([start, enhanced(order, DATA)]);
    const cut = { ok: false, damage: { why: 'the file ends inside a block' } };
    expect(read(whole.subarray(0, -3)).summary).toMatchObject({ packets: 0, ...cut });
    const foreign = Buffer.concat([whole, u32(order, 0x0bad), u32(order, 4000), Buffer.alloc(50)]);
    expect(read(foreign).summary).toMatchObject({ packets: 1, ...cut });
    expect(read(whole.subarray(0, 12)).summary).toMatchObject({ sections: 0, ok: false });
  });
});

describe('bytes that mean harm', () => {
  test('what is no capture has no reader', () => {
    expect(readerFor(Buffer.from('<?xml version="1.0"?>'))).toBeUndefined();
    expect(readerFor(new Uint8Array(0))).toBeUndefined();
  });

  test('damage anywhere, cut anywhere: no exception, the same packets whatever the pieces', () => {
    const packets = Array.from({ length: 5 }, () =>
      enhanced(LITTLE, DATA, {}, option(LITTLE, 1, DATA)),
    );
    const files = [
      pcap(1, [DATA, DATA, DATA]),
      Buffer.concat([
        section(LITTLE),
        described(LITTLE, 1),
        ...packets,
        block(LITTLE, 99, DATA.subarray(0, 4)),
      ]),
    ];
    const change = fc.record({
      at: fc.nat(400),
      put: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x0a),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { maxLength: 6 }),
        fc.integer({ min: 1, max: 60 }),
        (file, changes, chunk) => {
          const bytes = Buffer.from(file);
          for (const { at, put } of changes) bytes[at % bytes.length] = put;
          expect(trace(bytes, chunk)).toEqual(trace(bytes, bytes.length));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('names and comments without number are kept up to a limit', () => {
    const name = option(LITTLE, 1, Buffer.from([10, 0, 0, 0, 0x61, 0]));
    const comments = Array.from({ length: 3000 }, () => option(LITTLE, 1, Buffer.from('x')));
    const names = Array.from({ length: 80_000 }, (_, index) => {
      const copy = Buffer.from(name);
      copy.writeUInt16BE(index & 0xffff, 6);
      copy[5] = index >> 16;
      return copy;
    });
    const bytes = Buffer.concat([
      section(LITTLE, ...comments),
      block(LITTLE, 4, Buffer.concat(names.slice(0, 40_000))),
      block(LITTLE, 4, Buffer.concat(names.slice(40_000))),
    ]);
    const { summary } = read(bytes);
    expect(summary?.names.size).toBe(65_536);
    expect(summary?.comments.length).toBe(1000);
  });
});

/** One record with 7 octets of 9. */
function oneRecord(order: Order, magic: number, fraction = 123_456, linkType = 1): Buffer {
  const isIxia = magic >>> 16 === 0x1c00;
  const extra = magic === 0xa1b2cd34 ? Buffer.alloc(8) : Buffer.alloc(0);
  return Buffer.concat([
    ...[u32(order, magic), u16(order, 2), u16(order, 4), Buffer.alloc(8)],
    ...[u32(order, 65_535), u32(order, linkType), Buffer.alloc(isIxia ? 4 : 0)],
    ...[u32(order, Math.floor(TIME / 1e6)), u32(order, fraction), u32(order, 7), u32(order, 9)],
    ...[extra, DATA],
  ]);
}

type Kept = Pick<Packet, 'time' | 'frame' | 'interface' | 'linkType' | 'captured' | 'length'> & {
  data: string;
};

function read(
  bytes: Uint8Array,
  chunk = bytes.length,
): { packets: Kept[]; summary: CaptureSummary | undefined } {
  const packets: Kept[] = [];
  const summary = readBytes(
    bytes,
    ({ time, frame, interface: id, linkType, captured, length, bytes: memory, offset }) => {
      const data = Buffer.from(memory.subarray(offset, offset + captured)).toString('latin1');
      packets.push({ time, frame, interface: id, linkType, captured, length, data });
    },
    chunk,
  );
  return { packets, summary };
}

function trace(bytes: Uint8Array, chunk: number): unknown {
  return read(bytes, chunk);
}
