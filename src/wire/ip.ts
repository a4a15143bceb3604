import { advance, clip } from './cursor.ts';
import type { Decoded, Packet } from './packet.ts';
import { decodeTransport } from './transport.ts';

/** Extension headers of one packet that are followed; a longer chain is no honest packet. */
const EXTENSION_LIMIT = 16;

const HOP_BY_HOP = 0;
const ROUTING = 43;
export const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION = 60;

/** By its first four bits, where nothing else says which version it is. */
export function decodeIp(packet: Packet): Decoded {
  if (packet.payloadCaptured < 1) return 'cut';
  const version = packet.view.getUint8(packet.payload) >> 4;
  if (version === 4) return decodeIpv4(packet);
  return version === 6 ? decodeIpv6(packet) : 'bad';
}

/** RFC 791 §3.1. */
export function decodeIpv4(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 20) return 'cut';
  const head = view.getUint8(at);
  if (head >> 4 !== 4) return 'bad';
  packet.family = 4;
  packet.source = at + 12;
  packet.destination = at + 16;
  packet.hops = view.getUint8(at + 8);
  packet.protocol = view.getUint8(at + 9);
  const size = (head & 0x0f) * 4;
  const total = view.getUint16(at + 2);
  if (size < 20 || (total !== 0 && total < size)) return 'bad';
  // 0: the sender's card cuts it into segments later (TCP segmentation offload).
  if (total !== 0) clip(packet, total);
  const isCut = size > packet.payloadCaptured;
  advance(packet, size);
  const fragment = view.getUint16(at + 6);
  packet.isFragment = (fragment & 0x1fff) !== 0;
  packet.hasFragments = (fragment & 0x3fff) === 0x2000;
  if (isCut) return 'cut';
  if (packet.isFragment) return 'whole';
  return packet.protocol === AUTHENTICATION ? ipv4Authenticated(packet) : decodeTransport(packet);
}

/** RFC 4302 §2: one header between IP and what it protects. */
function ipv4Authenticated(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 12) return 'cut';
  packet.protocol = view.getUint8(at);
  return takeExtension(packet, (view.getUint8(at + 1) + 2) * 4) ?? decodeTransport(packet);
}

/** RFC 8200 §3. */
export function decodeIpv6(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 40) return 'cut';
  if (view.getUint8(at) >> 4 !== 6) return 'bad';
  packet.family = 6;
  packet.source = at + 8;
  packet.destination = at + 24;
  packet.protocol = view.getUint8(at + 6);
  packet.hops = view.getUint8(at + 7);
  const length = view.getUint16(at + 4);
  // 0: a jumbogram (RFC 2675 §3) or offload; the frame says how long it is.
  if (length !== 0) clip(packet, 40 + length);
  advance(packet, 40);
  return isExtension(packet.protocol) ? extensions(packet) : decodeTransport(packet);
}

/** RFC 8200 §4; RFC 4302 for the authentication header, which counts in 4 octets and from 2. */
export function isExtension(protocol: number): boolean {
  switch (protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION:
      return true;
    default:
      return false;
  }
}

/** Octets of an extension header whose second octet is `length`. */
export function extensionSize(protocol: number, length: number): number {
  if (protocol === FRAGMENT) return 8;
  return protocol === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
}

function extensions(packet: Packet): Decoded {
  for (let count = 0; count < EXTENSION_LIMIT; count += 1) {
    const { view, payload: at, protocol } = packet;
    if (!isExtension(protocol)) return decodeTransport(packet);
    if (packet.payloadCaptured < 8) return 'cut';
    packet.protocol = view.getUint8(at);
    if (protocol === FRAGMENT) fragmentHeader(packet);
    const outcome = takeExtension(packet, extensionSize(protocol, view.getUint8(at + 1)));
    if (outcome !== undefined) return outcome;
    if (packet.isFragment) return 'whole';
  }
  return 'bad';
}

function fragmentHeader(packet: Packet): void {
  const fragment = packet.view.getUint16(packet.payload + 2);
  packet.isFragment = fragment >> 3 !== 0;
  packet.hasFragments = !packet.isFragment && (fragment & 1) === 1;
}

/** What is wrong with the header, or nothing: then it is taken off. */
function takeExtension(packet: Packet, size: number): Decoded | undefined {
  if (size > packet.payloadLength) return 'bad';
  if (size > packet.payloadCaptured) return 'cut';
  advance(packet, size);
  return undefined;
}
