import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { AddressRange } from '../../../src/base/address.ts';
import { parseNetwork } from '../../../src/base/address.ts';
import type { Neighbour, NeighbourState } from '../../../src/importers/neighbours.ts';
import { echoSenders, eui64 } from '../../../src/io/discover/echo-all.ts';
import type { Link } from '../../../src/io/discover/interfaces.ts';
import { broadcastOf, linksOf, ownAddress } from '../../../src/io/discover/interfaces.ts';
import { boundAddresses } from '../../../src/io/discover/loopback.ts';
import { Pacer } from '../../../src/io/discover/pacer.ts';
import { runTool } from '../../../src/io/discover/run-tool.ts';
import { judge } from '../../../src/io/discover/sweep.ts';
import { countTargets, targetsOf } from '../../../src/io/discover/targets.ts';

const SIGNAL = new AbortController().signal;
const ETH0 = linksOf({
  lo: [info('127.0.0.1', '127.0.0.1/8', { internal: true, mac: '00:00:00:00:00:00' })],
  eth0: [
    info('192.168.1.20', '192.168.1.20/24'),
    info('fe80::20', 'fe80::20/64'),
    info('fd00::20', 'fd00::20/64'),
  ],
  eth1: [info('fe80::21', 'fe80::21/64')],
  wg0: [info('10.6.0.2', '10.6.0.2/24', { mac: '00:00:00:00:00:00' })],
});

describe('links of this machine', () => {
  test.each([
    ['a network card', 'eth0', { resolves: true, loopback: false, prefix: 24 }],
    ['loopback', 'lo', { resolves: false, loopback: true, prefix: 8 }],
    ['a tunnel, which has no neighbours', 'wg0', { resolves: false, loopback: false }],
  ])('%s', (_, name, expected) => {
    expect(ETH0.find((link) => link.name === name)).toMatchObject(expected);
  });

  test.each([
    ['the last address of the network', '192.168.1.20', '192.168.1.255'],
    ['none for IPv6', 'fd00::20', undefined],
  ])('directed broadcast: %s', (_, address, expected) => {
    expect(broadcastOf(linkAt(address))).toBe(expected);
  });

  test('a link-local address is written with its zone', () => {
    expect(ownAddress(linkAt('fe80::21'))).toBe('fe80::21%eth1');
  });

  test('an interface without a network (null cidr) is left out', () => {
    expect(linksOf({ odd: [{ ...info('192.0.2.1', ''), cidr: null }] })).toEqual([]);
  });
});

describe('how each target is asked', () => {
  test.each([
    ['a neighbour by the neighbour table', '192.168.1.21', ['192.168.1.21 on-link']],
    ['this machine not at all', '192.168.1.20', ['192.168.1.20 own']],
    ['an address behind a router by connections', '192.168.9.1', ['192.168.9.1 routed']],
    ['an address behind a tunnel by connections', '10.6.0.1', ['10.6.0.1 routed']],
    ['loopback by the list of sockets', '127.77.0.1', ['127.77.0.1 loopback']],
    ['the broadcast address not at all', '192.168.1.255', []],
    ['the network address not at all', '192.168.1.0', []],
    ['link-local on every link', 'fe80::7', ['fe80::7%eth0 on-link', 'fe80::7%eth1 on-link']],
    ['a /64 is not swept', 'fd00::/64', []],
    [
      'overlapping ranges once',
      '192.168.9.0/31 192.168.9.1',
      ['192.168.9.0 routed', '192.168.9.1 routed'],
    ],
  ])('%s', (_, targets, expected) => {
    const asked = [...targetsOf(ranges(targets), ETH0)];
    expect(asked.map(({ address, way }) => `${address} ${way}`)).toEqual(expected);
  });

  test('the count knows the overlap', () => {
    expect(countTargets(ranges('10.0.0.0/24 10.0.0.128/25 10.0.1.0/24'))).toBe(512);
  });
});

describe('what two looks at the neighbour table prove', () => {
  test.each<[string, NeighbourState | undefined, NeighbourState | undefined, string]>([
    ['it appeared', undefined, 'REACHABLE', 'yes'],
    ['it appeared without an answer to us yet', undefined, 'STALE', 'yes'],
    ['it never answered', undefined, 'INCOMPLETE', 'no'],
    ['it is not in the table', undefined, undefined, 'no'],
    ['it was known and the kernel has confirmed it', 'STALE', 'REACHABLE', 'yes'],
    ['it was known and the kernel still asks', 'STALE', 'PROBE', 'doubt'],
    ['it was known and has failed', 'STALE', 'FAILED', 'no'],
    ['it was written by hand', 'PERMANENT', 'PERMANENT', 'no'],
    ['a table without states held it before', 'COMPLETE', 'COMPLETE', 'doubt'],
    ['a table without states has it now', undefined, 'COMPLETE', 'yes'],
  ])('%s', (_, before, now, verdict) => {
    expect(judge(entry(before), entry(now), false)).toBe(verdict);
  });

  test('a table without states is believed once the kernel had time to ask', () => {
    expect(judge(entry('COMPLETE'), entry('COMPLETE'), true)).toBe('yes');
  });

  test('another MAC than before is an answer from now', () => {
    const now = {
      ...entry('STALE'),
      address: '192.0.2.1',
      device: 'eth0',
      state: 'STALE',
    } as const;
    expect(judge(entry('STALE'), { ...now, mac: '02:00:00:00:00:02' }, false)).toBe('yes');
  });
});

describe('senders of echo replies', () => {
  test.each([
    ['iputils', '64 bytes from fe80::1%eth1: icmp_seq=1 ttl=64 time=0.1 ms', ['fe80::1%eth1']],
    [
      'iputils, a second answer',
      '64 bytes from fe80::2%eth1: icmp_seq=1 ttl=64 time=0.1 ms (DUP!)',
      ['fe80::2%eth1'],
    ],
    ['BusyBox', '64 bytes from fe80::1: seq=0 ttl=64 time=0.1 ms', ['fe80::1%eth1']],
    ['a global address', '64 bytes from fd00::1: icmp_seq=1 ttl=64', ['fd00::1']],
    ['what is no reply', 'From fe80::9 icmp_seq=1 Destination unreachable', []],
  ])('%s', (_, output, expected) => {
    expect([...echoSenders(output, linkAt('fe80::21'))]).toEqual(expected);
  });
});

test('a MAC gives the link-local address of RFC 4291 appendix A', () => {
  expect(eui64('34:56:78:9a:bc:de', linkAt('fe80::21'))).toBe('fe80::3656:78ff:fe9a:bcde%eth1');
});

test.each([
  ['a listener', '0: 0500 4D7F:1F90 00000000:0000 0A', []],
  ['one at a loopback address', '0: 05004D7F:223D 00000000:0000 0A 00', ['127.77.0.5']],
  ['one at every address', '0: 00000000:0050 00000000:0000 0A 00', ['127.0.0.1']],
  ['a connection, which listens to nobody else', '0: 0100007F:0050 0100007F:9999 01 00', []],
  ['one at ::1', '0: 00000000000000000000000001000000:0050 0:0 0A 00', ['::1']],
])('sockets of /proc/net/tcp on a little-endian machine: %s', (_, line, expected) => {
  expect(boundAddresses(`  sl  local_address rem_address st\n  ${line}`, 'tcp')).toEqual(expected);
});

describe('pacer', () => {
  test('a pause earns no burst', async () => {
    const pacer = new Pacer(100);
    await pacer.turn(1, SIGNAL);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    for (let turn = 0; turn < 11; turn += 1) await pacer.turn(1, SIGNAL);
    // Ten gaps of 10 ms: a bucket would have let the first ten go at once.
    expect(performance.now() - started).toBeGreaterThan(95);
    expect(pacer.packets).toBe(12);
  });

  test('an abort ends the wait', async () => {
    const pacer = new Pacer(0.01);
    await pacer.turn(1, SIGNAL);
    await expect(pacer.turn(1, AbortSignal.timeout(10))).rejects.toThrow();
  });
});

describe('tools of the system', () => {
  test('one that is not installed gives nothing', async () => {
    const options = { milliseconds: 1000, signal: SIGNAL };
    expect(await runTool('no-such-tool-here', [], options)).toBeUndefined();
  });

  test('arguments are no shell text', async () => {
    const options = { milliseconds: 1000, signal: SIGNAL };
    const result = await runTool('echo', ['$(id); `id`'], options);
    expect(result).toEqual({ status: 0, output: '$(id); `id`\n' });
  });

  test('one that does not end is ended', async () => {
    const result = await runTool('sleep', ['60'], { milliseconds: 50, signal: SIGNAL });
    expect(result?.status).toBeNull();
  });
});

function info(
  address: string,
  cidr: string,
  { internal = false, mac = '02:00:00:00:00:01' } = {},
): NetworkInterfaceInfo {
  const common = { address, cidr, netmask: '', mac, internal };
  return address.includes(':')
    ? { ...common, family: 'IPv6', scopeid: 0 }
    : { ...common, family: 'IPv4' };
}

function linkAt(address: string): Link {
  const link = ETH0.find((each) => each.address === address);
  if (link === undefined) throw new Error(`no link at ${address}`);
  return link;
}

function ranges(list: string): AddressRange[] {
  return list
    .split(' ')
    .map((text) => parseNetwork(text))
    .filter((range) => range !== undefined);
}

function entry(state: NeighbourState | undefined): Neighbour | undefined {
  if (state === undefined) return undefined;
  const hasMac = state !== 'INCOMPLETE' && state !== 'FAILED';
  return {
    address: '192.0.2.1',
    device: 'eth0',
    state,
    ...(hasMac ? { mac: '02:00:00:00:00:01' } : {}),
  };
}
