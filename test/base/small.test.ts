import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES, PortolanError } from '../../src/base/errors.ts';
import { shortId } from '../../src/base/id.ts';
import { Reader } from '../../src/base/reader.ts';
import { RecentMap } from '../../src/base/recent-map.ts';
import { closest } from '../../src/base/suggest.ts';

describe('Reader', () => {
  test('reads every width in both orders', () => {
    const reader = new Reader(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
    expect([reader.u8(), reader.u16(), reader.u24(), reader.u32()]).toEqual([
      1, 0x0203, 0x040506, 0x0708090a,
    ]);
    expect([reader.u16le(), reader.u32le()]).toEqual([0x0c0b, 0x100f0e0d]);
    expect(reader.failed).toBe(false);
  });

  test('fails once, quietly, and has nothing left', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.array(fc.integer({ min: -5, max: 40 })), (data, reads) => {
        const reader = new Reader(data);
        for (const size of reads) reader.take(size);
        expect(reader.left).toBeGreaterThanOrEqual(0);
        if (reader.failed) expect([reader.left, reader.u32(), reader.text(1)]).toEqual([0, 0, '']);
      }),
    );
  });
});

describe('RecentMap', () => {
  test('keeps the newest and never more than twice its capacity', () => {
    const map = new RecentMap<number>(100);
    for (let index = 0; index < 10_000; index += 1) map.set(`key ${index}`, index);
    const kept = Array.from({ length: 10_000 }, (_, index) => map.get(`key ${index}`)).filter(
      (value) => value !== undefined,
    );
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(kept.slice(-100)).toEqual(Array.from({ length: 100 }, (_, index) => 9900 + index));
  });
});

describe('shortId', () => {
  test('is the same for the same text and can be read aloud', () => {
    expect(shortId('D', 'mac:00:17:88:01:02:03')).toBe(shortId('D', 'mac:00:17:88:01:02:03'));
    expect(shortId('D', 'x', 6)).toMatch(/^PTL-D-[0-9A-HJKMNP-TV-Z]{6}$/);
  });

  test('spreads texts that differ in one digit', () => {
    const ids = new Set(
      Array.from({ length: 1000 }, (_, index) => shortId('D', `mac:${index}`, 8)),
    );
    expect(ids.size).toBe(1000);
  });
});

test.each([
  ['a swap', 'fsat', 'fast'],
  ['a missing letter', 'polit', 'polite'],
  ['nothing alike', 'turbo', undefined],
])('closest finds %s', (_, word, expected) => {
  expect(closest(word, ['gentle', 'polite', 'normal', 'fast'])).toBe(expected);
});

test('every error code has an exit status of the documented table', () => {
  const statuses = ERROR_CODES.map(
    (code) => new PortolanError(code, 'what', { remedy: 'do' }).exitStatus,
  );
  expect(statuses.filter((status) => ![2, 3, 4, 5, 6, 7, 8, 70].includes(status))).toEqual([]);
});
