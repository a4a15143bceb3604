import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AddressRange } from '../../src/base/address.ts';
import { contains, parseNetwork } from '../../src/base/address.ts';
import type { AddressSet } from '../../src/base/address-set.ts';
import {
  addressSet,
  complementOf,
  differenceOf,
  EVERY_ADDRESS,
  hasAddress,
  intersectionOf,
  isEveryAddress,
  networksOf,
  unionOf,
} from '../../src/base/address-set.ts';

const family = fc.constantFrom(4 as const, 6 as const);
/** Few numbers, so that ranges meet. */
const range = fc
  .tuple(family, fc.nat(40), fc.nat(12))
  .map(([of, from, size]) => ({ family: of, from: BigInt(from), to: BigInt(from + size) }));
const set = fc.array(range, { maxLength: 6 }).map(addressSet);
const address = fc.record({ family, value: fc.bigInt({ min: 0n, max: 60n }) });

function has(ranges: readonly AddressRange[], one: { family: 4 | 6; value: bigint }): boolean {
  return ranges.some((each) => contains(each, one));
}

test('an address is in a set where it is in one of its ranges', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 6 }), address, (ranges, one) => {
      expect(hasAddress(addressSet(ranges), one)).toBe(has(ranges, one));
    }),
  );
});

test('union, intersection, difference and complement agree with membership', () => {
  fc.assert(
    fc.property(set, set, address, (a, b, one) => {
      const [inA, inB] = [has(a, one), has(b, one)];
      expect(hasAddress(unionOf(a, b), one)).toBe(inA || inB);
      expect(hasAddress(intersectionOf(a, b), one)).toBe(inA && inB);
      expect(hasAddress(differenceOf(a, b), one)).toBe(inA && !inB);
      expect(hasAddress(complementOf(a), one)).toBe(!inA);
    }),
  );
});

test('a set is canonical: its complement twice is itself', () => {
  fc.assert(
    fc.property(set, (a: AddressSet) => {
      expect(complementOf(complementOf(a))).toEqual(a);
    }),
  );
});

test('everything is everything, and less is not', () => {
  expect(isEveryAddress(EVERY_ADDRESS)).toBe(true);
  expect(isEveryAddress(EVERY_ADDRESS.slice(0, 1))).toBe(false);
});

test.each<[about: string, from: bigint, to: bigint, networks: readonly string[]]>([
  ['one address has no prefix', 0xc0000207n, 0xc0000207n, ['192.0.2.7']],
  ['an aligned power of two is one network', 0xc0000200n, 0xc00002ffn, ['192.0.2.0/24']],
  [
    'a range that is not is made up of the fewest',
    0xc0000201n,
    0xc0000206n,
    ['192.0.2.1', '192.0.2.2/31', '192.0.2.4/31', '192.0.2.6'],
  ],
  ['everything is one network', 0n, 0xffff_ffffn, ['0.0.0.0/0']],
])('%s', (_, from, to, networks) => {
  expect(networksOf({ family: 4, from, to })).toEqual(networks);
});

test('the networks of a range are the range', () => {
  fc.assert(
    fc.property(range, (one) => {
      const networks = networksOf(one).flatMap((text) => parseNetwork(text) ?? []);
      expect(addressSet(networks)).toEqual(addressSet([one]));
    }),
  );
});
