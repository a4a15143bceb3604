import { formatAddress } from '../base/address.ts';
import { forTerminal } from '../base/encode.ts';
import type { Change } from '../policy/decide/difference.ts';
import { connectionService } from '../policy/packet-text.ts';

/** One connection that fares otherwise, as an example of all of its kind. */
export function changeLine({ packet }: Change): string {
  const target = packet.name ?? formatAddress(packet.destination);
  return forTerminal(`${formatAddress(packet.source)} → ${target} ${connectionService(packet)}`);
}
