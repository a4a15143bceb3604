import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { find } from '../../../lab/tools.ts';
import { readFilter } from '../../../src/wire/bpf/compile.ts';
import { runBpf } from '../../../src/wire/bpf/run.ts';
import type { Packet } from '../../../src/wire/packet.ts';
import { readBytes, SHARED } from '../captures.ts';

const TCPDUMP = find('tcpdump');

const FILTERS = [
  '',
  'ip',
  'ip6',
  'arp',
  'tcp',
  'udp',
  'icmp',
  'icmp6',
  'igmp',
  'not ip',
  'not tcp',
  '! udp',
  'host 192.168.1.1',
  'host 10.0.0.1 or host 8.8.8.8',
  'src host 192.168.1.1',
  'dst host 192.168.1.255',
  'src or dst host 10.10.10.11',
  'src and dst host 127.0.0.1',
  'ip host 10.10.10.14',
  'arp host 192.168.1.1',
  'net 10',
  'net 192.168',
  'net 192.168.0.0/16',
  'net 10.0.0.0 mask 255.0.0.0',
  'dst net 224.0.0.0/4',
  'not net 10.0.0.0/8 and not net 192.168.0.0/16',
  'host fe80::1',
  'net fe80::/10',
  'dst net ff00::/8',
  'port 53',
  'tcp port 80',
  'tcp port 502 or 80',
  'udp port 53',
  'src port 1883',
  'dst port 443',
  'src and dst port 5353',
  'port (53 or 67 or 68)',
  'portrange 0-1023',
  'tcp portrange 8000-9000',
  'udp dst portrange 5000-6000',
  'not port 502',
  'not (tcp port 80 or tcp port 443)',
  'tcp port 502 and host 10.10.10.11',
  'tcp and not port 22 or udp',
  'udp or tcp and port 53',
  'ip proto 6',
  'ip proto \\tcp',
  'ip6 proto 58',
  'proto 17',
  'ether proto 0x0806',
  'ether proto \\ip',
  'ip multicast',
  'ip6 multicast',
  'len > 100',
  'less 60',
  'greater 500',
  'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0',
  'tcp[13] = 18',
  'tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn',
  'ip[8] < 65',
  'ip[6:2] & 0x1fff != 0',
  'tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420',
  'udp[4:2] > 100 and udp[4:2] < 300',
  'icmp[icmptype] = icmp-echo or icmp[icmptype] = icmp-echoreply',
  'icmp6[icmp6type] = icmp6-neighborsolicit',
  'ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) != 0',
  'len - 14 > ip[2:2]',
  'ip[0] & 0xf != 5',
];

/** Only where there are MAC addresses and tags. */
const ETHERNET_FILTERS = [
  'ether broadcast',
  'broadcast',
  'multicast',
  'ether multicast and not broadcast',
  'ether host 00:0c:29:e5:4e:5f',
  'ether src 00:00:00:00:00:00 or ether dst ff:ff:ff:ff:ff:ff',
  'ether[0] & 1 = 1',
  'ether[12:2] > 1500',
  'vlan',
  'vlan and ip',
  'vlan 1 or vlan 2',
  'not vlan',
  'arp or vlan and arp',
  'vlan and vlan and ip',
  'udp or vlan and udp port 514',
  'vlan and tcp port 443 and tcp[13] & 2 != 0',
];

const CAPTURES = [
  ['conversations of every day', 'testrun/dns/captures/dns_dhcp_server/monitor.pcap', true],
  ['Modbus', 'iti/ModbusTCP/Modbus/modbus_test.pcap', true],
  ['ARP with reads out of bounds', 'tcpdump/arp-oobr.pcap', true],
  ['FTP', 'ndpi/ftp.pcap', true],
  ['RTSP on a cooked link', 'ndpi/rtsp.pcap', false],
  ['IPv6 in fragments', 'tcpdump/ipv6_frag6_negative_len.pcap', true],
  ['IPv6 with neighbours', 'tcpdump/icmpv6.pcap', true],
  ['raw IPv6', 'tcpdump/LINKTYPE_RAW_ipv6.pcap', false],
  ['syslog in a VLAN', 'ndpi/syslog.pcap', true],
  ['TCP in a VLAN', 'sv/bug-4376/syn_retransmit_with_ts.pcap', true],
  ['tags within tags', 'sv/bug-814/input.pcap', true],
  ['fragments of IPv4', 'zeek/quic/383379789-decrypt-crash.pcap', true],
  ['cut packets', 'tcpdump/radius_attr_asan.pcap', true],
  ['a flood of DHCP', 'zeek/dhcp/dhcp_flood.pcap', true],
] as const;

describe.skipIf(TCPDUMP === undefined)('a filter takes the frames that tcpdump takes', () => {
  for (const [title, name, isEthernet] of CAPTURES) {
    const file = join(SHARED, name);
    test.skipIf(!existsSync(file))(`${title} (${name})`, { timeout: 120_000 }, () => {
      const filters = isEthernet ? [...FILTERS, ...ETHERNET_FILTERS] : FILTERS;
      const differing = filters.filter((filter) => ours(file, filter) !== theirs(file, filter));
      expect(differing).toEqual([]);
    });
  }
});

function ours(file: string, filter: string): string {
  const read = readFilter(filter);
  return accepted(
    readFileSync(file),
    (packet) => runBpf(read.compile(packet.linkType), packet) > 0,
  );
}

function theirs(file: string, filter: string): string {
  const run = spawnSync(TCPDUMP ?? '', ['-r', file, '-w', '-', filter], { maxBuffer: 1 << 28 });
  if (String(run.stderr).includes('expression rejects all packets')) return '';
  if (run.status !== 0) throw new Error(String(run.stderr));
  return accepted(run.stdout, () => true);
}

/** What tells a frame: its time, its lengths and its octets. */
function accepted(capture: Uint8Array, takes: (packet: Packet) => boolean): string {
  const frames: string[] = [];
  readBytes(capture, (packet) => {
    if (!takes(packet)) return;
    const octets = packet.bytes.subarray(packet.offset, packet.offset + packet.captured);
    frames.push(`${packet.time} ${packet.length} ${Buffer.from(octets).toString('base64')}`);
  });
  return frames.join('\n');
}
