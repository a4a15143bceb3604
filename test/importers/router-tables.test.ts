import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import { dhcpd } from '../../src/importers/dhcpd.ts';
import type { Importer } from '../../src/importers/importer.ts';
import { iosArp } from '../../src/importers/ios-arp.ts';
import { luci } from '../../src/importers/luci.ts';
import { routeros } from '../../src/importers/routeros.ts';
import type { NewEvidence } from '../../src/model/evidence.ts';
import { SAMPLES } from './samples.ts';

/** 2026-11-25 09:46:40 UTC. */
const NOW = 1_795_600_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each<[string, Importer, string, readonly string[]]>([
  [
    'OpenWrt: MAC, name and DUID, each IPv6 address a lease of its own',
    luci,
    'both families',
    [
      '192.168.1.70 02:00:00:00:00:31 lease 0',
      '192.168.1.70 name front-camera',
      '192.168.1.71 02:00:00:00:00:32 lease 0',
      'fd00::70 - lease 0',
      'fd00::70 name front-camera',
      'fd00::70 dhcp 00:03:00:01:02:00:00:00:00:31',
      'fd00::71 - lease 0',
      'fd00::71 name front-camera',
      'fd00::71 dhcp 00:03:00:01:02:00:00:00:00:31',
    ],
  ],
  [
    'Cisco: an age is so long ago, an address of the router itself is now, and nobody answers one',
    iosArp,
    'show ip arp',
    [
      '192.168.1.1 02:00:00:00:00:01 neighbour 0',
      `192.168.1.80 02:00:00:00:00:41 neighbour ${12 * MINUTE}`,
    ],
  ],
  [
    'RouterOS: complete and static entries, not those that failed',
    routeros,
    '/ip arp print terse',
    [
      '192.168.88.10 02:00:00:00:00:51 neighbour 0',
      '192.168.88.11 02:00:00:00:00:52 neighbour 0',
      '192.168.88.13 02:00:00:00:00:53 neighbour 0',
    ],
  ],
  [
    'RouterOS: a held lease is now, a waiting one of when its device was last seen, one never seen nothing',
    routeros,
    '/ip dhcp-server lease print terse',
    [
      '192.168.88.20 02:00:00:00:00:54 lease 0',
      '192.168.88.20 name Galaxy S8',
      '192.168.88.20 dhcp 01:02:00:00:00:00:54',
      `192.168.88.21 02:00:00:00:00:55 lease ${51 * HOUR}`,
    ],
  ],
  [
    'dhcpd: the last declaration of an address counts, an abandoned one is nobody',
    dhcpd,
    'dhcpd.leases',
    [
      `192.168.1.91 02:00:00:00:00:62 lease ${NOW - 1_795_592_000_000}`,
      `192.168.1.90 02:00:00:00:00:61 lease ${16 * MINUTE + 40_000}`,
      '192.168.1.90 name front-camera',
    ],
  ],
])('%s', (_, importer, name, expected) => {
  const text = SAMPLES[importer.id]?.[name] ?? '';
  const { evidence, problems } = read(importer, text);
  expect(problems).toEqual([]);
  expect(evidence.map(told)).toEqual(expected);
});

describe('a damaged line costs only itself', () => {
  test.each<[string, Importer, string, string, number]>([
    ['a row of RouterOS', routeros, '/ip arp print terse', ' 1    gibberish', 3],
    ['an entry of IOS', iosArp, 'show ip arp', 'Internet  192.168.1.900  1  0200.0000.0009', 2],
  ])('%s', (_, importer, name, line, kept) => {
    const text = `${SAMPLES[importer.id]?.[name] ?? ''}${line}\n`;
    const { evidence, problems } = read(importer, text);
    expect(evidence).toHaveLength(kept);
    expect(problems).toHaveLength(1);
  });

  test('an object of luci-rpc', () => {
    const lease = '{"ipaddr":"192.168.1.9","macaddr":"02:00:00:00:00:09"}';
    const { evidence, problems } = read(
      luci,
      `{"dhcp_leases":[${lease},\n{"ipaddr":,},\n${lease}]}`,
    );
    expect(evidence).toHaveLength(2);
    expect(problems).toEqual([{ line: 2, why: 'is no lease of luci-rpc' }]);
  });

  test('a lease of dhcpd that the end of the file cuts off', () => {
    const whole = SAMPLES['dhcpd']?.['dhcpd.leases'] ?? '';
    const { evidence, problems } = read(dhcpd, `${whole}lease 192.168.1.93 {\n  starts 3 2026/1`);
    expect(evidence).toHaveLength(3);
    expect(problems).toEqual([{ line: 39, why: 'is a lease without an end' }]);
  });
});

describe('a name that would be more than a name', () => {
  test.each<[string, Importer, string]>([
    [
      'RouterOS: a second address behind the first',
      routeros,
      ' 0 D address=192.0.2.1 mac-address=02:00:00:00:00:01 server=x status=bound host-name=a address=192.0.2.66 mac-address=02:00:00:00:00:66',
    ],
    [
      'OpenWrt: an object in a string',
      luci,
      '{"dhcp_leases":[{"hostname":"{\\"ipaddr\\":\\"192.0.2.66\\"}","ipaddr":"192.0.2.1"}]}',
    ],
    [
      'dhcpd: a lease in a string',
      dhcpd,
      'lease 192.0.2.1 {\n  starts 3 2026/11/25 08:00:00;\n  client-hostname "} lease 192.0.2.66 {";\n}\n',
    ],
  ])('%s', (_, importer, text) => {
    const addresses = read(importer, text).evidence.map(({ subject }) => subject.address);
    expect(addresses).not.toContain('192.0.2.66');
  });
});

test('octets of a dhcpd identifier come out of octal, signs and themselves', () => {
  const lease = (uid: string): string =>
    `lease 192.0.2.1 {\n starts 3 2026/11/25 08:00:00;\n uid ${uid};\n}\n`;
  const identifier = (uid: string): string | undefined =>
    read(dhcpd, lease(uid))
      .evidence.map(told)
      .find((text) => text.includes(' dhcp '));
  expect(identifier('"\\377\\"a\\\\"')).toBe('192.0.2.1 dhcp ff:22:61:5c');
  expect(identifier('01:aa:bb')).toBe('192.0.2.1 dhcp 01:aa:bb');
});

function read(importer: Importer, text: string) {
  return importer.read(Buffer.from(text), { at: NOW, observer: 'test' });
}

/** Address, then MAC, way and milliseconds before now, or what else it says. */
function told({ subject: { address, mac }, fact, at }: NewEvidence): string {
  if (fact.kind === 'present') return `${address} ${mac ?? '-'} ${fact.via} ${NOW - at}`;
  if (fact.kind === 'attribute') return `${address} ${fact.name} ${reveal(fact.value)}`;
  return fact.kind === 'identifier'
    ? `${address} ${fact.scheme} ${reveal(fact.value)}`
    : `${address} ${fact.kind}`;
}
