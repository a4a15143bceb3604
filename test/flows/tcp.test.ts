import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlowTable, TABLE_DEFAULTS } from '../../src/flows/table.ts';
import { TcpTracker } from '../../src/flows/tcp.ts';
import type { Said } from './talk.ts';
import { ACK, FIN, handshake, packetOf, play } from './talk.ts';

const A = '192.0.2.1:40000';
const B = '192.0.2.2:8080';
const SIZE = 100;
/** As many that no more than four gaps can be between them. */
const SEGMENTS = 8;

/** Octets `from` to `to` of what A says, counted from 0. */
function part(from: number, to: number): Said {
  return { from: A, to: B, tcp: 'x'.repeat(to - from), sequence: 1 + from, acknowledgement: 1 };
}

function segment(index: number): Said {
  return part(index * SIZE, (index + 1) * SIZE);
}

/** One after another in one table, so that each uses the record of the one before. */
const TABLE = new FlowTable(
  { ...TABLE_DEFAULTS, capacity: 4 },
  () => {},
  () => {},
);
const TRACKER = new TcpTracker(TABLE);

function lostOf(said: readonly Said[]): number {
  let record = -1;
  for (const [index, one] of [...handshake(A, B), ...said].entries()) {
    const packet = packetOf(one, index + 1);
    record = TABLE.locate(packet);
    TRACKER.segment(record, TABLE.side, packet);
  }
  TRACKER.end(record);
  const lost = TABLE.records.lost[record] ?? -1;
  TABLE.close(record);
  return lost;
}

describe('gaps that are filled late', () => {
  test.each([
    ['four at a time', [0, 2, 4, 6, 8, 1, 3, 5, 7], 0],
    ['four at a time, from the last', [0, 2, 4, 6, 8, 7, 5, 3, 1], 0],
    ['of a fifth the oldest was given up', [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9], SIZE],
    ['some stay open', [0, 2, 4, 6, 3], 2 * SIZE],
    ['one of two octet strings that came in one segment', [0, 3, 1], SIZE],
  ] satisfies [string, readonly number[], number][])('%s', (_, order, lost) => {
    expect(lostOf(order.map(segment))).toBe(lost);
  });

  test.each([
    ['its start', [part(100, 140)], 60],
    ['its end', [part(160, 200)], 60],
    ['its middle, of which two gaps are left', [part(140, 160), part(100, 140)], 40],
    ['more than it, on both sides', [part(50, 250)], 0],
    ['both of two by one segment', [part(400, 500), part(100, 400)], 0],
  ] satisfies [string, readonly Said[], number][])('%s', (_, late, lost) => {
    expect(lostOf([part(0, 100), part(200, 300), ...late])).toBe(lost);
  });

  test('in any order, cut anywhere and as often as one likes: what is missing is counted', () => {
    const some = fc.array(
      fc.tuple(fc.nat(SEGMENTS - 1), fc.nat(SIZE - 1), fc.integer({ min: 1, max: SIZE })),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(some, (cuts) => {
        const parts = cuts.map(([index, from, to]) => {
          const start = index * SIZE + Math.min(from, to - 1);
          return [start, index * SIZE + Math.max(to, from + 1)] as const;
        });
        const seen = new Set(parts.flatMap(([from, to]) => range(from, to)));
        const end = Math.max(...parts.map(([, to]) => to));
        const gaps = gapsAtMost(parts);
        fc.pre(gaps <= 4);
        expect(lostOf(parts.map(([from, to]) => part(from, to)))).toBe(end - seen.size);
      }),
      { numRuns: 200, seed: 20_261_125 },
    );
  });
});

/** The most gaps that are open at once while these come. */
function gapsAtMost(parts: readonly (readonly [from: number, to: number])[]): number {
  const seen = new Set<number>();
  let most = 0;
  for (const [from, to] of parts) {
    for (const octet of range(from, to)) seen.add(octet);
    const end = Math.max(...seen) + 1;
    const starts = range(0, end).filter((at) => !seen.has(at) && (at === 0 || seen.has(at - 1)));
    most = Math.max(most, starts.length);
  }
  return most;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

test('a record that is used again knows nothing of the gaps of its former flow', () => {
  const end = (from: string, to: string, sequence: number, acknowledgement: number): Said => ({
    ...{ from, to, flags: FIN | ACK, sequence, acknowledgement },
  });
  const first = [
    ...handshake(A, B),
    ...[0, 2, 4].map(segment),
    end(A, B, 501, 1),
    end(B, A, 1, 502),
  ];
  const again = handshake(A, B, 1).map((one) => ({ ...one, at: 1 }));
  const second = [0, 2, 1].map((index) => ({ ...segment(index), at: 1 }));
  const { flows } = play([...first.map((one) => ({ ...one, at: 0 })), ...again, ...second]);
  expect(flows.map(({ lost }) => lost)).toEqual([2 * SIZE, 0]);
});
