import { DATA, ethernet, hex, ipv4, ipv6, join, tcp, u16, udp } from './frames.ts';

export const V4 = ipv4({}, udp(DATA));
export const V6 = ipv6(17, udp(DATA));
export const ETHERNET_V4 = ethernet(0x0800, V4);
export const SNAP = hex('aaaa03 000000 0800');
export const WIFI_MACS = hex('0200000000aa 0200000000bb 0200000000cc 0010');

/** One frame of each link type and encapsulation: what carries what, link type, frame. */
export const FRAMES: readonly (readonly [string, number, Uint8Array])[] = [
  ['Ethernet and IPv4', 1, ETHERNET_V4],
  ['Ethernet and IPv6', 1, ethernet(0x86dd, V6)],
  [
    'padding of a short frame',
    1,
    join(ethernet(0x0800, ipv4({ protocol: 6 }, tcp(hex('')))), Buffer.alloc(6)),
  ],
  ['IPv4 with options', 1, ethernet(0x0800, ipv4({ options: hex('94040000') }, udp(DATA)))],
  [
    'TCP with options',
    1,
    ethernet(0x0800, ipv4({ protocol: 6 }, tcp(DATA, hex('020405b4 01010402')))),
  ],
  ['a VLAN tag', 1, ethernet(0x8100, hex('6064 0800'), V4)],
  ['two VLAN tags', 1, ethernet(0x88a8, hex('0064 8100 00c8 86dd'), V6)],
  ['LLC and SNAP', 1, ethernet(SNAP.length + V4.length, SNAP, V4)],
  ['a spanning tree', 1, ethernet(38, hex('424203'), Buffer.alloc(35))],
  ['ARP', 1, ethernet(0x0806, hex('0001080006040001 020000000001 c0000201 000000000000 c0000202'))],
  ['MPLS, two labels', 1, ethernet(0x8847, hex('00010040 00011140'), V4)],
  ['PPPoE', 1, ethernet(0x8864, hex('1100 0001'), u16(V4.length + 2), hex('0021'), V4)],
  [
    'hop-by-hop options and a destination header',
    1,
    ethernet(0x86dd, ipv6(0, hex('3c00050200000100 1100010400000000'), udp(DATA))),
  ],
  [
    'an authentication header',
    1,
    ethernet(
      0x0800,
      ipv4({ protocol: 51 }, hex('11040000 00000001 00000001'), Buffer.alloc(12), udp(DATA)),
    ),
  ],
  [
    'SCTP',
    1,
    ethernet(0x0800, ipv4({ protocol: 132 }, hex('9c40 0b59 00000001 00000000 0b000004'))),
  ],
  ['ICMP', 1, ethernet(0x0800, ipv4({ protocol: 1 }, hex('0800 0000 0001 0001'), DATA))],
  ['ICMPv6', 1, ethernet(0x86dd, ipv6(58, hex('8000 0000 0001 0001'), DATA))],
  [
    'an ICMP error with what it answers',
    1,
    ethernet(0x0800, ipv4({ protocol: 1 }, hex('0303 0000 00000000'), V4)),
  ],
  ['GRE', 1, ethernet(0x0800, ipv4({ protocol: 47 }, hex('2000 0800 00000001'), V4))],
  [
    'GRE with checksum and sequence, bridged',
    1,
    ethernet(0x0800, ipv4({ protocol: 47 }, hex('9000 6558 00000000 00000001'), ETHERNET_V4)),
  ],
  [
    'PPTP',
    1,
    ethernet(
      0x0800,
      ipv4(
        { protocol: 47 },
        hex('3081 880b'),
        u16(V4.length + 4),
        hex('0001 00000001 00000001 ff030021'),
        V4,
      ),
    ),
  ],
  [
    'ERSPAN II',
    1,
    ethernet(
      0x0800,
      ipv4({ protocol: 47 }, hex('1000 88be 00000001 1064000100000000'), ETHERNET_V4),
    ),
  ],
  ['VXLAN', 1, ethernet(0x0800, ipv4({}, udp(join(hex('0800000000000100'), ETHERNET_V4), 4789)))],
  ['IPv4 in IPv4', 1, ethernet(0x0800, ipv4({ protocol: 4 }, V4))],
  ['IPv6 in IPv4', 1, ethernet(0x0800, ipv4({ protocol: 41 }, V6))],
  ['IPv4 in IPv6', 1, ethernet(0x86dd, ipv6(4, V4))],
  ['Teredo', 1, ethernet(0x0800, ipv4({}, udp(V6, 3544)))],
  [
    'Teredo with an origin',
    1,
    ethernet(0x0800, ipv4({}, udp(join(hex('0000 63bf 3ffffdfe'), V6), 40_000, 3544))),
  ],
  [
    'GTP-U',
    1,
    ethernet(0x0800, ipv4({}, udp(join(hex('30ff'), u16(V4.length), hex('00000001'), V4), 2152))),
  ],
  [
    'GTP-U with an extension',
    1,
    ethernet(
      0x0800,
      ipv4(
        {},
        udp(
          join(
            hex('34ff'),
            u16(V4.length + 8),
            hex('00000001 000000 85 01 001000'),
            Buffer.from([0]),
            V4,
          ),
          2152,
        ),
      ),
    ),
  ],
  ['BSD loopback, little-endian', 0, join(hex('02000000'), V4)],
  ['BSD loopback, big-endian, IPv6 of FreeBSD', 0, join(hex('0000001c'), V6)],
  ['loopback in network order', 108, join(hex('00000002'), V4)],
  ['raw IPv4', 101, V4],
  ['raw IPv6', 101, V6],
  ['raw, link type IPv4', 228, V4],
  ['raw, link type IPv6', 229, V6],
  ['PPP', 9, join(hex('ff030021'), V4)],
  ['PPP, everything compressed', 9, join(hex('21'), V4)],
  ['PPP in HDLC, IPv6', 50, join(hex('ff030057'), V6)],
  ['PPPoE without Ethernet', 51, join(hex('1100 0001'), u16(V4.length + 2), hex('0021'), V4)],
  ['Cisco HDLC', 104, join(hex('0f000800'), V4)],
  ['Linux cooked', 113, join(hex('0000 0001 0006 020000000001 0000 0800'), V4)],
  [
    'Linux cooked, version 2',
    276,
    join(hex('86dd 0000 00000002 0001 00 06 020000000001 0000'), V6),
  ],
  ['802.11 data to an access point', 105, join(hex('0801 0000'), WIFI_MACS, SNAP, V4)],
  [
    '802.11 with quality of service, from an access point',
    105,
    join(hex('8802 0000'), WIFI_MACS, hex('0000'), SNAP, V4),
  ],
  [
    '802.11 between access points',
    105,
    join(hex('0803 0000'), WIFI_MACS, hex('0200000000dd'), SNAP, V4),
  ],
  [
    '802.11, encrypted',
    105,
    join(hex('0841 0000'), WIFI_MACS, hex('0000002000000000'), Buffer.alloc(40, 0x5a)),
  ],
  ['radiotap', 127, join(hex('0000 0a00 02000000 0000'), hex('0801 0000'), WIFI_MACS, SNAP, V4)],
  [
    'radiotap with timer and padding',
    127,
    join(
      hex('0000 1200 03000000 0000000000000000 20 00'),
      hex('8801 0000'),
      WIFI_MACS,
      hex('0000 0000'),
      SNAP,
      V4,
    ),
  ],
  [
    'NFLOG, little-endian',
    239,
    join(
      hex('02000000'),
      hex('0800 0100 08000100 0500 0a00 00000000'),
      hex(
        u16(V4.length + 4)
          .swap16()
          .toString('hex'),
      ),
      hex('0900'),
      V4,
    ),
  ],
  ['per-packet information', 192, join(hex('0000 0800 01000000'), ETHERNET_V4)],
];
