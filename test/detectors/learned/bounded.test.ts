import { expect, test } from 'vitest';
import { BoundedMap, fingerprint } from '../../../src/detectors/learned/bounded.ts';
import { DeviceTable } from '../../../src/detectors/learned/device-table.ts';

test('a bounded map forgets what was set first, and counts it', () => {
  const map = new BoundedMap<number, string>(16);
  for (let key = 0; key < 17; key += 1) map.set(key, String(key));
  expect([map.has(0), map.has(1), map.has(2), map.has(16)]).toEqual([false, false, true, true]);
  expect([map.size, map.dropped]).toEqual([15, 2]);
});

test('to set a key again neither moves it nor makes room', () => {
  const map = new BoundedMap<number, string>(2);
  map.set(1, 'a');
  map.set(2, 'b');
  map.set(1, 'c');
  expect([...map.entries()]).toEqual([
    [1, 'c'],
    [2, 'b'],
  ]);
});

test('the digest of a name is FNV-1a', () => {
  // Test vectors of draft-eastlake-fnv, 32 bits.
  expect(fingerprint('') >>> 0).toBe(0x811c9dc5);
  expect(fingerprint('a') >>> 0).toBe(0xe40c292c);
  expect(fingerprint('foobar') >>> 0).toBe(0xbf9cf968);
});

test('newcomers push out newcomers, never a device that came back after ten minutes', () => {
  const table = new DeviceTable((device, at) => ({ device, at }));
  table.of('known', 0);
  table.of('known', 600_000);
  for (let index = 0; index < 2_000; index += 1) table.of(`forged ${index}`, 700_000);
  expect(table.peek('known')).toEqual({ device: 'known', at: 0 });
  expect(table.peek('forged 0')).toBeUndefined();
  expect(table.size).toBeLessThanOrEqual(513);
  expect(table.dropped).toBeGreaterThan(1_000);
});
