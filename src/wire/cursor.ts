import type { Packet } from './packet.ts';

/*
 * While a packet is decoded, its payload is the cursor: what no layer has taken yet. A layer reads at
 * `payload` no further than `payloadCaptured`, and takes its header off.
 */

/** The whole frame, before any layer. A length on the wire below what was captured is a lie. */
export function begin(packet: Packet): void {
  packet.payload = packet.offset;
  packet.payloadCaptured = packet.captured;
  packet.payloadLength = packet.length > packet.captured ? packet.length : packet.captured;
}

/** Takes a header of `size` octets off, be it captured or not. */
export function advance(packet: Packet, size: number): void {
  packet.payload += size;
  packet.payloadCaptured = packet.payloadCaptured > size ? packet.payloadCaptured - size : 0;
  packet.payloadLength = packet.payloadLength > size ? packet.payloadLength - size : 0;
}

/** A header says that no more than `size` octets belong to it; what follows them is padding. */
export function clip(packet: Packet, size: number): void {
  if (packet.payloadLength > size) packet.payloadLength = size;
  if (packet.payloadCaptured > size) packet.payloadCaptured = size;
}
