import { advance } from './cursor.ts';
import { decodeBareIp } from './network.ts';
import type { Decoded, Packet } from './packet.ts';

/**
 * An address family of 4 octets, in the byte order of the machine that captured (link type 0) or of
 * the network (108). It is passed over: IP says itself which version it is, and IPv6 has a different
 * number on every system.
 */
export function decodeLoopback(packet: Packet): Decoded {
  if (packet.payloadCaptured < 4) return 'cut';
  const { view, payload: at } = packet;
  const little = view.getUint32(at, true);
  const family = little > 0xffff ? view.getUint32(at) : little;
  advance(packet, 4);
  return isIp(family) ? decodeBareIp(packet) : 'whole';
}

/** AF_INET is 2 everywhere; AF_INET6 is 10 (Linux), 24 (NetBSD, OpenBSD), 28 (FreeBSD), 30 (Darwin). */
function isIp(family: number): boolean {
  return family === 2 || family === 10 || family === 24 || family === 28 || family === 30;
}

/** pf's log (link type 117, OpenBSD pflog(4)): its first octet is its length, aligned to 4. */
export function decodePflog(packet: Packet): Decoded {
  if (packet.payloadCaptured < 4) return 'cut';
  const size = (packet.view.getUint8(packet.payload) + 3) & ~3;
  if (size < 48) return 'bad';
  if (size > packet.payloadCaptured) return 'cut';
  advance(packet, size);
  return decodeBareIp(packet);
}
