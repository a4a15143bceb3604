import { describe, expect, test } from 'vitest';
import { Bigrams } from '../../../src/detectors/learned/bigrams.ts';
import { isResolverName, isResolverPort } from '../../../src/detectors/learned/doh.ts';
import { RegisteredDomains } from '../../../src/detectors/learned/registered-domain.ts';
import { coverage, periodOf, regularity } from '../../../src/detectors/learned/rhythm.ts';
import { Volumes } from '../../../src/detectors/learned/volumes.ts';

test.each([
  ['a name below a country’s second level', 'a.b.example.co.uk', 'example.co.uk'],
  ['a tenant of a host of pages', 'lamp.github.io', 'lamp.github.io'],
  ['capitals', 'API.Example.COM', 'example.com'],
  ['a name without a suffix', 'localhost', 'localhost'],
  ['nothing', '', ''],
  ['no name at all', '..%\u0000..', '..%\u0000..'],
])('the registered part of %s', (_, name, domain) => {
  expect(new RegisteredDomains().of(name)).toBe(domain);
});

test.each([
  ['cloudflare-dns.com', true],
  ['dns.google', true],
  ['doh.opendns.com', true],
  ['dns.some-resolver.example', true],
  ['api.nextdns.example', false],
  ['www.google.com', false],
  ['dns.adguard.com', true],
  ['adguard.com', false],
  ['www.mullvad.net', false],
])('%s is a resolver: %s', (name, is) => {
  expect(isResolverName(name)).toBe(is);
});

test('DNS in the clear and over TLS have ports of their own', () => {
  expect([
    isResolverPort('udp', 53),
    isResolverPort('tcp', 853),
    isResolverPort('tcp', 443),
  ]).toEqual([true, true, false]);
});

describe('rhythm', () => {
  const clock = Array.from({ length: 12 }, (_, index) => index * 60_000);

  test('a clock is as regular as can be, and covers its time', () => {
    expect([regularity(clock), coverage(clock), periodOf(clock)]).toEqual([1, 1, 60_000]);
  });

  test.each<[string, readonly number[]]>([
    ['nothing', []],
    ['one call', [5]],
    ['the same instant again and again', [7, 7, 7, 7, 7]],
    ['ever longer pauses', Array.from({ length: 12 }, (_, index) => 2 ** index)],
  ])('%s is no clock', (_, instants) => {
    expect(regularity(instants)).toBeLessThan(0.7);
  });
});

describe('letters', () => {
  const learned = new Bigrams();
  const usual = ['weather', 'thermostat', 'lighting', 'example', 'streaming', 'homecloud'];
  for (let round = 0; round < 20; round += 1) for (const name of usual) learned.learn(name);

  test.each([
    ['streamlight', false],
    ['xk4q9zv7wj2', true],
    ['short', false],
  ])('%s looks strange: %s', (name, is) => {
    expect(learned.isStrange(name)).toBe(is);
  });

  test('nothing is strange where hardly a name is known', () => {
    expect(new Bigrams().isStrange('xk4q9zv7wj2')).toBe(false);
  });
});

describe('volumes', () => {
  const MINUTE = 60_000;

  test('what comes within the hour is not usual yet', () => {
    const volumes = new Volumes();
    volumes.add(0, 100);
    volumes.add(30 * MINUTE, 900);
    expect(volumes.most(30 * MINUTE)).toEqual({ short: 0, long: 0 });
    volumes.add(59 * MINUTE, 0);
    expect(volumes.windows).toEqual({ short: 0, long: 1000 });
  });

  test('an hour later it is, and half of it after four weeks', () => {
    const volumes = new Volumes();
    volumes.add(0, 1000);
    volumes.add(2 * 60 * MINUTE, 0);
    const { long } = volumes.most(2 * 60 * MINUTE);
    expect(long).toBeGreaterThan(990);
    expect(volumes.most(28 * 24 * 60 * MINUTE).long).toBeCloseTo(long / 2, -1);
  });

  test('a clock that is set back breaks nothing', () => {
    const volumes = new Volumes();
    volumes.add(10 * 60 * MINUTE, 500);
    volumes.add(MINUTE, 500);
    expect(volumes.windows.long).toBe(1000);
  });
});
