import { describe, expect, test } from 'vitest';
import { reveal } from '../../src/base/untrusted.ts';
import { importers } from '../../src/importers/index.ts';
import type { MappingFact } from '../../src/model/evidence.ts';
import { MAPPING_SAMPLES } from './mapping-samples.ts';

const AT = 1_795_610_000_000;

function read(id: string, document: string, router?: string): readonly string[] {
  const options = { at: AT, observer: 'test', ...(router === undefined ? {} : { router }) };
  const imported = importers.get(id)?.read(Buffer.from(document), options);
  const told = (imported?.evidence ?? []).flatMap(({ subject, fact }) =>
    fact.kind === 'mapping' ? [`${subject.address}: ${text(fact)}`] : [],
  );
  return [...told, ...(imported?.problems ?? []).map(({ line, why }) => `line ${line} ${why}`)];
}

function text(fact: MappingFact): string {
  const { transport, outsidePort, outsideLast, insideAddress, insidePort, via, by } = fact;
  const last = outsideLast === undefined ? '' : `-${outsideLast}`;
  const remote = fact.remoteHost === undefined ? '' : ` from ${fact.remoteHost}`;
  const undo = fact.undo === undefined ? '' : ` | ${fact.undo.map(reveal).join(' ')}`;
  const lease = fact.leaseSeconds === undefined ? '' : ` for ${fact.leaseSeconds} s`;
  return `${transport}/${outsidePort}${last}${remote} to ${insideAddress} ${insidePort} (${via}, ${reveal(by)})${lease}${undo}`;
}

function sample(id: string, name: string): string {
  return MAPPING_SAMPLES[id]?.[name] ?? '';
}

describe('a ruleset tells what it lets in', () => {
  test.each([
    [
      'a forwarding of nftables',
      'nftables',
      'a port forwarding by hand',
      [
        '192.168.77.20: tcp/8443 to 192.168.77.20 554 (kernel, nftables, inet filter prerouting) | nft delete rule inet filter prerouting handle 12',
      ],
    ],
    [
      'one that miniupnpd made',
      'nftables',
      'what miniupnpd adds',
      [
        '192.168.77.20: tcp/8443 to 192.168.77.20 554 (kernel, nftables, inet filter prerouting_miniupnpd) | nft delete rule inet filter prerouting_miniupnpd handle 10',
      ],
    ],
    [
      'a pinhole of nftables',
      'nftables',
      'an IPv6 pinhole',
      [
        '2001:db8:77::20: tcp/8554 to 2001:db8:77::20 0 (pinhole, nftables, inet filter forward) | nft delete rule inet filter forward handle 21',
      ],
    ],
    [
      'forwardings of iptables',
      'iptables',
      'a port forwarding',
      [
        '192.168.77.20: tcp/8443 to 192.168.77.20 554 (kernel, the "camera") | iptables -t nat -D PREROUTING -p tcp -m tcp --dport 8443 -m comment --comment the "camera" -j DNAT --to-destination 192.168.77.20:554',
        '192.168.77.21: udp/7777 to 192.168.77.21 0 (kernel, iptables, nat MINIUPNPD) | iptables -t nat -D MINIUPNPD -p udp -m udp --dport 7777 -j DNAT --to-destination 192.168.77.21',
      ],
    ],
    [
      'a pinhole of ip6tables',
      'iptables',
      'an IPv6 pinhole',
      [
        '2001:db8:77::20: tcp/8554 to 2001:db8:77::20 0 (pinhole, iptables, filter FORWARD) | ip6tables -t filter -D FORWARD -d 2001:db8:77::20/128 -p tcp -m tcp --dport 8554 -j ACCEPT',
      ],
    ],
    [
      'leases of miniupnpd',
      'upnp-leases',
      'IPv4',
      [
        '192.168.77.20: tcp/8443 to 192.168.77.20 554 (import, IPCam) for 605652 s',
        '192.168.77.20: udp/8555 to 192.168.77.20 554 (import, NAT-PMP 8555 udp) for 0 s',
      ],
    ],
    [
      'a pinhole of miniupnpd',
      'upnp-leases',
      'IPv6',
      ['2001:db8:77::20: tcp/8554 to 2001:db8:77::20 8554 (pinhole, IGD2 pinhole) for 605652 s'],
    ],
  ])('%s', (_, id, name, expected) => {
    expect(read(id, sample(id, name))).toEqual(expected);
  });
});

const NAT = (...rules: readonly string[]): string =>
  ['*nat', ':PREROUTING ACCEPT [0:0]', ...rules, 'COMMIT', ''].join('\n');

describe('a rule of iptables', () => {
  test.each([
    [
      'with several ports',
      '-A PREROUTING -p tcp -m multiport --dports 80,8000:8010 -j DNAT --to-destination 10.0.0.2',
      ['tcp/80', 'tcp/8000-8010'],
    ],
    [
      'without a protocol',
      '-A PREROUTING -d 198.51.100.1/32 -j DNAT --to-destination 10.0.0.2',
      ['tcp/0', 'udp/0'],
    ],
    [
      'for one sender alone',
      '-A PREROUTING -s 198.51.100.7/32 -p tcp --dport 22 -j DNAT --to-destination 10.0.0.2:22',
      ['tcp/22 from 198.51.100.7'],
    ],
    [
      'of hairpin NAT is no way in',
      '-A PREROUTING -s 10.0.0.0/24 -p tcp --dport 22 -j DNAT --to-destination 10.0.0.2:22',
      [],
    ],
    [
      'in a chain that nobody jumps to does nothing',
      '-A OTHER -p tcp --dport 22 -j DNAT --to-destination 10.0.0.2:22',
      [],
    ],
  ])('%s', (_, line, expected) => {
    const told = read('iptables', NAT(line));
    expect(told.map((one) => / (\S+(?: from \S+)?) to /.exec(one)?.[1])).toEqual(expected);
  });

  test('that redirects to the router itself is told where its address is known', () => {
    const rule = NAT('-A PREROUTING -p tcp --dport 2222 -j REDIRECT --to-ports 22');
    expect(read('iptables', rule)).toEqual([]);
    expect(read('iptables', rule, '192.168.77.1')[0]).toContain(
      '192.168.77.1: tcp/2222 to  22 (kernel',
    );
  });

  test.each([
    [
      'in quotes that do not end',
      '-A PREROUTING -m comment --comment "x -j DNAT',
      'line 3 is no rule',
    ],
    [
      'to no address',
      '-A PREROUTING -p tcp --dport 1 -j DNAT --to-destination nowhere',
      'line 3 leads to an address that cannot be read',
    ],
  ])('%s is reported', (_, line, expected) => {
    expect(read('iptables', NAT(line))).toEqual([expected]);
  });
});
