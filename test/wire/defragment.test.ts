import { describe, expect, test } from 'vitest';
import { decode } from '../../src/wire/decode.ts';
import { Defragmenter } from '../../src/wire/defragment.ts';
import { Packet } from '../../src/wire/packet.ts';
import { ethernet, hex, ipv4, ipv6, join, u16, udp } from './frames.ts';

const SECOND = 1_000_000;
const TEXT = Buffer.from(
  Array.from({ length: 300 }, (_, index) => 'abcdefghij'[index % 10]).join(''),
);
const DATAGRAM = udp(TEXT);

interface Piece {
  readonly frame: Uint8Array;
  readonly time?: number;
  readonly linkType?: number;
}

/** Octets `from` to `to` of the datagram. */
function v4(from: number, to: number, options: { id?: number; data?: Buffer } = {}): Piece {
  const { id = 7, data = DATAGRAM } = options;
  const part = data.subarray(from, to);
  return { frame: ethernet(0x0800, ipv4({ fragment: from, hasMore: to < data.length, id }, part)) };
}

function v6(from: number, to: number): Piece {
  const field = from + (to < DATAGRAM.length ? 1 : 0);
  const fragment = join(hex('1100'), u16(field), hex('0000002a'));
  const before = hex('2c00050200000100');
  return { frame: ethernet(0x86dd, ipv6(0, before, fragment, DATAGRAM.subarray(from, to))) };
}

const RAW = { frame: ipv4({ hasMore: true }, DATAGRAM.subarray(0, 16)), linkType: 101 };
const RAW_REST = { frame: ipv4({ fragment: 16 }, DATAGRAM.subarray(16)), linkType: 101 };
const FORGED = Buffer.alloc(DATAGRAM.length, 0x21);

describe('a datagram in pieces', () => {
  test.each<[string, readonly Piece[]]>([
    ['in order', [v4(0, 96), v4(96, 200), v4(200, 308)]],
    ['in reverse', [v4(200, 308), v4(96, 200), v4(0, 96)]],
    ['with a piece that came twice', [v4(0, 96), v4(0, 96), v4(96, 200), v4(200, 308)]],
    ['of IPv6, behind other headers', [v6(0, 96), v6(96, 200), v6(200, 308)]],
    ['without a link', [RAW, RAW_REST]],
    [
      'with a forged copy after the true one: the first stands',
      [v4(0, 96), v4(96, 200), v4(0, 200, { data: FORGED }), v4(200, 308)],
    ],
    [
      'with another datagram between',
      [v4(0, 200), v4(0, 200, { id: 8, data: FORGED }), v4(200, 308)],
    ],
    ['with a tag', [tagged(v4(0, 96)), tagged(v4(96, 308))]],
  ])('%s', (_, pieces) => {
    const { texts } = run(pieces);
    expect(texts).toEqual([`40000>5683 ${TEXT.toString()}`]);
  });

  test('keeps its addresses, its tag and its place in the capture', () => {
    const { packets } = run([tagged(v4(96, 308)), tagged(v4(0, 96))]);
    expect(packets).toMatchObject([
      { sourceMac: 6, destinationMac: 0, vlan: 5, frame: 2, linkType: 1 },
    ]);
  });

  test('without a link it has no MAC addresses', () => {
    expect(run([RAW, RAW_REST]).packets).toMatchObject([{ sourceMac: -1, destinationMac: -1 }]);
  });

  test.each<[string, readonly Piece[], object]>([
    ['a hole', [v4(0, 96), v4(200, 308)], { whole: 0 }],
    [
      'a piece that comes too late',
      [v4(0, 96), { ...v4(96, 308), time: 61 * SECOND }],
      { whole: 0, incomplete: 1 },
    ],
    [
      'another end than the last piece said',
      [v4(200, 308), v4(200, 304, { data: DATAGRAM.subarray(0, 304) })],
      { refused: 1 },
    ],
    [
      'octets beyond the end',
      [
        v4(200, 304, { data: DATAGRAM.subarray(0, 304) }),
        v4(304, 320, { data: Buffer.alloc(400) }),
      ],
      { refused: 1 },
    ],
    [
      'more than 64 KiB',
      [{ frame: ethernet(0x0800, ipv4({ fragment: 65_528 }, TEXT)) }],
      { refused: 1 },
    ],
    [
      'a piece that was not captured whole',
      [{ frame: ethernet(0x0800, ipv4({ hasMore: true, total: 200 }, udp(TEXT.subarray(0, 64)))) }],
      { refused: 1 },
    ],
    ['a copy of what is there', [v4(0, 96), v4(0, 96)], { overlaps: 12 }],
  ])('%s: nothing is made up, and it is counted', (_, pieces, counts) => {
    const { texts, defragmenter } = run(pieces);
    expect(texts).toEqual([]);
    expect(defragmenter.counts).toMatchObject(counts);
  });

  test('the oldest of more than 64 gives way', () => {
    const flood = Array.from({ length: 100 }, (_, id) => ({
      ...v4(0, 96, { id: 1000 + id }),
      time: id,
    }));
    const { texts, defragmenter } = run([
      ...flood,
      v4(96, 308, { id: 1099 }),
      v4(96, 308, { id: 1000 }),
    ]);
    expect(texts).toEqual([`40000>5683 ${TEXT.toString()}`]);
    expect(defragmenter.counts).toMatchObject({ whole: 1, incomplete: 36 });
  });

  test('what is no fragment is not touched', () => {
    expect(run([{ frame: ethernet(0x0800, ipv4({}, DATAGRAM)) }]).defragmenter.counts).toEqual({
      whole: 0,
      incomplete: 0,
      refused: 0,
      overlaps: 0,
    });
  });
});

function tagged({ frame }: Piece): Piece {
  return { frame: join(frame.subarray(0, 12), hex('81000005'), frame.subarray(12)) };
}

function run(pieces: readonly Piece[]): {
  texts: string[];
  packets: Packet[];
  defragmenter: Defragmenter;
} {
  const defragmenter = new Defragmenter();
  const texts: string[] = [];
  const packets: Packet[] = [];
  for (const [index, { frame, time = 0, linkType = 1 }] of pieces.entries()) {
    const packet = new Packet();
    packet.bytes = frame;
    packet.view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    packet.captured = frame.length;
    packet.length = frame.length;
    packet.linkType = linkType;
    packet.frame = index + 1;
    packet.time = time;
    decode(packet);
    const whole = defragmenter.add(packet);
    if (whole === undefined) continue;
    const payload = whole.bytes.subarray(whole.payload, whole.payload + whole.payloadCaptured);
    texts.push(`${whole.sourcePort}>${whole.destinationPort} ${Buffer.from(payload).toString()}`);
    packets.push(Object.assign(new Packet(), whole));
  }
  return { texts, packets, defragmenter };
}
