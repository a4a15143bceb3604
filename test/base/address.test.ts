import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import {
  contains,
  formatAddress,
  isPrivate,
  parseAddress,
  parseMac,
  parseNetwork,
  shownAddress,
  single,
  sizeOf,
} from '../../src/base/address.ts';

describe('parseAddress', () => {
  test.each([
    ['an IPv4 address', '192.0.2.7', '192.0.2.7'],
    ['an IPv6 address in long form', '2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['an IPv6 address that ends in an IPv4 one', '::ffff:192.0.2.7', '::ffff:c000:207'],
    ['a link-local address with its zone', 'fe80::1%eth0', 'fe80::1'],
    ['the unspecified address', '::', '::'],
  ])('reads %s', (_, text, canonical) => {
    const address = parseAddress(text);
    expect(address && formatAddress(address)).toBe(canonical);
  });

  test.each([
    ['an octal part, which some programs read as another address', '0177.0.0.1'],
    ['three parts', '127.0.1'],
    ['one number', '2130706433'],
    ['a part above 255', '1.2.3.256'],
    ['two gaps', '1::2::3'],
    ['nine groups', '1:2:3:4:5:6:7:8:9'],
    ['a gap that stands for nothing', '1:2:3:4::5:6:7:8'],
    ['five digits', '12345::'],
    ['nothing', ''],
    ['white space', ' 1.2.3.4'],
  ])('refuses %s', (_, text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('agrees with ipaddr.js on every IPv6 address', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        const peer = new ipaddr.IPv6([...octets]);
        const ours = parseAddress(peer.toNormalizedString());
        expect(ours && formatAddress(ours)).toBe(peer.toRFC5952String());
      }),
    );
  });
});

describe('parseNetwork', () => {
  test.each([
    ['clears host bits', '192.168.1.77/24', '192.168.1.0', 256n],
    ['takes a bare address for itself', '10.0.0.1', '10.0.0.1', 1n],
    ['counts a /64 exactly', '2001:db8::/64', '2001:db8::', 1n << 64n],
  ])('%s', (_, text, first, size) => {
    const range = parseNetwork(text);
    expect(range && formatAddress({ family: range.family, value: range.from })).toBe(first);
    expect(range && sizeOf(range)).toBe(size);
  });

  test.each([['/33'], ['/-1'], ['/a'], ['/24/25'], ['/']])('refuses 10.0.0.0%s', (prefix) => {
    expect(parseNetwork(`10.0.0.0${prefix}`)).toBeUndefined();
  });
});

describe('isPrivate', () => {
  test.each([
    ['RFC 1918', '172.31.255.255', true],
    ['just outside RFC 1918', '172.32.0.0', false],
    ['unique local', 'fd00::1', true],
    ['link-local', 'fe80::1', true],
    ['carrier-grade NAT, which is the provider’s', '100.64.0.1', false],
    ['global', '2001:4860::1', false],
    ['an IPv4 address mapped into IPv6', '::ffff:10.0.0.1', false],
  ])('%s: %s', (_, text, expected) => {
    const address = parseAddress(text);
    expect(address && isPrivate(single(address))).toBe(expected);
  });

  test('a range that begins private and ends public is not', () => {
    expect(isPrivate({ family: 4, from: 0x0a000000n, to: 0x0b000000n })).toBe(false);
  });
});

test('a range holds its ends and no other family', () => {
  const range = parseNetwork('10.0.0.0/30');
  const has = (text: string): boolean => {
    const address = parseAddress(text);
    return range !== undefined && address !== undefined && contains(range, address);
  };
  expect(['10.0.0.0', '10.0.0.3', '10.0.0.4', '::a00:0'].map(has)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  ['AA-BB-CC-DD-EE-FF', 'aa:bb:cc:dd:ee:ff'],
  ['aabb.ccdd.eeff', 'aa:bb:cc:dd:ee:ff'],
  ['aa:bb:cc:dd:ee', undefined],
  ['zz:bb:cc:dd:ee:ff', undefined],
])('parseMac reads %s', (text, mac) => {
  expect(parseMac(text)).toBe(mac);
});

test.each([
  [
    'IPv4 before IPv6, whichever was seen last',
    ['fe80::1%eth0', '2001:db8::1', '10.77.2.14'],
    '10.77.2.14',
  ],
  ['of several the first', ['10.77.2.15', '10.77.2.14'], '10.77.2.15'],
  [
    'what reaches further before what is good for one cable',
    ['fe80::1%eth0', 'fd00::1'],
    'fd00::1',
  ],
  [
    'an IPv4 address that nobody gave is good for one cable, too',
    ['169.254.7.7', '2001:db8::1'],
    '2001:db8::1',
  ],
  ['what there is', ['fe80::1%br-iot'], 'fe80::1%br-iot'],
  ['nothing of nothing', [], undefined],
])('a machine is known by %s', (_, addresses, shown) => {
  expect(shownAddress(addresses)).toBe(shown);
});
