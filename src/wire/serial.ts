import { advance } from './cursor.ts';
import { decodeNetwork, pppoe, pppProtocol } from './network.ts';
import type { Decoded, Packet } from './packet.ts';

/** RFC 1662 §3.1: address and control (FF 03) may be left out. */
export function decodePpp(packet: Packet): Decoded {
  if (packet.payloadCaptured < 2) return 'cut';
  const head = packet.view.getUint16(packet.payload);
  if (isCisco(head)) return decodeCiscoHdlc(packet);
  if (head === 0xff03) advance(packet, 2);
  return pppProtocol(packet) ?? decodeNetwork(packet);
}

/** A direction (0 in, 1 out) stands where the address does. */
export function decodePppd(packet: Packet): Decoded {
  if (packet.payloadCaptured < 2) return 'cut';
  const hasControl = packet.view.getUint8(packet.payload + 1) === 0x03;
  advance(packet, hasControl ? 2 : 1);
  return pppProtocol(packet) ?? decodeNetwork(packet);
}

/** A PPPoE session header without the Ethernet before it. */
export function decodePppoe(packet: Packet): Decoded {
  return pppoe(packet) ?? decodeNetwork(packet);
}

/** RFC 1547 §4.3.1: address, control, EtherType. */
export function decodeCiscoHdlc(packet: Packet): Decoded {
  const at = packet.payload;
  if (packet.payloadCaptured < 4) return 'cut';
  packet.etherType = packet.view.getUint16(at + 2);
  advance(packet, 4);
  return decodeNetwork(packet);
}

function isCisco(head: number): boolean {
  return head === 0x0f00 || head === 0x8f00;
}
