import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, isPrivate, parseNetwork, single } from '../../src/base/address.ts';
import { Places } from '../../src/detectors/places.ts';

const GROUPS = ['224.0.0.0/4', '255.255.255.255/32', '0.0.0.0/32'].flatMap(
  (text) => parseNetwork(text) ?? [],
);

describe('which addresses are of this network', () => {
  test.each([
    ['a private address is', '192.168.1.7', true],
    ['the last of a private network is', '172.31.255.255', true],
    ['the first behind it is not', '172.32.0.0', false],
    ['one that a device gave itself is', '169.254.9.9', true],
    ['the provider shares his among customers: they are not', '100.64.0.1', false],
    ['an address of the Internet is not', '203.0.113.9', false],
    ['a group is', '239.255.255.250', true],
    ['everybody on the link is', '255.255.255.255', true],
    ['nobody yet is', '0.0.0.0', true],
    ['a link-local address of IPv6 is', 'fe80::1', true],
    ['an address of IPv6 that nobody announced is not', '2001:db8::1', false],
    ['what is no address is', 'f0:00:00:00:00:01', true],
  ])('%s', (_, address, expected) => {
    expect(new Places().isLocal(address)).toBe(expected);
  });

  test('of IPv4 those that are private and the groups, and no others', () => {
    const places = new Places();
    const edges = ['10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']
      .flatMap((text) => parseNetwork(text) ?? [])
      .concat(GROUPS)
      .flatMap(({ from, to }) => [Number(from), Number(to)]);
    const near = fc
      .tuple(fc.constantFrom(...edges), fc.integer({ min: -2, max: 2 }))
      .map(([edge, off]) => Math.min(0xff_ff_ff_ff, Math.max(0, edge + off)));
    fc.assert(
      fc.property(fc.oneof(near, fc.nat({ max: 0xff_ff_ff_ff })), (number) => {
        const address = { family: 4, value: BigInt(number) } as const;
        const range = single(address);
        const isGroup = GROUPS.some(({ from, to }) => from <= range.from && range.to <= to);
        expect(places.isLocal(formatAddress(address))).toBe(isPrivate(range) || isGroup);
      }),
      { numRuns: 2000 },
    );
  });
});
