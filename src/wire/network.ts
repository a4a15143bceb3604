import { advance, clip } from './cursor.ts';
import { decodeIp, decodeIpv4, decodeIpv6 } from './ip.ts';
import { ETHER_BRIDGED, ETHER_IPV4, ETHER_IPV6, ETHER_PPP, ETHER_UNKNOWN } from './numbers.ts';
import type { Decoded, Packet } from './packet.ts';

/** Tags and labels of one frame that are followed. */
const TAG_LIMIT = 16;

const VLAN = 0x8100; // IEEE 802.1Q
const SERVICE_VLAN = 0x88a8; // IEEE 802.1ad
const OLD_SERVICE_VLAN = 0x9100; // in use before 802.1ad
const MPLS = 0x8847; // RFC 3032 §5
const MPLS_MULTICAST = 0x8848;
const PPPOE_SESSION = 0x8864; // RFC 2516 §4

/** What follows an EtherType: tags first, then IP, or whatever else is the payload itself. */
export function decodeNetwork(packet: Packet): Decoded {
  for (let count = 0; count < TAG_LIMIT; count += 1) {
    switch (packet.etherType) {
      case ETHER_IPV4:
        return decodeIpv4(packet);
      case ETHER_IPV6:
        return decodeIpv6(packet);
      case VLAN:
      case SERVICE_VLAN:
      case OLD_SERVICE_VLAN:
      case MPLS:
      case MPLS_MULTICAST:
      case PPPOE_SESSION: {
        const outcome = takeTag(packet);
        if (outcome !== undefined) return outcome;
        break;
      }
      default:
        return 'whole';
    }
  }
  return 'bad';
}

function takeTag(packet: Packet): Decoded | undefined {
  switch (packet.etherType) {
    case MPLS:
    case MPLS_MULTICAST:
      return mpls(packet);
    case PPPOE_SESSION:
      return pppoe(packet);
    default:
      return vlan(packet);
  }
}

function vlan(packet: Packet): Decoded | undefined {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 4) return 'cut';
  if (packet.vlan < 0) packet.vlan = view.getUint16(at) & 0x0fff;
  advance(packet, 4);
  typeOrLength(packet, view.getUint16(at + 2));
  return undefined;
}

/** RFC 3032 §2.1: labels down to the bottom of the stack; what they carry is told by its look. */
function mpls(packet: Packet): Decoded | undefined {
  for (let count = 0; count < TAG_LIMIT; count += 1) {
    if (packet.payloadCaptured < 4) return 'cut';
    const isBottom = (packet.view.getUint8(packet.payload + 2) & 1) === 1;
    advance(packet, 4);
    if (isBottom) return underLabels(packet);
  }
  return 'bad';
}

function underLabels(packet: Packet): Decoded | undefined {
  if (packet.payloadCaptured < 1) return 'cut';
  const version = packet.view.getUint8(packet.payload) >> 4;
  if (version === 4) packet.etherType = ETHER_IPV4;
  else if (version === 6) packet.etherType = ETHER_IPV6;
  // RFC 4448: an Ethernet frame behind a control word; it is left as what it is.
  else packet.etherType = version === 0 ? ETHER_BRIDGED : ETHER_UNKNOWN;
  return undefined;
}

export function pppoe(packet: Packet): Decoded | undefined {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 6) return 'cut';
  clip(packet, 6 + view.getUint16(at + 4));
  advance(packet, 6);
  return pppProtocol(packet);
}

/** RFC 1661 §2: one octet where its last bit is set (§6.5), else two. */
export function pppProtocol(packet: Packet): Decoded | undefined {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 2) return 'cut';
  const isShort = (view.getUint8(at) & 1) === 1;
  const protocol = isShort ? view.getUint8(at) : view.getUint16(at);
  if (protocol === 0x21) packet.etherType = ETHER_IPV4;
  else if (protocol === 0x57) packet.etherType = ETHER_IPV6;
  else {
    packet.etherType = ETHER_PPP;
    return undefined;
  }
  advance(packet, isShort ? 1 : 2);
  return undefined;
}

/** IEEE 802.3 §3.2.6: up to 1500 it is a length, and an IEEE 802.2 header follows. */
export function typeOrLength(packet: Packet, value: number): void {
  packet.etherType = value;
  if (value > 1500) return;
  clip(packet, value);
  decodeLlc(packet);
}

/**
 * IEEE 802.2: with SNAP an EtherType follows (RFC 1042). Anything else keeps its LLC header as the
 * beginning of its payload, with the EtherType unknown.
 */
export function decodeLlc(packet: Packet): void {
  const { view, payload: at } = packet;
  packet.etherType = ETHER_UNKNOWN;
  if (packet.payloadCaptured < 8) return;
  const isSnap = view.getUint16(at) === 0xaaaa && view.getUint8(at + 2) === 0x03;
  const owner = view.getUint8(at + 3) * 0x10000 + view.getUint16(at + 4);
  // 00-00-F8: IEEE 802.1H, bridge tunnel. 00-00-0C: Cisco's own numbers, of which CDP is one.
  if (!isSnap || ![0, 0xf8, 0x0c].includes(owner)) return;
  packet.etherType = view.getUint16(at + 6);
  advance(packet, 8);
}

/** IP without a link, or with one that does not say which version. */
export function decodeBareIp(packet: Packet): Decoded {
  if (packet.payloadCaptured < 1) return 'cut';
  const version = packet.view.getUint8(packet.payload) >> 4;
  if (version === 4) packet.etherType = ETHER_IPV4;
  else if (version === 6) packet.etherType = ETHER_IPV6;
  return decodeIp(packet);
}
