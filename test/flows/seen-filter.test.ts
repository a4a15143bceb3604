import { describe, expect, test } from 'vitest';
import { SeenFilter } from '../../src/flows/seen-filter.ts';

function isRepeated(filter: SeenFilter, value: number, ...parts: readonly string[]): boolean {
  filter.begin(value);
  for (const part of parts) filter.add(Buffer.from(`..${part}..`), 2, 2 + part.length);
  return filter.isRepeated();
}

describe('what was seen not long ago', () => {
  test.each([
    ['the same once more', 7, ['answer of a server'], true],
    ['another value', 8, ['answer of a server'], false],
    ['another last octet', 7, ['answer of a serveR'], false],
    ['another first octet', 7, ['Answer of a server'], false],
    ['a shorter one', 7, ['answer of a serve'], false],
    ['an upper bit of four octets', 7, ['answer of a ser\u00f6er'], false],
    ['more parts', 7, ['answer of a server', 'x'], false],
  ] as const)('%s', (_, value, parts, expected) => {
    const filter = new SeenFilter(1024);
    expect(isRepeated(filter, 7, 'answer of a server')).toBe(false);
    expect(isRepeated(filter, value, ...parts)).toBe(expected);
  });
});

test('tells 10,000 things apart that differ in one octet', () => {
  const filter = new SeenFilter(1 << 20);
  const repeated = Array.from({ length: 10_000 }, (_, at) =>
    isRepeated(filter, 0, `${String.fromCharCode(at & 127)} and ${at >> 7} are asked for`),
  );
  expect(repeated.filter(Boolean)).toEqual([]);
});

test('no change of a few bits in two words goes unseen', () => {
  const filter = new SeenFilter(1024);
  const isSeen = (said: Uint8Array): boolean => {
    filter.begin(1);
    filter.add(said, 0, said.length);
    return filter.isRepeated();
  };
  const octets = new Uint8Array(8).fill(0x5a);
  const upper = Array.from({ length: 32 }, (_, bit) => 32 + bit);
  // One multiplication alone lets a top bit be undone by two bits of the next word.
  const changes = Array.from({ length: 32 }, (_, bit) => bit).flatMap((first) =>
    upper.flatMap((second) =>
      upper.filter((third) => third <= second).map((third) => new Set([first, second, third])),
    ),
  );
  const unseen = changes.filter((bits) => {
    const changed = octets.slice();
    for (const bit of bits) changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    isSeen(octets);
    return isSeen(changed);
  });
  expect(unseen).toEqual([]);
});
