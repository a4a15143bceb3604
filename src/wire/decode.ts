import { advance, begin } from './cursor.ts';
import { decodeEthernet } from './ethernet.ts';
import { decodeNflog, decodeSll, decodeSll2 } from './linux.ts';
import { decodeLoopback, decodePflog } from './loopback.ts';
import { decodeBareIp } from './network.ts';
import { ETHER_UNKNOWN, IP_GRE, IP_IPV4, IP_IPV6, IP_UDP } from './numbers.ts';
import type { Decoded, Packet } from './packet.ts';
import { decodeCiscoHdlc, decodePpp, decodePppd, decodePppoe } from './serial.ts';
import { enterTunnel, forgetOuter } from './tunnel.ts';
import { decodeRadiotap, decodeWifi } from './wifi.ts';

/**
 * Fills in everything that the reader did not: from the link down to the payload of the transport.
 *
 * It makes no object, never throws, and looks at headers only, so it takes the same time whatever
 * the packet holds. No length is believed beyond what was captured. Whatever comes back, all fields
 * that could be read are set, and `payload` stands behind the last header that was whole.
 *
 * A tunnel (GRE, ERSPAN, VXLAN, IP in IP, Teredo, GTP-U) is entered once: the addresses and ports
 * are those of what it carries.
 */
export function decode(packet: Packet): Decoded {
  reset(packet);
  const outcome = decodeLink(packet);
  if (outcome !== 'whole' || !mayCarry(packet.protocol) || packet.isFragment) return outcome;
  return packet.hasFragments ? outcome : decodeInner(packet);
}

function decodeLink(packet: Packet): Decoded {
  if (packet.linkType === 1) return decodeEthernet(packet);
  switch (packet.linkType) {
    case 0: // NULL
    case 108: // LOOP
      return decodeLoopback(packet);
    case 9: // PPP
    case 50: // PPP_HDLC
      return decodePpp(packet);
    case 12: // RAW, as some systems number it in files
    case 14:
    case 101: // RAW
    case 228: // IPV4
    case 229: // IPV6
      return decodeBareIp(packet);
    case 51: // PPP_ETHER
      return decodePppoe(packet);
    case 104: // C_HDLC
      return decodeCiscoHdlc(packet);
    case 113: // LINUX_SLL
      return decodeSll(packet);
    case 276: // LINUX_SLL2
      return decodeSll2(packet);
    default:
      return decodeRareLink(packet);
  }
}

function decodeRareLink(packet: Packet): Decoded {
  switch (packet.linkType) {
    case 105: // IEEE802_11
      return decodeWifi(packet);
    case 117: // PFLOG
      return decodePflog(packet);
    case 127: // IEEE802_11_RADIOTAP
      return decodeRadiotap(packet);
    case 166: // PPP_PPPD
      return decodePppd(packet);
    case 192: // PPI
      return decodePpi(packet);
    case 239: // NFLOG
      return decodeNflog(packet);
    case 258: // PKTAP
      return decodePktap(packet);
    default:
      return 'foreign';
  }
}

/** Per-packet information (CACE PPI 1.0.10, §3): little-endian; the link type is inside. */
function decodePpi(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 8) return 'cut';
  const size = view.getUint16(at + 2, true);
  if (size < 8) return 'bad';
  if (size > packet.payloadCaptured) return 'cut';
  advance(packet, size);
  return decodeNested(packet, view.getUint32(at + 4, true));
}

/** Apple's (bsd/net/pktap.h): length, kind and link type in little-endian words of 4 octets. */
function decodePktap(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 12) return 'cut';
  const size = view.getUint32(at, true);
  if (size < 12) return 'bad';
  if (size > packet.payloadCaptured) return 'cut';
  advance(packet, size);
  return decodeNested(packet, view.getUint32(at + 8, true));
}

/** What stands behind such a header; never one of them again. */
function decodeNested(packet: Packet, linkType: number): Decoded {
  switch (linkType) {
    case 0:
      return decodeLoopback(packet);
    case 1:
      return decodeEthernet(packet);
    case 12: // DLT_RAW
    case 101:
      return decodeBareIp(packet);
    case 105:
      return decodeWifi(packet);
    case 127:
      return decodeRadiotap(packet);
    default:
      return 'foreign';
  }
}

function mayCarry(protocol: number): boolean {
  return protocol === IP_UDP || protocol === IP_GRE || protocol === IP_IPV4 || protocol === IP_IPV6;
}

function decodeInner(packet: Packet): Decoded {
  const inside = enterTunnel(packet);
  if (inside === 'none') return 'whole';
  forgetOuter(packet);
  if (inside === 'ethernet') return decodeEthernet(packet);
  return inside === 'ip' ? decodeBareIp(packet) : decodePpp(packet);
}

function reset(packet: Packet): void {
  packet.sourceMac = -1;
  packet.destinationMac = -1;
  packet.etherType = ETHER_UNKNOWN;
  packet.vlan = -1;
  packet.family = 0;
  packet.source = 0;
  packet.destination = 0;
  packet.protocol = -1;
  packet.hops = 0;
  packet.isFragment = false;
  packet.hasFragments = false;
  packet.sourcePort = 0;
  packet.destinationPort = 0;
  packet.tcpFlags = 0;
  packet.sequence = 0;
  packet.acknowledgement = 0;
  packet.window = 0;
  begin(packet);
}
