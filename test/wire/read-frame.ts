import { decode } from '../../src/wire/decode.ts';
import type { Decoded } from '../../src/wire/packet.ts';
import { Packet } from '../../src/wire/packet.ts';

export function read(
  linkType: number,
  frame: Uint8Array,
  captured = frame.length,
): { packet: Packet; said: Decoded } {
  // Memory that ends where the capture does: a read beyond it throws.
  const packet = place(frame.slice(0, captured), 0, frame.length, linkType);
  packet.captured = captured;
  return { packet, said: decode(packet) };
}

export function place(bytes: Uint8Array, offset: number, length: number, linkType: number): Packet {
  const packet = new Packet();
  packet.bytes = bytes;
  packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  packet.offset = offset;
  packet.captured = length;
  packet.length = length;
  packet.linkType = linkType;
  return packet;
}

/** Whoever reads what the fields point at stays inside of what was captured. */
export function isWithin(packet: Packet): boolean {
  const end = packet.offset + packet.captured;
  const size = packet.family === 4 ? 4 : packet.family === 6 ? 16 : 0;
  return [
    packet.sourceMac + 6 <= end || packet.sourceMac < 0,
    packet.destinationMac + 6 <= end || packet.destinationMac < 0,
    size === 0 || (packet.source + size <= end && packet.destination + size <= end),
    packet.payloadCaptured === 0 || packet.payload + packet.payloadCaptured <= end,
    packet.payloadCaptured >= 0 && packet.payloadLength >= packet.payloadCaptured,
    packet.vlan < 4096 && packet.protocol < 256,
  ].every(Boolean);
}
