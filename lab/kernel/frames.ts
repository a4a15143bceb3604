import type { Address } from '../../src/base/address.ts';
import type { Tuple } from '../../src/policy/simulate/conntrack.ts';
import { isError } from '../../src/policy/simulate/conntrack.ts';
import { ICMP, ICMPV6, PORTED, TCP, UDP } from '../../src/policy/simulate/match.ts';

/** By which a packet is known again wherever it comes out: the last octets of what it carries. */
const MARK = [0x50, 0x46, 0x57, 0x01] as const;
export const MARK_LENGTH = 12;
const ETHERNET = 14;
const LENGTHS = { 4: 20, 6: 40 } as const;
/** Sequence numbers of both sides, so that an answer lies in the window. */
const SEQUENCE = { original: 1000, reply: 5000 } as const;

/** A packet to send: its tuple, and what is beside it. */
export interface Sent extends Tuple {
  readonly id: number;
  readonly sourceMac: string;
  readonly flags?: number;
  /** It answers one of ours. */
  readonly isReply?: boolean;
  readonly about?: Tuple;
}

/** An Ethernet frame with right checksums: wrong ones would make it `invalid` for conntrack. */
export function frameOf(packet: Sent, destinationMac: string): Uint8Array {
  const network = networkOf(packet, transportOf(packet, payloadOf(packet)));
  const frame = new Uint8Array(ETHERNET + network.length);
  frame.set(macBytes(destinationMac), 0);
  frame.set(macBytes(packet.sourceMac), 6);
  frame.set(packet.source.family === 4 ? [0x08, 0x00] : [0x86, 0xdd], 12);
  frame.set(network, ETHERNET);
  return frame;
}

const macs = new Map<string, Uint8Array>();

function macBytes(mac: string): Uint8Array {
  const known = macs.get(mac);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
  macs.set(mac, bytes);
  return bytes;
}

function payloadOf({ id, about }: Sent): Uint8Array {
  const mark = new Uint8Array(MARK_LENGTH);
  mark.set(MARK, 0);
  new DataView(mark.buffer).setBigUint64(4, BigInt(id));
  if (about === undefined) return mark;
  // The whole packet that it is about, then our own mark.
  const quoted = { ...about, id: 0, sourceMac: '' };
  const inner = networkOf(quoted, transportOf(quoted, new Uint8Array(MARK_LENGTH)));
  const payload = new Uint8Array(inner.length + MARK_LENGTH);
  payload.set(inner, 0);
  payload.set(mark, inner.length);
  return payload;
}

function transportOf(packet: Sent, payload: Uint8Array): Uint8Array {
  const head = headOf(packet);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head, 0);
  bytes.set(payload, head.length);
  const view = new DataView(bytes.buffer);
  const { protocol } = packet;
  if (protocol === UDP) view.setUint16(4, bytes.length);
  const at = CHECKSUMS[protocol];
  if (at === undefined) return bytes;
  const sum = checksum(bytes, protocol === ICMP ? 0 : pseudoSum(packet, bytes.length));
  // RFC 768: a sum of 0 is sent as all ones.
  view.setUint16(at, protocol === UDP && sum === 0 ? 0xffff : sum);
  return bytes;
}

/** Where in a header the checksum stands. */
const CHECKSUMS: Readonly<Record<number, number>> = { [ICMP]: 2, [TCP]: 16, [UDP]: 6, [ICMPV6]: 2 };

function headOf(packet: Sent): ArrayLike<number> {
  if (isIcmp(packet.protocol)) return icmpHead(packet);
  return PORTED.includes(packet.protocol) ? portedHead(packet) : [];
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

function icmpHead({ protocol, type = 0, sourcePort }: Sent): readonly number[] {
  if (!isError(protocol, type)) return [type, 0, 0, 0, sourcePort >> 8, sourcePort & 255, 0, 1];
  // "Port unreachable" has code 3 in ICMP and 4 in ICMPv6.
  const code = protocol === ICMP && type === 3 ? 3 : protocol === ICMPV6 && type === 1 ? 4 : 0;
  return [type, code, 0, 0, 0, 0, 0, 0];
}

function portedHead(packet: Sent): Uint8Array {
  const { protocol, sourcePort, destinationPort, flags = 2, isReply = false } = packet;
  const head = new DataView(new ArrayBuffer(protocol === TCP ? 20 : 8));
  head.setUint16(0, sourcePort);
  head.setUint16(2, destinationPort);
  if (protocol !== TCP) return new Uint8Array(head.buffer);
  const hasAck = (flags & 0x10) !== 0;
  head.setUint32(4, isReply ? SEQUENCE.reply : SEQUENCE.original);
  head.setUint32(8, hasAck ? (isReply ? SEQUENCE.original : SEQUENCE.reply) + 1 : 0);
  head.setUint16(12, 0x5000 | flags);
  head.setUint16(14, 0xffff);
  return new Uint8Array(head.buffer);
}

function networkOf(packet: Sent, transport: Uint8Array): Uint8Array {
  const { source, destination, protocol } = packet;
  const length = LENGTHS[source.family];
  const bytes = new Uint8Array(length + transport.length);
  const view = new DataView(bytes.buffer);
  if (source.family === 4) {
    view.setUint16(0, 0x4500);
    view.setUint16(2, bytes.length);
    view.setUint16(6, 0x4000);
    view.setUint16(8, 0x4000 | protocol);
    bytes.set(addressBytes(source), 12);
    bytes.set(addressBytes(destination), 16);
    view.setUint16(10, checksum(bytes.subarray(0, length), 0));
  } else {
    view.setUint16(0, 0x6000);
    view.setUint16(4, transport.length);
    view.setUint16(6, (protocol << 8) | 64);
    bytes.set(addressBytes(source), 8);
    bytes.set(addressBytes(destination), 24);
  }
  bytes.set(transport, length);
  return bytes;
}

function addressBytes({ family, value }: Address): Uint8Array {
  const bytes = new Uint8Array(family === 4 ? 4 : 16);
  let rest = value;
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

function pseudoSum({ source, destination, protocol }: Sent, length: number): number {
  const ends = [...addressBytes(source), ...addressBytes(destination)];
  return partialSum(Uint8Array.from(ends)) + protocol + length;
}

function partialSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  }
  return sum;
}

/** RFC 1071 */
function checksum(bytes: Uint8Array, start: number): number {
  let sum = start + partialSum(bytes);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The id at the end of a packet; undefined where it carries none. */
export function markIn(bytes: Uint8Array): number | undefined {
  const at = bytes.length - MARK_LENGTH;
  if (at < 0 || MARK.some((octet, index) => bytes[at + index] !== octet)) return undefined;
  return Number(new DataView(bytes.buffer, bytes.byteOffset + at + 4, 8).getBigUint64(0));
}

/** A frame that came out of the router, as far as the lab looks at it. */
export interface Seen extends Tuple {
  readonly id?: number;
  readonly flags: number;
}

/** Undefined where it is neither IPv4 nor IPv6. */
export function seenIn(frame: Uint8Array): Seen | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const family = FAMILIES[view.getUint16(12)];
  if (family === undefined) return undefined;
  const { from, to, size, next } = LAYOUT[family];
  const protocol = view.getUint8(ETHERNET + next);
  const transport = ETHERNET + LENGTHS[family];
  const id = markIn(frame);
  return {
    protocol,
    source: { family, value: valueAt(view, ETHERNET + from, size) },
    destination: { family, value: valueAt(view, ETHERNET + to, size) },
    ...portsAt(view, transport, protocol),
    flags: protocol === TCP ? view.getUint8(transport + 13) : 0,
    ...(id === undefined ? {} : { id }),
  };
}

/** EtherTypes. */
const FAMILIES: Readonly<Record<number, 4 | 6>> = { 2048: 4, 34525: 6 };
/** Where the addresses and the protocol stand in the header; octets of an address. */
const LAYOUT = {
  4: { from: 12, to: 16, size: 4, next: 9 },
  6: { from: 8, to: 24, size: 16, next: 6 },
} as const;

function portsAt(
  view: DataView,
  at: number,
  protocol: number,
): Pick<Seen, 'sourcePort' | 'destinationPort' | 'type'> {
  if (isIcmp(protocol)) {
    const identifier = view.getUint16(at + 4);
    return { sourcePort: identifier, destinationPort: identifier, type: view.getUint8(at) };
  }
  if (!PORTED.includes(protocol)) return { sourcePort: 0, destinationPort: 0 };
  return { sourcePort: view.getUint16(at), destinationPort: view.getUint16(at + 2) };
}

function valueAt(view: DataView, at: number, size: number): bigint {
  let value = 0n;
  for (let index = 0; index < size; index += 1) {
    value = (value << 8n) | BigInt(view.getUint8(at + index));
  }
  return value;
}
