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
