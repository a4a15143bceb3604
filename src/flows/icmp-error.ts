import type { Packet } from '../wire/packet.ts';
import { FAMILY_4, FAMILY_6, ICMP, TCP, UDP } from './flow-state.ts';
import type { FlowTable } from './table.ts';

/** Destination unreachable (RFC 792; RFC 4443 §3.1). */
const UNREACHABLE_4 = 3;
const UNREACHABLE_6 = 1;

/**
 * The flow that an ICMP error is about: the packet that could not be delivered is quoted in it, its
 * headers at least. -1 for none.
 */
export function refusedFlow(table: FlowTable, packet: Packet): number {
  const { view, payload: at, payloadCaptured: left, sourcePort: type } = packet;
  if (packet.protocol === ICMP) {
    if (type !== UNREACHABLE_4 || left < 28) return -1;
    const size = (view.getUint8(at) & 15) * 4;
    const protocol = view.getUint8(at + 9);
    if (size < 20 || left < size + 4 || !hasPorts(protocol)) return -1;
    const [from, to] = [view.getInt32(at + 12), view.getInt32(at + 16)];
    return table.lookUp(FAMILY_4 | protocol, from, to, view.getUint32(at + size));
  }
  if (type !== UNREACHABLE_6 || left < 44) return -1;
  const protocol = view.getUint8(at + 6);
  if (!hasPorts(protocol)) return -1;
  const from = table.ipv6.find(packet.bytes, at + 8);
  const to = table.ipv6.find(packet.bytes, at + 24);
  if (from < 0 || to < 0) return -1;
  return table.lookUp(FAMILY_6 | protocol, from, to, view.getUint32(at + 40));
}

function hasPorts(protocol: number): boolean {
  return protocol === TCP || protocol === UDP;
}
