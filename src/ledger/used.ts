import type { Instant } from '../model/core.ts';
import type { Cell } from '../model/ledger.ts';
import type { Place } from './cells.ts';

/** Conversations on one port of one address. */
export interface PortUse {
  readonly flows: number;
  readonly last: Instant;
  readonly peer: string;
}

/** A week of traffic: what is done once a week was seen. Less than that cannot say *no*. */
const ENOUGH = 7 * 24 * 60 * 60_000;

/**
 * Whether a port is used, from the traffic of a time in which the device's traffic was seen. That
 * nobody used it in a short time is no *no*, only not known yet.
 *
 * @param uses of each address of the device that used the port
 */
export function usedCell(place: Place, uses: readonly PortUse[], seen: Seen): Cell {
  const flows = uses.reduce((sum, use) => sum + use.flows, 0);
  const latest = uses.reduce<PortUse | undefined>(
    (best, use) => (best === undefined || use.last > best.last ? use : best),
    undefined,
  );
  const time = `${spanOf(seen)} of traffic`;
  if (latest === undefined) {
    if (seen.to - seen.from >= ENOUGH) {
      return { answer: 'no', because: `Nobody used it in ${time}.`, at: seen.to };
    }
    const because = `Nobody used it in ${time}, which is too short to say that nobody does.`;
    return { answer: 'unknown', because, at: seen.to };
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

/** `5 min`, `3 h`, `12 days`. */
function spanOf({ from, to }: Seen): string {
  const minutes = Math.max(1, Math.round((to - from) / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
