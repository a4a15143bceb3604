import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import {
  isGloballyUnique,
  isLocallyAdministered,
  makeVendorOf,
} from '../../src/identify/oui-table.ts';

const TABLE = [
  '000000\tXEROX CORPORATION',
  '0055da\tIEEE Registration Authority',
  '0055da0\tShinko Technos co.,ltd.',
  '001bc5\tIEEE Registration Authority',
  '001bc5000\tConverging Systems Inc.',
  '001bc5001\tOpenRB.com, Direct SIA',
  '001788\tPhilips Lighting BV',
  'fcffaa\tIEEE Registration Authority',
].join('\n');

describe('the registrant of a MAC', () => {
  test.each<[string, string, string | undefined]>([
    ['24 bits', '00:17:88:01:02:03', 'Philips Lighting BV'],
    [
      '28 bits, before the block that it was cut from',
      '00:55:da:01:02:03',
      'Shinko Technos co.,ltd.',
    ],
    ['36 bits', '00:1b:c5:00:02:34', 'Converging Systems Inc.'],
    ['the next of 36 bits', '00:1b:c5:00:1f:ff', 'OpenRB.com, Direct SIA'],
    ['a block that was cut up, in a part that nobody has', '00:55:da:f1:02:03', undefined],
    ['not registered', '00:99:99:01:02:03', undefined],
    ['before the first line and after the last', 'fc:ff:ab:00:00:01', undefined],
    ['capitals', '00:17:88:AA:BB:CC', 'Philips Lighting BV'],
    ['a random one, even with a known rest', '02:17:88:01:02:03', undefined],
    ['a group address', '01:17:88:01:02:03', undefined],
    ['no MAC', 'hello', undefined],
  ])('%s', (_, mac, vendor) => {
    // The order in which the table is packed: by code unit.
    const sorted = TABLE.split('\n').toSorted().join('\n');
    expect(makeVendorOf(sorted)(mac)).toBe(vendor);
  });

  test('an empty table knows nobody', () => {
    expect(makeVendorOf('')('00:17:88:01:02:03')).toBeUndefined();
  });

  test('agrees with a map of the whole registry on every 50th prefix', () => {
    const registry = readRegistry();
    const lines = [...registry].map(([prefix, owner]) => `${prefix}\t${owner}`).toSorted();
    const vendorOf = makeVendorOf(lines.join('\n'));
    const wrong = [...registry.keys()]
      .filter((_, index) => index % 50 === 0)
      .map((prefix) => `${prefix}000000`.slice(0, 12).replaceAll(/(..)(?!$)/g, '$1:'))
      .filter((mac) => isGloballyUnique(mac))
      .filter((mac) => vendorOf(mac) !== byMap(registry, mac));
    expect(wrong).toEqual([]);
  });
});

test.each([
  ['02:42:ac:11:00:02', true, false],
  ['9a:11:22:33:44:55', true, false],
  ['00:17:88:01:02:03', false, true],
  ['ff:ff:ff:ff:ff:ff', true, false],
  ['00:00:00:00:00:00', false, false],
])('%s: made up %s, one card only %s', (mac, madeUp, unique) => {
  expect([isLocallyAdministered(mac), isGloballyUnique(mac)]).toEqual([madeUp, unique]);
});

function readRegistry(): ReadonlyMap<string, string> {
  const file = createRequire(import.meta.url).resolve('oui-data');
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new Error('oui-data is no object');
  return new Map(
    Object.entries(parsed).map(([prefix, owner]) => [
      prefix.toLowerCase(),
      String(owner).split('\n')[0] ?? '',
    ]),
  );
}

function byMap(registry: ReadonlyMap<string, string>, mac: string): string | undefined {
  const hex = mac.replaceAll(':', '');
  const found = [9, 7, 6].map((digits) => registry.get(hex.slice(0, digits))).find(Boolean);
  return found?.startsWith('IEEE Registration') === true ? undefined : found;
}
