import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Decoded, Packet } from '../../src/wire/packet.ts';
import { HAS_SHARED, pcap, SHARED } from './captures.ts';
import { DATA, ethernet, hex, ipv4, ipv6, join, tcp, u16, udp } from './frames.ts';
import { ETHERNET_V4, FRAMES, SNAP, V4, WIFI_MACS } from './link-frames.ts';
import { read } from './read-frame.ts';
import { disagreements } from './tshark.ts';

describe('each link and encapsulation is read as tshark reads it', () => {
  const linkTypes = [...new Set(FRAMES.map(([, linkType]) => linkType))];
  test.each(linkTypes)('link type %i', (linkType) => {
    const frames = FRAMES.filter(([, type]) => type === linkType);
    const folder = mkdtempSync(path(tmpdir(), 'wire-'));
    try {
      const file = path(folder, 'own.pcap');
      writeFileSync(
        file,
        pcap(
          linkType,
          frames.map(([, , frame]) => frame),
        ),
      );
      const named = disagreements(file).map((line) => {
        const frame = Number(/^frame (\d+)/.exec(line)?.[1]);
        return `${frames[frame - 1]?.[0]}: ${line}`;
      });
      expect(named).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Captures of others, and where tshark sees something else on purpose. */
const CAPTURES: readonly (readonly [string, readonly string[]])[] = [
  ['hadrielk/output_le/advanced/test100.pcapng', []],
  ['hadrielk/output_le/basic/test010.pcapng', []],
  ['iti/BACnet/bacnet_test.pcap', []],
  ['iti/dnp3/opendnp3-3/conformance/6.1.2/dump.pcap', []],
  ['iti/beckoff/addroute1.pcapng', []],
  ['iti/IEC61850/Sample_File_MMS_and_GOOSE.pcap', []],
  ['ndpi/rtsp.pcap', []],
  ['ndpi/dtls.pcap', []],
  ['ndpi/lru_ipv6_caches.pcapng', []],
  ['ndpi/esp.pcapng', []],
  ['ndpi/profinet-io-le.pcap', []],
  ['sv/bug-4810/pppoe-session-http.pcap', []],
  ['sv/decode-chdlc-01/hdlc-http_1tx.pcap', []],
  ['sv/bug-5758/input.pcap', []],
  ['tcpdump/RADIUS-RFC3162.pcap', []],
  ['tcpdump/LINKTYPE_IPV4.pcap', []],
  ['tcpdump/LINKTYPE_IPV6.pcap', []],
  ['tcpdump/LINKTYPE_RAW_ipv4.pcap', []],
  ['tcpdump/LINKTYPE_RAW_ipv6.pcap', []],
  ['tcpdump/ipv6-srh-ext-header.pcap', []],
  ['tcpdump/ipv6_mobility_1.pcap', []],
  ['tcpdump/icmpv6.pcap', []],
  ['tcpdump/lldp_8021_linkagg.pcap', []],
  ['tcpdump/ipv6_frag6_negative_len.pcap', []],
  ['zeek/tls/openjdk-25.0.2-zeek.org.pcap', []],
  ['zeek/wikipedia.pcap', []],
  // ARP that a tunnel carries is no packet of the tunnel's ends.
  [
    'tcpdump/vxlan.pcap',
    ['frame 2: source , not 192.168.202.1', 'frame 2: destination , not 192.168.203.1'].concat([
      'frame 2: no transport , not 42710',
      ...['frame 3: source , not 192.168.203.1', 'frame 3: destination , not 192.168.202.1'],
      'frame 3: no transport , not 52102',
    ]),
  ],
  // A UDP length beyond the packet: ours ends where the packet does.
  ['tcpdump/snmp-heapoverflow-2.pcap', ['frame 1: UDP length 12316, not 12336']],
];

describe.runIf(HAS_SHARED)('captures of others are read as tshark reads them', () => {
  test.each(CAPTURES)('%s', (file, exceptions) => {
    expect(disagreements(path(SHARED, file))).toEqual(exceptions);
  });
});

interface Wanted {
  readonly outcome?: Decoded;
  readonly fields: Partial<Packet>;
}

const CASES: readonly (readonly [string, number, Uint8Array, Wanted])[] = [
  [
    'the outermost of two tags is the VLAN',
    1,
    ethernet(0x88a8, hex('0064 8100 00c8 0800'), V4),
    { fields: { vlan: 100, etherType: 0x0800 } },
  ],
  ['no tag, no VLAN', 1, ETHERNET_V4, { fields: { vlan: -1, sourceMac: 6, destinationMac: 0 } }],
  [
    'padding is no payload',
    1,
    join(ethernet(0x0800, ipv4({ protocol: 6 }, tcp(hex('')))), Buffer.alloc(6)),
    { fields: { payloadLength: 0, payloadCaptured: 0 } },
  ],
  [
    'numbers above 2³¹',
    1,
    ethernet(0x0800, ipv4({ protocol: 6 }, tcp(DATA))),
    {
      fields: { sequence: 0x80000001, acknowledgement: 0x90000002, tcpFlags: 0x18, window: 0xfff0 },
    },
  ],
  [
    'a total length of 0 is an offload: the frame counts',
    1,
    ethernet(0x0800, ipv4({ protocol: 6, total: 0 }, tcp(DATA))),
    { fields: { payloadLength: 8 } },
  ],
  [
    'a total length beyond the frame is clipped',
    1,
    ethernet(0x0800, ipv4({ protocol: 6, total: 1500 }, tcp(DATA))),
    { fields: { payloadLength: 8 } },
  ],
  [
    'a UDP length of 0',
    1,
    ethernet(0x0800, ipv4({}, hex('9c40 1633 0000 0000'), DATA)),
    { fields: { payloadLength: 8 } },
  ],
  [
    'a UDP length below its header',
    1,
    ethernet(0x0800, ipv4({}, hex('9c40 1633 0007 0000'), DATA)),
    { outcome: 'bad', fields: { sourcePort: 40_000 } },
  ],
  [
    'a later fragment has no ports',
    1,
    ethernet(0x0800, ipv4({ fragment: 8 }, DATA)),
    { fields: { isFragment: true, hasFragments: false, sourcePort: 0, payloadLength: 8 } },
  ],
  [
    'a first fragment has them',
    1,
    ethernet(0x0800, ipv4({ hasMore: true }, udp(DATA))),
    { fields: { isFragment: false, hasFragments: true, sourcePort: 40_000 } },
  ],
  [
    'a fragment that is the whole (RFC 6946)',
    1,
    ethernet(0x86dd, ipv6(44, hex('1100 0000 00000001'), udp(DATA))),
    { fields: { isFragment: false, hasFragments: false, sourcePort: 40_000 } },
  ],
  [
    'a later fragment of IPv6',
    1,
    ethernet(0x86dd, ipv6(44, hex('1100 0009 00000001'), DATA)),
    { fields: { isFragment: true, protocol: 17, sourcePort: 0 } },
  ],
  [
    'type and code stand where ports do',
    1,
    ethernet(0x0800, ipv4({ protocol: 1 }, hex('0303 0000 00000000'), V4)),
    { fields: { sourcePort: 3, destinationPort: 3, payloadLength: V4.length } },
  ],
  [
    'the inner addresses of a tunnel count',
    1,
    ethernet(0x0800, ipv4({ protocol: 4, source: '0a000001' }, V4)),
    { fields: { source: 46, protocol: 17, sourcePort: 40_000 } },
  ],
  [
    'a tunnel is entered once',
    1,
    ethernet(0x0800, ipv4({ protocol: 4 }, ipv4({ protocol: 4 }, V4))),
    { fields: { source: 46, protocol: 4 } },
  ],
  [
    'what only has the port of a tunnel stays what it is',
    1,
    ethernet(0x0800, ipv4({}, udp(DATA, 4789))),
    { fields: { destinationPort: 4789, payloadLength: 8 } },
  ],
  [
    'IEEE 802.2 keeps its header as payload',
    1,
    ethernet(38, hex('424203'), Buffer.alloc(35)),
    { fields: { etherType: 0, family: 0, protocol: -1, payload: 14, payloadLength: 38 } },
  ],
  [
    'encrypted 802.11 is of unknown type',
    105,
    join(hex('0841 0000'), WIFI_MACS, Buffer.alloc(48)),
    { fields: { etherType: 0, family: 0, sourceMac: 10, destinationMac: 16 } },
  ],
  [
    'several 802.11 frames in one: the first',
    105,
    join(
      hex('8802 0000'),
      WIFI_MACS,
      hex('8000 020000000003 020000000004'),
      u16(8 + V4.length),
      SNAP,
      V4,
    ),
    { fields: { sourceMac: 32, destinationMac: 26, sourcePort: 40_000 } },
  ],
  [
    'an 802.11 beacon',
    105,
    join(hex('8000 0000'), WIFI_MACS, Buffer.alloc(12)),
    { fields: { sourceMac: 10, destinationMac: 4, family: 0 } },
  ],
  [
    'PPP with a direction',
    166,
    join(hex('01030021'), V4),
    { fields: { etherType: 0x0800, sourcePort: 40_000 } },
  ],
  [
    'the log of pf',
    117,
    join(hex('3d020000'), Buffer.alloc(60), V4),
    { fields: { family: 4, sourcePort: 40_000 } },
  ],
  [
    "Apple's packets of any interface",
    258,
    join(hex('10000000 01000000 01000000 00000000'), ETHERNET_V4),
    { fields: { sourceMac: 22, sourcePort: 40_000 } },
  ],
  [
    'a link type that nobody here knows',
    147,
    DATA,
    { outcome: 'foreign', fields: { payloadLength: 8, family: 0 } },
  ],
  ['nothing at all', 1, hex(''), { outcome: 'cut', fields: { sourceMac: -1 } }],
  [
    'an IPv4 header that says it is shorter than one',
    1,
    ethernet(0x0800, hex('44'), V4.subarray(1)),
    { outcome: 'bad', fields: { family: 4 } },
  ],
  [
    'a TCP header beyond its packet',
    1,
    ethernet(0x0800, ipv4({ protocol: 6 }, tcp(hex('')).fill(0xf0, 12, 13))),
    { outcome: 'bad', fields: { sourcePort: 40_000 } },
  ],
  [
    'a chain of extension headers without end',
    1,
    ethernet(0x86dd, ipv6(60, ...Array.from({ length: 40 }, () => hex('3c00010400000000')))),
    { outcome: 'bad', fields: { family: 6 } },
  ],
  [
    'tags without end',
    1,
    ethernet(0x8100, ...Array.from({ length: 40 }, () => hex('0001 8100'))),
    { outcome: 'bad', fields: { vlan: 1 } },
  ],
  [
    'labels without end',
    1,
    ethernet(0x8847, Buffer.alloc(400)),
    { outcome: 'bad', fields: { family: 0 } },
  ],
];

describe('what the fields say', () => {
  test.each(CASES)('%s', (_, linkType, frame, { outcome = 'whole', fields }) => {
    const { packet, said } = read(linkType, frame);
    expect(said).toBe(outcome);
    expect(packet).toMatchObject(fields);
  });
});
