import { RecentMap } from '../base/recent-map.ts';
import type { Direction, Instant, Transport } from '../model/core.ts';
import type { Flow } from '../model/flow.ts';

/** Ports of devices that are remembered. */
const CAPACITY = 65_536;

/** Who used a port of a device, or with whom the device spoke there. */
export interface Use {
  readonly flows: number;
  readonly last: Instant;
  /** The peer of the last flow. */
  readonly peer: string;
}

/**
 * What is used: the column of the ledger that only traffic can fill. A port counts as used when a
 * conversation took place on it; that somebody knocked is no use.
 */
export class Usage {
  readonly #uses = new RecentMap<Use>(CAPACITY);

  note(
    outcome: Flow['outcome'],
    at: Instant,
    source: string,
    destination: string,
    transport: Transport,
    port: number,
  ): void {
    if (outcome !== 'answered') return;
    this.#add(keyOf(destination, 'to-device', transport, port), at, source);
    this.#add(keyOf(source, 'from-device', transport, port), at, destination);
  }

  /** Of one address; undefined where no conversation was seen. */
  of(address: string, direction: Direction, transport: Transport, port: number): Use | undefined {
    return this.#uses.get(keyOf(address, direction, transport, port));
  }

  #add(key: string, at: Instant, peer: string): void {
    const known = this.#uses.get(key);
    const last = Math.max(at, known?.last ?? at);
    this.#uses.set(key, { flows: (known?.flows ?? 0) + 1, last, peer });
  }
}

function keyOf(address: string, direction: Direction, transport: Transport, port: number): string {
  return `${address} ${direction} ${transport}/${port}`;
}
