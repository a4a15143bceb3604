import { expect, test } from 'vitest';
import { Throttle } from '../../../../src/io/api/access/throttle.ts';

const MINUTE = 60_000;

/** Tries every `step` milliseconds for `time`, and says at which of them it was looked at. */
function triesOf(throttle: Throttle, keys: readonly string[], step: number, time: number) {
  const seen: number[] = [];
  for (let now = 1; now <= time; now += step) {
    if (throttle.admit(keys, now) === 0) seen.push(now);
  }
  return seen;
}

test('five tries cost nothing, then each doubles the delay', () => {
  const seen = triesOf(new Throttle(), ['account'], 100, 2 * MINUTE);
  expect(seen.map((now) => Math.round(now / 1000))).toEqual([0, 0, 0, 0, 0, 2, 6, 14, 30, 62]);
});

test('the delay ends at a quarter of an hour, and after an hour of rest it is all forgotten', () => {
  const throttle = new Throttle();
  const seen = triesOf(throttle, ['account'], 1000, 4 * 60 * MINUTE);
  const gaps = seen.map((now, index) => now - (seen[index - 1] ?? 0));
  expect(Math.max(...gaps)).toBe(15 * MINUTE);
  const later = (seen.at(-1) ?? 0) + 61 * MINUTE;
  expect([1, 2, 3, 4, 5].map((ms) => throttle.admit(['account'], later + ms))).toEqual([
    0, 0, 0, 0, 0,
  ]);
});

test('of two keys the slower one counts, and one that is turned away counts for none', () => {
  const throttle = new Throttle();
  for (let now = 1; now <= 5; now += 1) throttle.admit(['address', `account${now}`], now);
  expect(throttle.admit(['address', 'other'], 10)).toBeGreaterThan(0);
  for (let now = 11; now < 15; now += 1) throttle.admit(['address', 'other'], now);
  expect(throttle.admit(['elsewhere', 'other'], 20)).toBe(0);
});

test('who turns out to be right is not slowed down for it', () => {
  const throttle = new Throttle();
  for (let now = 1; now <= 20; now += 1) {
    expect(throttle.admit(['account', 'address'], now)).toBe(0);
    throttle.forget('account');
    throttle.giveBack('address');
  }
});

test('a million names take no more room than ten thousand', () => {
  const throttle = new Throttle();
  for (let name = 0; name < 1_000_000; name += 1) throttle.admit([`name ${name}`], 1);
  // The first ones are forgotten: they have their five tries again.
  expect([1, 2, 3, 4, 5].map((now) => throttle.admit(['name 0'], now))).toEqual([0, 0, 0, 0, 0]);
});
