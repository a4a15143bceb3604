import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Version } from '../../src/base/version.ts';
import { compareVersions, parseVersion } from '../../src/base/version.ts';

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

test.each([
  ['numbers count as numbers', '2.9', '2.10'],
  ['a longer number is the later', '9', '10000000000000000000000'],
  ['a part more is later', '1.20', '1.20.1'],
  ['a patch level is later than none', '8.4', '8.4p1'],
  ['a letter is later than none', '1.0.2', '1.0.2a'],
  ['letters go by the alphabet', '1.0.2k', '1.0.2u'],
  ['a candidate is older than the release', '2.0-rc1', '2.0'],
  ['alpha, beta, candidate in this order', '1.0-alpha3', '1.0-beta1'],
  ['a beta is older than a candidate', '1.0-beta9', '1.0-rc1'],
  ['a year is a number', '2016.73', '2016.74'],
  ['a build behind a version is within it', 'V5.5.0 build 150513', '5.5.53'],
  ['a later build is later', 'V5.5.0 build 150513', 'V5.5.0 build 180321'],
  ['a v in front makes no difference', 'V4.4.9', '4.5.0'],
])('%s: %s < %s', (_, older, newer) => {
  expect(compareVersions(version(older), version(newer))).toBeLessThan(0);
  expect(compareVersions(version(newer), version(older))).toBeGreaterThan(0);
});

test.each([
  ['V4.5.0', '4.5'],
  ['1.0.0', '1'],
  ['01.02', '1.2'],
  ['Firmware V2.8.3', '2.8.3'],
  ['1.2-RC1', '1.2.rc.1'],
])('%s is %s', (a, b) => {
  expect(compareVersions(version(a), version(b))).toBe(0);
});

test.each(['', 'unknown', 'latest', '---'])('"%s" is no version', (text) => {
  expect(parseVersion(text)).toBeUndefined();
});

/** Of the letters of which versions are made, so that parts are often equal. */
const TEXT = fc
  .array(fc.constantFrom('0', '1', '2', '10', '.', '-', 'a', 'p', 'rc', 'beta', ' ', 'build'), {
    maxLength: 10,
  })
  .map((parts) => `1${parts.join('')}`);

describe('a total order', () => {
  test('each is equal to itself, and two orders are opposite', () => {
    fc.assert(
      fc.property(TEXT, TEXT, (a, b) => {
        const forth = compareVersions(version(a), version(b));
        const back = compareVersions(version(b), version(a));
        expect(compareVersions(version(a), version(a))).toBe(0);
        expect(Math.sign(forth) + Math.sign(back)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('what is before the one before is before', () => {
    fc.assert(
      fc.property(TEXT, TEXT, TEXT, (a, b, c) => {
        const sorted = [a, b, c].sort((x, y) => compareVersions(version(x), version(y)));
        const [first = '', second = '', third = ''] = sorted;
        expect(compareVersions(version(first), version(second))).toBeLessThanOrEqual(0);
        expect(compareVersions(version(second), version(third))).toBeLessThanOrEqual(0);
        expect(compareVersions(version(first), version(third))).toBeLessThanOrEqual(0);
      }),
      { numRuns: 4000 },
    );
  });

  test('what is equal to an equal one is equal', () => {
    fc.assert(
      fc.property(TEXT, TEXT, TEXT, (a, b, c) => {
        fc.pre(compareVersions(version(a), version(b)) === 0);
        const toC = compareVersions(version(a), version(c));
        expect(Math.sign(compareVersions(version(b), version(c)))).toBe(Math.sign(toC));
      }),
      { numRuns: 300, maxSkipsPerRun: 10_000 },
    );
  });

  test('any text ends and is bounded', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000 }), (text) => {
        expect(parseVersion(text)?.tokens.length ?? 0).toBeLessThanOrEqual(24);
      }),
    );
  });
});
