import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AddressRange } from '../../../src/base/address.ts';
import { formatAddress, parseNetwork } from '../../../src/base/address.ts';
import { PortolanError } from '../../../src/base/errors.ts';
import { linksOf } from '../../../src/io/discover/interfaces.ts';
import { formatRange, parseRange } from '../../../src/io/scan/ranges.ts';
import {
  checkTargets,
  defaultTargets,
  makeScope,
  ownNetworks,
  scopeOf,
} from '../../../src/io/scan/scope.ts';

const OWN = nets('192.168.1.0/24', '10.0.0.0/8', 'fd00:1::/64', 'fe80::/64', '2001:db8::/64');

describe('what a scope lets through', () => {
  test.each([
    ['an address of an own network', '192.168.1.7', true],
    ['an address of a private network of others', '192.168.2.7', false],
    ['an own unique local IPv6 address', 'fd00:1::7', true],
    ['an own link-local address with its zone', 'fe80::1%eth0', true],
    ['an IPv4 address written as IPv6', '::ffff:192.168.1.7', true],
    ['a public address written as IPv6', '::ffff:8.8.8.8', false],
    ['the same in hexadecimal', '::ffff:808:808', false],
    ['a public IPv4 address', '8.8.8.8', false],
    ['a public IPv6 address of our own link', '2001:db8::7', false],
    ['the address translated for NAT64', '64:ff9b::a00:1', false],
    ['an address of carrier-grade NAT', '100.64.0.1', false],
    ['limited broadcast', '255.255.255.255', false],
    ['the broadcast address of an own network', '192.168.1.255', false],
    ['multicast', '224.0.0.251', false],
    ['IPv6 multicast', 'ff02::fb', false],
    ['the unspecified address', '0.0.0.0', false],
    ['the unspecified IPv6 address', '::', false],
    ['this network', '0.1.2.3', false],
    ['an octal form', '0300.0250.1.7', false],
    ['a number', '3232235783', false],
    ['a name', 'localhost', false],
    ['nothing', '', false],
    ['what is excluded', '10.9.0.1', false],
  ])('%s: %s', (_, address, allowed) => {
    const scope = makeScope({
      own: OWN,
      broadcasts: ['192.168.1.255'],
      wanted: [],
      exclude: nets('10.9.0.0/16'),
    });
    expect(scope.allows(address)).toBe(allowed);
  });

  test('with a reason, exactly what it was given for', () => {
    const scope = makeScope({
      own: OWN,
      wanted: nets('203.0.113.0/28'),
      exclude: nets('203.0.113.3'),
      reason: 'ticket 4711',
    });
    expect(scope.authorisation).toBe('ticket 4711');
    expect(['203.0.113.1', '203.0.113.3', '203.0.113.16'].map(scope.allows)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('an exclusion written as IPv6 holds for the IPv4 address', () => {
    const scope = makeScope({ own: OWN, wanted: [], exclude: nets('::ffff:192.168.1.7/128') });
    expect(scope.allows('192.168.1.7')).toBe(false);
  });

  test('no public address by any spelling, whatever it is', () => {
    const scope = makeScope({ own: OWN, wanted: [], exclude: [] });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (value) => {
        const v4 = formatAddress({ family: 4, value: BigInt(value) });
        const inside = v4.startsWith('10.') || v4.startsWith('192.168.1.');
        expect(scope.allows(v4)).toBe(inside);
        expect(scope.allows(`::ffff:${v4}`)).toBe(inside);
        // IPv4-compatible (deprecated, RFC 4291 §2.5.5.1) is not ours to reach.
        expect(scope.allows(`::${v4}`)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is refused before anything is sent', () => {
  test.each([
    ['a public range without a reason', '8.8.8.0/24', '', 'is not a network of this machine'],
    ['a private range of others', '192.168.7.0/24', '', 'is not a network of this machine'],
    ['a reason of blanks', '8.8.8.0/24', '  ', 'is not a network of this machine'],
    ['a /8, whatever the reason', '11.0.0.0/8', 'mine', 'too large'],
    ['multicast, whatever the reason', '224.0.0.0/24', 'mine', 'no device'],
    ['everything', '0.0.0.0/0', 'mine', 'no device'],
    ['a mapped public range', '::ffff:8.8.8.0/120', '', '8.8.8.0/24 is not a network'],
  ])('%s', (_, wanted, reason, message) => {
    const error = failure(() => makeScope({ own: OWN, wanted: nets(wanted), exclude: [], reason }));
    expect(error.code).toBe('E_SCOPE');
    expect(error.message).toContain(message);
  });

  test('a target outside names the flags that widen the scope', () => {
    const scope = makeScope({ own: OWN, wanted: [], exclude: [] });
    const error = failure(() => checkTargets(nets('192.168.1.0/25', '8.8.8.0/24'), scope));
    expect(error.message).toBe('Refused: 8.8.8.0/24 is not a network of this machine');
    expect(error.remedy).toContain('--scope 8.8.8.0/24 --i-am-authorised');
    expect(error.exitStatus).toBe(6);
  });

  test('a target that reaches over the edge of an own network', () => {
    const scope = makeScope({ own: OWN, wanted: [], exclude: [] });
    expect(() => checkTargets(nets('192.168.0.0/16'), scope)).toThrow('192.168.0.0/16');
  });
});

describe('the networks of this machine', () => {
  test('are private, without loopback, link-local and public ones', () => {
    expect(ownNetworks(LINKS).map(formatRange)).toEqual(['192.168.1.0/24', 'fd00:1::/64']);
  });

  test('as a scope hold loopback too, and no broadcast address', () => {
    const scope = scopeOf({ wanted: [], exclude: [] }, LINKS);
    expect(['127.0.0.1', '192.168.1.7', '192.168.1.255'].map(scope.allows)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('larger than a /16 are not swept unless somebody names a part', () => {
    const links = linksOf({ eth0: [info('10.1.2.3/8')] });
    const error = failure(() => defaultTargets(links));
    expect(error.message).toContain('16,777,216 addresses');
    expect(error.remedy).toContain('10.0.0.0/24');
    const scope = scopeOf({ wanted: [], exclude: [] }, links);
    expect(() => checkTargets(nets('10.7.0.0/24'), scope)).not.toThrow();
  });

  test('none at all is an error with a way out', () => {
    expect(failure(() => defaultTargets([])).remedy).toContain('portolan scan 192.168.1.0/24');
  });
});

test.each([['192.0.2.7'], ['192.0.2.0/24'], ['192.0.2.1-192.0.2.9'], ['2001:db8::/64']])(
  'the range %s is read as it is written',
  (text) => {
    const range = parseRange(text);
    expect(range === undefined ? '' : formatRange(range)).toBe(text);
  },
);

const LINKS = linksOf({
  lo: [{ ...info('127.0.0.1/8'), internal: true }],
  eth0: [info('192.168.1.5/24'), info('2001:db8::5/64'), info('fd00:1::5/64'), info('fe80::5/64')],
});

function info(cidr: string): {
  address: string;
  netmask: string;
  mac: string;
  internal: boolean;
  cidr: string;
  family: 'IPv4';
} {
  const address = cidr.split('/')[0] ?? '';
  return { address, netmask: '', mac: '02:00:00:00:00:05', internal: false, cidr, family: 'IPv4' };
}

function nets(...texts: string[]): AddressRange[] {
  return texts.map((text) => {
    const range = parseNetwork(text);
    if (range === undefined) throw new Error(text);
    return range;
  });
}

function failure(act: () => unknown): PortolanError {
  try {
    act();
  } catch (error) {
    if (error instanceof PortolanError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
