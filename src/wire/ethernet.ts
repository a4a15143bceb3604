import { advance } from './cursor.ts';
import { decodeNetwork, typeOrLength } from './network.ts';
import type { Decoded, Packet } from './packet.ts';

/** IEEE 802.3 §3.1.1, without preamble and check sequence. */
export function decodeEthernet(packet: Packet): Decoded {
  const at = packet.payload;
  if (packet.payloadCaptured < 14) return 'cut';
  packet.destinationMac = at;
  packet.sourceMac = at + 6;
  advance(packet, 14);
  typeOrLength(packet, packet.view.getUint16(at + 12));
  return decodeNetwork(packet);
}
