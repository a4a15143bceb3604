import { advance, clip } from './cursor.ts';
import { IP_ICMP, IP_ICMPV6, IP_SCTP, IP_TCP, IP_UDP, IP_UDP_LITE } from './numbers.ts';
import type { Decoded, Packet } from './packet.ts';

/** What the last IP header carries. A protocol that is not known is whole as it is. */
export function decodeTransport(packet: Packet): Decoded {
  switch (packet.protocol) {
    case IP_TCP:
      return tcp(packet);
    case IP_UDP:
      return udp(packet);
    case IP_ICMP:
    case IP_ICMPV6:
      return icmp(packet);
    case IP_SCTP: // RFC 9260 §3.1
      return portsAndHeader(packet, 12);
    case IP_UDP_LITE: // RFC 3828 §3.1: its length field is a coverage of the checksum
      return portsAndHeader(packet, 8);
    default:
      return 'whole';
  }
}

/** RFC 9293 §3.1. A header cut in its options still has all numbers and its length on the wire. */
function tcp(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 20) return ports(packet);
  packet.sourcePort = view.getUint16(at);
  packet.destinationPort = view.getUint16(at + 2);
  packet.sequence = view.getUint32(at + 4);
  packet.acknowledgement = view.getUint32(at + 8);
  packet.tcpFlags = view.getUint8(at + 13);
  packet.window = view.getUint16(at + 14);
  const size = (view.getUint8(at + 12) >> 4) * 4;
  if (size < 20 || size > packet.payloadLength) return 'bad';
  const isCut = size > packet.payloadCaptured;
  advance(packet, size);
  return isCut ? 'cut' : 'whole';
}

/** RFC 768; a length of 0 is a segment still to be cut (offload) or a jumbogram (RFC 2675 §4). */
function udp(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 8) return ports(packet);
  packet.sourcePort = view.getUint16(at);
  packet.destinationPort = view.getUint16(at + 2);
  const size = view.getUint16(at + 4);
  if (size !== 0) {
    if (size < 8) return 'bad';
    clip(packet, size);
  }
  advance(packet, 8);
  return 'whole';
}

/** RFC 792, RFC 4443: type and code; all messages in use begin with 8 octets. */
function icmp(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 2) return 'cut';
  packet.sourcePort = view.getUint8(at);
  packet.destinationPort = view.getUint8(at + 1);
  if (packet.payloadCaptured < 8) return 'cut';
  advance(packet, 8);
  return 'whole';
}

function portsAndHeader(packet: Packet, size: number): Decoded {
  if (packet.payloadCaptured < size) return ports(packet);
  ports(packet);
  advance(packet, size);
  return 'whole';
}

/** Of a header that is not whole: every transport begins with its ports. */
function ports(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 4) return 'cut';
  packet.sourcePort = view.getUint16(at);
  packet.destinationPort = view.getUint16(at + 2);
  return 'cut';
}
