import { expect, test } from 'vitest';
import { PairIndex } from '../../src/flows/pair-index.ts';

test('gives each pair a number of its own, in the order in which they come', () => {
  const index = new PairIndex();
  const pairs = Array.from({ length: 20_000 }, (_, at) => [(at % 500) - 250, at * 65_537] as const);
  for (const [at, [first, second]] of pairs.entries()) {
    expect(index.find(first, second | 0)).toBe(-1);
    expect(index.add(first, second | 0)).toBe(at);
  }
  expect(pairs.map(([first, second]) => index.find(first, second | 0))).toEqual([...pairs.keys()]);
  expect(index.size).toBe(20_000);
});

test('a pair is not its reverse', () => {
  const index = new PairIndex();
  index.add(1, 2);
  expect(index.find(2, 1)).toBe(-1);
});
