import { formatAddress, parseIpv4 } from '../base/address.ts';
import type { Direction, Instant, Transport } from '../model/core.ts';

/** Ports of devices that are remembered; at most twice as many. */
const CAPACITY = 65_536;

/** Who used a port of a device, or with whom the device spoke there. */
export interface Use {
  readonly flows: number;
  readonly last: Instant;
  /** The peer of the last flow. */
  readonly peer: string;
}

/** IPv4 as a number of 32 bits, which is found much faster; other addresses as text. */
export type AddressKey = number | string;

interface Tally {
  flows: number;
  last: Instant;
  peer: AddressKey;
}

/**
 * What is used: the column of the ledger that only traffic can fill. A port counts as used when a
 * conversation took place on it; that somebody knocked is no use.
 */
export class Usage {
  /** Two generations: what was not used for long is forgotten first. By address, then by place. */
  #young = new Map<AddressKey, Map<number, Tally>>();
  #old = new Map<AddressKey, Map<number, Tally>>();
  #size = 0;

  /** A conversation that took place. */
  note(
    at: Instant,
    source: AddressKey,
    destination: AddressKey,
    transport: Transport,
    port: number,
  ): void {
    this.#add(destination, placeOf('to-device', transport, port), at, source);
    this.#add(source, placeOf('from-device', transport, port), at, destination);
  }

  /** Of one address; undefined where no conversation was seen. */
  of(address: string, direction: Direction, transport: Transport, port: number): Use | undefined {
    const parsed = parseIpv4(address);
    const key = parsed === undefined ? address : Number(parsed.value);
    const place = placeOf(direction, transport, port);
    const use = this.#young.get(key)?.get(place) ?? this.#old.get(key)?.get(place);
    return use === undefined ? undefined : { ...use, peer: textOf(use.peer) };
  }

  #add(address: AddressKey, place: number, at: Instant, peer: AddressKey): void {
    const known = this.#young.get(address)?.get(place);
    if (known !== undefined) {
      known.flows += 1;
      known.last = Math.max(known.last, at);
      known.peer = peer;
      return;
    }
    const before = this.#old.get(address)?.get(place);
    if (this.#size === CAPACITY) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    const last = Math.max(at, before?.last ?? at);
    const places = this.#young.get(address) ?? new Map<number, Tally>();
    places.set(place, { flows: (before?.flows ?? 0) + 1, last, peer });
    this.#young.set(address, places);
    this.#size += 1;
  }
}

function textOf(address: AddressKey): string {
  return typeof address === 'string'
    ? address
    : formatAddress({ family: 4, value: BigInt(address) });
}

function placeOf(direction: Direction, transport: Transport, port: number): number {
  return (direction === 'to-device' ? 0 : 0x20000) + (transport === 'tcp' ? 0x10000 : 0) + port;
}
