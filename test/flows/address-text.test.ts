import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, isPrivate, single } from '../../src/base/address.ts';
import {
  ipText,
  isGroupIpv4,
  isPrivateIpv4,
  isPrivateIpv6,
  macText,
} from '../../src/flows/address-text.ts';

/** Many zeros, so that there are runs to be shortened. */
const octet = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 255 }));
const ipv6 = fc.array(octet, { minLength: 16, maxLength: 16 }).map((all) => Uint8Array.from(all));

function numberOf(octets: Uint8Array): bigint {
  return octets.reduce((sum, one) => sum * 256n + BigInt(one), 0n);
}

test('addresses are written as everywhere in the product', () => {
  fc.assert(
    fc.property(ipv6, fc.nat(2 ** 32 - 1), (octets, ipv4) => {
      expect(ipText(octets)).toBe(formatAddress({ family: 6, value: numberOf(octets) }));
      const four = Uint8Array.of(ipv4 >>> 24, ipv4 >>> 16, ipv4 >>> 8, ipv4);
      expect(ipText(four)).toBe(formatAddress({ family: 4, value: BigInt(ipv4) }));
    }),
    { numRuns: 1000 },
  );
});

test('what is private is so everywhere in the product', () => {
  const near = fc.constantFrom(
    0x0a000000,
    0xac100000,
    0xac200000,
    0xc0a80000,
    0xa9fe0000,
    0x7f000001,
  );
  fc.assert(
    fc.property(fc.oneof(near, fc.nat(2 ** 32 - 1)), ipv6, (ipv4, octets) => {
      const four = single({ family: 4, value: BigInt(ipv4) });
      expect(isPrivateIpv4(ipv4 | 0)).toBe(isPrivate(four));
      for (const first of [0xfe, 0xfc, 0xfd, 0, octets[0] ?? 0]) {
        const six = Uint8Array.from(octets);
        six[0] = first;
        const range = single({ family: 6, value: numberOf(six) });
        expect(isPrivateIpv6(six, 0)).toBe(isPrivate(range));
      }
    }),
    { numRuns: 1000 },
  );
});

describe('a group', () => {
  test.each([
    ['multicast', 0xe00000fb, true],
    ['everybody', 0xffffffff, true],
    ['the broadcast of a private network', 0xc0a801ff, true],
    ['a server on the Internet whose address ends so', 0xcb0071ff, false],
    ['a device', 0xc0a80114, false],
  ])('%s', (_, address, expected) => {
    expect(isGroupIpv4(address | 0)).toBe(expected);
  });
});

test('a MAC is lower case with colons', () => {
  expect(macText(Uint8Array.of(0, 0x1b, 0x1b, 0xff, 0xe, 1))).toBe('00:1b:1b:ff:0e:01');
});
