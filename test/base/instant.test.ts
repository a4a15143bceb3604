import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoInstant, utcText } from '../../src/base/instant.ts';

test.each([
  ['the epoch', 0, '1970-01-01T00:00:00Z'],
  ['a millisecond before it', -1, '1969-12-31T23:59:59Z'],
  ['a leap day', 1_709_164_800_000, '2024-02-29T00:00:00Z'],
  ['the end of a century that is no leap year', 4_107_542_399_999, '2100-02-28T23:59:59Z'],
  ['nothing that is an instant', Number.NaN, ''],
  ['more than a date can be', Number.POSITIVE_INFINITY, ''],
])('%s', (_, at, expected) => {
  expect(isoInstant(at)).toBe(expected);
});

test('agrees with the platform for every year of four digits', () => {
  const [from, to] = [Date.UTC(1000, 0, 1), Date.UTC(9999, 11, 31)];
  fc.assert(
    fc.property(fc.integer({ min: from, max: to }), (at) => {
      expect(isoInstant(at)).toBe(`${new Date(at).toISOString().slice(0, 19)}Z`);
    }),
    { numRuns: 2000 },
  );
});

test('for people it ends at the minute and names the zone', () => {
  expect(utcText(1_795_615_387_000)).toBe('2026-11-25 14:03 UTC');
  expect(utcText(Number.NaN)).toBe('');
});
