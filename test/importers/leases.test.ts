import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import type { Importer } from '../../src/importers/importer.ts';
import { kea } from '../../src/importers/kea.ts';
import { leases } from '../../src/importers/leases.ts';
import { neighbours } from '../../src/importers/neighbours.ts';
import type { NewEvidence } from '../../src/model/evidence.ts';
import { SAMPLES } from './samples.ts';

/** Between the expiry of the samples' leases and the last exchange of Kea's. */
const NOW = 1_795_600_000_000;

describe('dnsmasq', () => {
  test.each([
    [
      'a lease with everything',
      '192.168.1.50',
      ['present lease 02:00:00:00:00:11', 'name front-camera', 'dhcp 01:02:00:00:00:00:11'],
    ],
    ['a star is no name and no identifier', '192.168.1.51', ['present lease 02:00:00:00:00:12']],
    [
      'the DUID out of an RFC 4361 client identifier',
      '192.168.1.52',
      [
        'present lease 02:00:00:00:00:13',
        'name nas',
        'dhcp 00:01:00:01:2a:2b:2c:2d:02:00:00:00:00:13',
      ],
    ],
    [
      'the same DUID in the IPv6 part',
      'fd00::50',
      ['present lease', 'name nas', 'dhcp 00:01:00:01:2a:2b:2c:2d:02:00:00:00:00:13'],
    ],
    [
      'a temporary IPv6 address',
      'fd00::51',
      ['present lease', 'dhcp 00:03:00:01:02:00:00:00:00:14'],
    ],
  ])('%s', (_, address, expected) => {
    expect(said(leases, sample('leases', 'IPv4 and IPv6'), address)).toEqual(expected);
  });

  test.each([
    ['one that runs says that it is there now', 1_795_643_200, NOW],
    ['one without end too', 0, NOW],
    ['one that has run out is history, of its last moment', 1_795_000_000, 1_795_000_000_000],
    ['a length instead of a time (no clock) is no history', 43_200, NOW],
  ])('time of a lease: %s', (_, expiry, at) => {
    const line = `${expiry} 02:00:00:00:00:11 192.168.1.50 * *`;
    expect(read(leases, line).evidence.map((each) => each.at)).toEqual([at]);
  });

  test.each([
    ['no time', 'soon 02:00:00:00:00:11 192.168.1.50 * *', 'time of expiry'],
    ['no address', '1795643200 02:00:00:00:00:11 192.168.1.500 * *', 'no address'],
    ['an octal address', '1795643200 02:00:00:00:00:11 192.168.1.010 * *', 'no address'],
    ['cut in the middle', '1795643200 02:00:00:00:00:11 192.168.1.50', 'no host name field'],
    ['no MAC', '1795643200 hello 192.168.1.50 * *', 'no hardware address'],
    [
      'a time beyond all dates',
      '9999999999999 02:00:00:00:00:11 192.168.1.50 * *',
      'time of expiry',
    ],
    ['longer than any line', `1795643200 ${'0'.repeat(5000)}`, 'longer than'],
  ])('a damaged line costs only itself: %s', (_, line, why) => {
    const good = '1795643200 02:00:00:00:00:11 192.168.1.50 * *';
    const { evidence, problems } = read(leases, `${good}\n${line}\n${good}\n`);
    expect(evidence).toHaveLength(2);
    expect(problems).toEqual([{ line: 2, why: expect.stringContaining(why) }]);
  });

  test('a name is kept as it came, capped, and is no string to the compiler', () => {
    const hostile = `<script>=cmd()\u001b[2J${'x'.repeat(400)}`;
    const { evidence } = read(leases, `1795643200 02:00:00:00:00:11 192.168.1.50 ${hostile} *`);
    expect(words(evidence)[1]).toBe(`name ${hostile.slice(0, 255)}`);
  });
});

describe('Kea', () => {
  test.each([
    [
      'a name without its closing dot',
      '192.168.1.60',
      ['present lease 02:00:00:00:00:21', 'name plc.lab', 'dhcp 01:02:00:00:00:00:21'],
    ],
    ['an escaped comma', '192.168.1.61', ['present lease 02:00:00:00:00:22', 'name a,b']],
  ])('DHCPv4: %s', (_, address, expected) => {
    expect(said(kea, sample('kea', 'DHCPv4'), address)).toEqual(expected);
  });

  test('DHCPv6: MAC, name and DUID', () => {
    expect(said(kea, sample('kea', 'DHCPv6'), 'fd00::60')).toEqual([
      'present lease 02:00:00:00:00:21',
      'name plc',
      'dhcp 00:03:00:01:02:00:00:00:00:21',
    ]);
  });

  const HEAD = 'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,hostname,state';
  test.each([
    ['the device was there at the last exchange', ['192.0.2.1,,,3600,1795603600,1,,0'], [NOW]],
    [
      'the last row of an address counts',
      ['192.0.2.1,,,60,1000060,1,,0', '192.0.2.1,,,60,2000060,1,,0'],
      [2_000_000_000],
    ],
    [
      'a lease taken back is gone',
      ['192.0.2.1,,,60,1000060,1,,0', '192.0.2.1,,,0,1000060,1,,0'],
      [],
    ],
    ['a declined address is nobody known', ['192.0.2.1,,,60,1000060,1,,1'], []],
    ['a released one was there', ['192.0.2.1,,,60,1000060,1,,3'], [1_000_000_000]],
    ['a lease without end', ['192.0.2.1,,,4294967295,6089567295,1,,0'], [1_794_600_000_000]],
  ])('%s', (_, rows, times) => {
    expect(read(kea, [HEAD, ...rows].join('\n')).evidence.map(({ at }) => at)).toEqual(times);
  });

  test.each([
    ['no address', 'x,,,60,1000060,1,,0', 'no address'],
    ['an expiry before the beginning', '192.0.2.1,,,60,10,1,,0', 'no times'],
    ['cut in the middle', '192.0.2.1,,', 'no times'],
  ])('a damaged line costs only itself: %s', (_, line, why) => {
    const good = '192.0.2.9,,,60,1000060,1,,0';
    const { evidence, problems } = read(kea, [HEAD, line, good].join('\n'));
    expect(evidence).toHaveLength(1);
    expect(problems).toEqual([{ line: 2, why: expect.stringContaining(why) }]);
  });

  test('rows without a header are reported, each', () => {
    expect(read(kea, '192.0.2.1,,,60,1000060,1,,0').problems).toHaveLength(1);
  });
});

describe('neighbour tables', () => {
  test.each([
    ['ip neigh', ['192.168.1.1 02:00:00:00:00:01 proved', 'fe80::1%eth0 02:00:00:00:00:01 likely']],
    ['ip -s neigh', ['192.168.1.1 02:00:00:00:00:01 likely']],
    [
      'ip -j neigh',
      ['192.168.1.1 02:00:00:00:00:01 proved', 'fe80::1%eth0 02:00:00:00:00:01 likely'],
    ],
    ['ip -j -p neigh', ['192.168.1.1 02:00:00:00:00:01 likely']],
    ['/proc/net/arp', ['192.168.1.1 02:00:00:00:00:01 likely']],
    ['arp -an of net-tools', ['192.168.1.1 02:00:00:00:00:01 likely']],
    ['arp -an of BSD', ['192.168.1.1 02:00:00:00:00:01 likely']],
  ])('%s', (name, expected) => {
    const { evidence } = read(neighbours, sample('neighbours', name));
    const seen = evidence.map(
      ({ subject, certainty }) => `${subject.address} ${subject.mac} ${certainty}`,
    );
    expect(seen).toEqual(expected);
  });

  test('a damaged object of ip -j neigh costs only itself and is found by its line', () => {
    const good = '{"dst":"192.0.2.1","dev":"eth0","lladdr":"02:00:00:00:00:01","state":["STALE"]}';
    const text = `[${good},\n{"dst":"192.0.2.2",,},\n${good}`;
    const { evidence, problems } = read(neighbours, text);
    expect(evidence).toHaveLength(2);
    expect(problems).toEqual([{ line: 2, why: 'is no entry of ip -j neigh' }]);
  });

  test.each([
    ['a zone that is no interface name', 'fe80::1 dev eth0;reboot lladdr 02:00:00:00:00:01 STALE'],
    ['a state of our own', '192.0.2.1 dev eth0 lladdr 02:00:00:00:00:01 COMPLETE'],
    ['prose', 'the quick brown fox'],
  ])('refused: %s', (_, line) => {
    expect(read(neighbours, line)).toEqual({
      evidence: [],
      problems: [{ line: 1, why: 'is no entry of a neighbour table' }],
    });
  });
});

function sample(importer: string, name: string): string {
  const text = SAMPLES[importer]?.[name];
  if (text === undefined) throw new Error(`no sample ${importer}: ${name}`);
  return text;
}

function read(importer: Importer, text: string) {
  return importer.read(Buffer.from(text), { at: NOW, observer: 'test' });
}

function said(importer: Importer, text: string, address: string): readonly string[] {
  return words(read(importer, text).evidence.filter(({ subject }) => subject.address === address));
}

function words(evidence: readonly NewEvidence[]): readonly string[] {
  return evidence.map(({ fact, subject }) => {
    if (fact.kind === 'present')
      return ['present', fact.via, subject.mac].filter(Boolean).join(' ');
    if (fact.kind === 'attribute') return `${fact.name} ${reveal(fact.value)}`;
    return fact.kind === 'identifier' ? `${fact.scheme} ${reveal(fact.value)}` : fact.kind;
  });
}
