import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Few } from '../../../src/detectors/ddos/few.ts';
import { Rate } from '../../../src/detectors/ddos/rate.ts';
import { fingerprint, withNumber } from '../../../src/detectors/learned/bounded.ts';
import { RecentNumbers } from '../../../src/detectors/learned/recent-numbers.ts';

test('the last that were noted are known, whatever they are, and nothing that was not', () => {
  const numbers = fc.array(fc.integer({ min: -6, max: 6 }).map((one) => one * 0x10001));
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 8 }), (noted, capacity) => {
      const recent = new RecentNumbers(capacity);
      for (const [index, number] of noted.entries()) {
        const before = noted.slice(0, index);
        const last = new Set(before.slice(-capacity));
        if (last.has(number)) expect(recent.has(number)).toBe(true);
        if (!before.includes(number)) expect(recent.has(number)).toBe(false);
        const was = recent.has(number);
        expect(recent.add(number)).toBe(was);
        expect(recent.has(number)).toBe(true);
      }
    }),
  );
});

test('however many are noted, it takes no more than 12 octets for each that it must know', () => {
  const recent = new RecentNumbers(4_096);
  for (let index = 0; index < 100_000; index += 1) recent.add(fingerprint(`port ${index}`));
  expect(recent.octets).toBeLessThanOrEqual(4_096 * 2 * 8 + 500);
});

test('a fingerprint of parts tells the parts apart', () => {
  const pairs = ['a', 'ab', 'b', ''].flatMap((one) =>
    [0, 1, 443, 65_536].map((port) => withNumber(fingerprint(one, fingerprint('x')), port)),
  );
  expect(new Set(pairs).size).toBe(16);
});

test('what is little is counted apart, and becomes many with one more', () => {
  const few = new Few(3);
  expect([1, 2, 3].map((at) => few.isMany(7, at, 1))).toEqual([false, false, false]);
  expect(few.isMany(8, 3, 1)).toBe(false);
  expect(few.isMany(7, 4, 1)).toBe(true);
  expect([few.count, few.since]).toEqual([4, 1]);
});

test('what came ten minutes ago counts no more, nor before a clock was set back', () => {
  const few = new Few(1);
  few.isMany(7, 0, 1);
  expect(few.isMany(7, 600_001, 1)).toBe(false);
  expect(few.isMany(7, 500_000, 1)).toBe(false);
  expect(few.isMany(7, 500_001, 1)).toBe(true);
});

test('two that share a slot by turns hide neither', () => {
  const few = new Few(24);
  const [one, other] = [5, 5 + (1 << 12)];
  const many = Array.from({ length: 60 }, (_, at) => few.isMany(at % 2 === 0 ? one : other, at, 1));
  expect(many.filter(Boolean).length).toBe(2);
});

test('what came within a minute is counted in the windows that are as long', () => {
  const rate = new Rate();
  expect(rate.exceeds(1_000_000, 9, [5, 10, 10], 20_000)).toBe(false);
  expect(rate.last).toBe(9);
  expect(rate.exceeds(1_000_001, 1, [5, 10, 10])).toBe(true);
});
