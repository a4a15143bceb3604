import { advance, clip } from './cursor.ts';
import { decodeBareIp, decodeLlc, decodeNetwork } from './network.ts';
import { ETHER_UNKNOWN } from './numbers.ts';
import type { Decoded, Packet } from './packet.ts';

/** ARPHRD_NETLINK: its protocol is no EtherType. */
const NETLINK = 824;
/** Attributes of one NFLOG record that are followed. */
const ATTRIBUTE_LIMIT = 32;
/** linux/netfilter/nfnetlink_log.h */
const NFULA_HWADDR = 8;
const NFULA_PAYLOAD = 9;

/** "Cooked" capture, version 1: tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
export function decodeSll(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 16) return 'cut';
  if (view.getUint16(at + 4) === 6) packet.sourceMac = at + 6;
  const hardware = view.getUint16(at + 2);
  const protocol = view.getUint16(at + 14);
  advance(packet, 16);
  return cooked(packet, hardware, protocol);
}

/** Version 2: tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
export function decodeSll2(packet: Packet): Decoded {
  const { view, payload: at } = packet;
  if (packet.payloadCaptured < 20) return 'cut';
  if (view.getUint8(at + 11) === 6) packet.sourceMac = at + 12;
  const protocol = view.getUint16(at);
  const hardware = view.getUint16(at + 8);
  advance(packet, 20);
  return cooked(packet, hardware, protocol);
}

/** Below 1536 the protocol is Linux's own: 4 for IEEE 802.2 (linux/if_ether.h). */
function cooked(packet: Packet, hardware: number, protocol: number): Decoded {
  packet.etherType = hardware === NETLINK || protocol < 0x600 ? ETHER_UNKNOWN : protocol;
  if (protocol === 4 && hardware !== NETLINK) decodeLlc(packet);
  return decodeNetwork(packet);
}

/**
 * NFLOG: attributes in the byte order of the machine that captured, which the frame does not tell.
 * Whichever order makes the first length fit is it.
 */
export function decodeNflog(packet: Packet): Decoded {
  if (packet.payloadCaptured < 8) return 'cut';
  advance(packet, 4);
  const isLittle = packet.view.getUint16(packet.payload, true) <= packet.payloadLength;
  for (let count = 0; count < ATTRIBUTE_LIMIT; count += 1) {
    // Without a packet: a prefix and marks only.
    if (packet.payloadLength < 4) return 'whole';
    if (packet.payloadCaptured < 4) return 'cut';
    const size = packet.view.getUint16(packet.payload, isLittle);
    if (size < 4 || size > packet.payloadLength) return 'bad';
    if (takeAttribute(packet, size, isLittle) === NFULA_PAYLOAD) return decodeBareIp(packet);
  }
  return 'bad';
}

/** Its type; of the payload only the header is taken off. */
function takeAttribute(packet: Packet, size: number, isLittle: boolean): number {
  const type = packet.view.getUint16(packet.payload + 2, isLittle) & 0x7fff;
  if (type === NFULA_PAYLOAD) {
    clip(packet, size);
    advance(packet, 4);
    return type;
  }
  if (type === NFULA_HWADDR) hardwareAddress(packet, size);
  advance(packet, (size + 3) & ~3);
  return type;
}

/** Length (network byte order), padding, address of 8 octets. */
function hardwareAddress(packet: Packet, size: number): void {
  const at = packet.payload + 4;
  if (size < 14 || packet.payloadCaptured < 14) return;
  if (packet.view.getUint16(at) === 6) packet.sourceMac = at + 4;
}
