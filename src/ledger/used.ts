import type { Instant } from '../model/core.ts';
import type { Cell } from '../model/ledger.ts';
import type { Place } from './cells.ts';

/** Conversations on one port of one address. */
export interface PortUse {
  readonly flows: number;
  readonly last: Instant;
  readonly peer: string;
}

/**
 * Whether a port is used, from the traffic of a time in which the device's traffic was seen. That
 * nobody used it then is a statement about that time, and says so.
 *
 * @param uses of each address of the device that used the port
 */
export function usedCell(place: Place, uses: readonly PortUse[], seen: Seen): Cell {
  const flows = uses.reduce((sum, use) => sum + use.flows, 0);
  const latest = uses.reduce<PortUse | undefined>(
    (best, use) => (best === undefined || use.last > best.last ? use : best),
    undefined,
  );
  const time = `${Math.max(1, Math.round((seen.to - seen.from) / 60_000))} min of traffic`;
  if (latest === undefined) {
    return { answer: 'no', because: `Nobody used it in ${time}.`, at: seen.to };
  }
  const peer = place.direction === 'to-device' ? `${latest.peer} last` : `with ${latest.peer} last`;
  const many = `${flows} conversation${flows === 1 ? '' : 's'}`;
  return { answer: 'yes', because: `${many} in ${time}, ${peer}.`, at: latest.last };
}

/** The time of which the traffic was seen. */
export interface Seen {
  readonly from: Instant;
  readonly to: Instant;
}
