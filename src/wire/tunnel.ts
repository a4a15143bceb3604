import { advance } from './cursor.ts';
import {
  ETHER_BRIDGED,
  ETHER_IPV4,
  ETHER_IPV6,
  ETHER_PPP,
  IP_GRE,
  IP_IPV4,
  IP_IPV6,
  IP_UDP,
} from './numbers.ts';
import type { Packet } from './packet.ts';

/** IANA, "Service Name and Transport Protocol Port Number Registry". */
const PORT_VXLAN = 4789;
const PORT_TEREDO = 3544;
const PORT_GTP_USER = 2152;
const ERSPAN = 0x88be;
const ERSPAN_3 = 0x22eb;
const GTP_EXTENSION_LIMIT = 8;

/** What a tunnel carries. `none`: it is no tunnel, or its content does not look like what it says. */
export type Inside = 'none' | 'ethernet' | 'ip' | 'ppp';

/**
 * Looks whether the decoded packet is a tunnel and, where it is, moves its payload to what it
 * carries. A packet that is not a tunnel is not touched.
 */
export function enterTunnel(packet: Packet): Inside {
  switch (packet.protocol) {
    case IP_UDP:
      return enterUdp(packet);
    case IP_IPV4:
    case IP_IPV6: // RFC 2003, RFC 4213 §3
      return looksLikeIp(packet, 0) ? 'ip' : 'none';
    case IP_GRE:
      return enterGre(packet);
    default:
      return 'none';
  }
}

function enterUdp(packet: Packet): Inside {
  switch (packet.destinationPort) {
    case PORT_VXLAN:
      return enterVxlan(packet);
    case PORT_GTP_USER:
      return enterGtp(packet);
    case PORT_TEREDO:
      return enterTeredo(packet);
    default:
      return packet.sourcePort === PORT_TEREDO ? enterTeredo(packet) : 'none';
  }
}

/** RFC 7348 §5: only the flag for "the identifier is valid"; everything reserved is 0. */
function enterVxlan(packet: Packet): Inside {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 22 || view.getUint32(at) !== 0x0800_0000) return 'none';
  if (view.getUint8(at + 7) !== 0) return 'none';
  advance(packet, 8);
  return 'ethernet';
}

/** 3GPP TS 29.281 §5.1: version 1, message 255 carries a packet of the user. */
function enterGtp(packet: Packet): Inside {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 12) return 'none';
  const flags = view.getUint8(at);
  if ((flags & 0xf0) !== 0x30 || view.getUint8(at + 1) !== 255) return 'none';
  if ((flags & 7) === 0) return enterIp(packet, 8);
  return (flags & 4) === 0 ? enterIp(packet, 12) : enterIp(packet, gtpExtensionsEnd(packet));
}

/** Each extension begins with its length in 4 octets and ends with the type of the next one. */
function gtpExtensionsEnd({ view, payload: at, payloadCaptured }: Packet): number {
  let size = 12;
  let next = view.getUint8(at + 11);
  for (let count = 0; next !== 0 && count < GTP_EXTENSION_LIMIT; count += 1) {
    const length = size < payloadCaptured ? view.getUint8(at + size) * 4 : 0;
    size += length;
    if (length === 0 || size > payloadCaptured) return payloadCaptured;
    next = view.getUint8(at + size - 1);
  }
  return next === 0 ? size : payloadCaptured;
}

/** RFC 4380 §5.1.1: perhaps an authentication, perhaps an origin indication, then IPv6. */
function enterTeredo(packet: Packet): Inside {
  const { view, payload: at } = packet;
  let size = 0;
  if (packet.payloadCaptured >= 13 && view.getUint16(at) === 1) {
    size = 13 + view.getUint8(at + 2) + view.getUint8(at + 3);
  }
  if (packet.payloadCaptured >= size + 8 && view.getUint16(at + size) === 0) size += 8;
  if (packet.payloadCaptured <= size || view.getUint8(at + size) >> 4 !== 6) return 'none';
  return enterIp(packet, size);
}

/** RFC 2784 §2, RFC 2890 §2; version 1 is RFC 2637 §4.1. Source routing (RFC 1701) is not followed. */
function enterGre(packet: Packet): Inside {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 4) return 'none';
  const flags = view.getUint16(at);
  const version = flags & 7;
  if (version > 1 || (flags & 0x4000) !== 0) return 'none';
  const hasSequence = (flags & 0x1000) !== 0;
  const size = 4 + 4 * bits(flags & (version === 1 ? 0xb080 : 0xb000));
  switch (view.getUint16(at + 2)) {
    case ETHER_IPV4:
    case ETHER_IPV6:
      return enterIp(packet, size);
    case ETHER_PPP:
      return enter(packet, size, 'ppp');
    case ETHER_BRIDGED:
      return enter(packet, size, 'ethernet');
    case ERSPAN: // draft-foschiano-erspan-03 §4: type I has no header of its own and no sequence
      return enter(packet, hasSequence ? size + 8 : size, 'ethernet');
    case ERSPAN_3:
      return enterErspan3(packet, size);
    default:
      return 'none';
  }
}

/** 12 octets, and 8 more where the last bit says so. Its frame type 0 is Ethernet. */
function enterErspan3(packet: Packet, size: number): Inside {
  if (packet.payloadCaptured < size + 12) return 'none';
  const flags = packet.view.getUint16(packet.payload + size + 10);
  if (((flags >> 10) & 0x1f) !== 0) return 'none';
  return enter(packet, size + ((flags & 1) === 1 ? 20 : 12), 'ethernet');
}

function enter(packet: Packet, size: number, inside: Inside): Inside {
  const minimum = inside === 'ethernet' ? 14 : 2;
  if (packet.payloadCaptured < size + minimum) return 'none';
  advance(packet, size);
  return inside;
}

function enterIp(packet: Packet, size: number): Inside {
  if (!looksLikeIp(packet, size)) return 'none';
  advance(packet, size);
  return 'ip';
}

/** A whole header whose lengths fit: chance, and what is only a neighbour's port, does not pass. */
function looksLikeIp(packet: Packet, skip: number): boolean {
  const { view } = packet;
  const at = packet.payload + skip;
  const captured = packet.payloadCaptured - skip;
  const length = packet.payloadLength - skip;
  if (captured < 20) return false;
  const head = view.getUint8(at);
  if (head >> 4 === 6) return captured >= 40 && view.getUint16(at + 4) + 40 <= length;
  const total = view.getUint16(at + 2);
  return head >> 4 === 4 && (head & 15) >= 5 && total >= 20 && total <= length;
}

function bits(flags: number): number {
  let count = 0;
  for (let rest = flags; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Forgets what the outer headers said, so that the inner ones stand alone; the VLAN stays. */
export function forgetOuter(packet: Packet): void {
  packet.family = 0;
  packet.source = 0;
  packet.destination = 0;
  packet.protocol = -1;
  packet.hops = 0;
  packet.sourcePort = 0;
  packet.destinationPort = 0;
}
