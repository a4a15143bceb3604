/**
 * One decoded packet: numbers that point into the buffer it lies in. One object is reused for every
 * packet, so the hot path makes no object, string, view or copy; whoever wants to keep something
 * copies it out before the next packet.
 */
export class Packet {
  /** What holds the frame, and a view of the same memory. Set by the reader. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the frame begins, how much of it was captured, how long it was on the wire; octets. */
  offset = 0;
  captured = 0;
  length = 0;
  /** Number of the frame in its capture, from 1. */
  frame = 0;
  /** Microseconds since 1970; a double holds them exactly. */
  time = 0;
  /** Interface of the capture, from 0, and its link type (tcpdump.org/linktypes.html). */
  interface = 0;
  linkType = 1;

  /** Offsets of the MAC addresses; -1 where the link has none. Set by `decode`, as all below. */
  sourceMac = -1;
  destinationMac = -1;
  /** EtherType of what the link carries, after VLAN tags, MPLS and PPPoE; 0 for unknown. */
  etherType = 0;
  /** VLAN id of the outermost tag; -1 for none. */
  vlan = -1;
  /** 4, 6, or 0 where it is no IP packet. */
  family = 0;
  /** Offsets of the IP addresses (4 or 16 octets). */
  source = 0;
  destination = 0;
  /** IP protocol number of the last header; -1 where it is no IP packet. */
  protocol = -1;
  hops = 0;
  /** A fragment but the first: it has no ports. */
  isFragment = false;
  /** A first fragment: its payload is not whole. */
  hasFragments = false;
  /** 0 where the protocol has no ports. For ICMP the type and the code. */
  sourcePort = 0;
  destinationPort = 0;
  /** TCP only: flags octet (RFC 9293 §3.1), sequence and acknowledgement numbers, window. */
  tcpFlags = 0;
  sequence = 0;
  acknowledgement = 0;
  window = 0;
  /** Where the payload of the transport (or of what is no IP) begins. */
  payload = 0;
  /** Octets of it that were captured, and that there were on the wire. */
  payloadCaptured = 0;
  payloadLength = 0;
}

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;
export const TCP_URG = 0x20;

/**
 * What came of a frame. `whole`: decoded to its transport or to what it is. `cut`: it ends inside a
 * header, what was read before stands. `bad`: a header contradicts itself. `foreign`: a link type
 * that is not known.
 */
export type Decoded = 'whole' | 'cut' | 'bad' | 'foreign';
