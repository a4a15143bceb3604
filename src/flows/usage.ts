import { formatAddress, parseIpv4 } from '../base/address.ts';
import type { Direction, Instant, Transport } from '../model/core.ts';
import { PairIndex } from './pair-index.ts';

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

/**
 * What is used: the column of the ledger that only traffic can fill. A port counts as used when a
 * conversation took place on it; that somebody knocked is no use.
 */
export class Usage {
  /** Two generations: what was not used for long is forgotten first. */
  #young = new Generation();
  #old = new Generation();

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
    return this.#young.get(key, place) ?? this.#old.get(key, place);
  }

  #add(address: AddressKey, place: number, at: Instant, peer: AddressKey): void {
    const known = this.#young.find(address, place);
    if (known >= 0) {
      this.#young.again(known, at, peer);
      return;
    }
    const before = this.#old.get(address, place);
    if (this.#young.size === CAPACITY) {
      this.#old = this.#young;
      this.#young = new Generation();
    }
    const last = Math.max(at, before?.last ?? at);
    this.#young.add(address, place, { flows: (before?.flows ?? 0) + 1, last, peer });
  }
}

/** Uses by address and place. No object is made for one: there is one for each flow and end. */
class Generation {
  readonly #index = new PairIndex();
  readonly #texts = new Map<string, number>();
  readonly #flows: number[] = [];
  readonly #last: Instant[] = [];
  /** IPv4 with sign, as engines keep whole numbers. */
  readonly #peers: AddressKey[] = [];

  get size(): number {
    return this.#index.size;
  }

  find(address: AddressKey, place: number): number {
    if (typeof address === 'number') return this.#index.find(address | 0, place);
    const text = this.#texts.get(address);
    return text === undefined ? -1 : this.#index.find(text, place | IS_TEXT);
  }

  get(address: AddressKey, place: number): Use | undefined {
    const at = this.find(address, place);
    if (at < 0) return undefined;
    const [flows = 0, last = 0, peer = 0] = [this.#flows[at], this.#last[at], this.#peers[at]];
    return { flows, last, peer: textOf(peer) };
  }

  again(number: number, at: Instant, peer: AddressKey): void {
    this.#flows[number] = (this.#flows[number] ?? 0) + 1;
    this.#last[number] = Math.max(this.#last[number] ?? at, at);
    this.#peers[number] = signed(peer);
  }

  add(address: AddressKey, place: number, use: Omit<Use, 'peer'> & { peer: AddressKey }): void {
    if (typeof address === 'number') this.#index.add(address | 0, place);
    else this.#index.add(this.#numberOf(address), place | IS_TEXT);
    this.#flows.push(use.flows);
    this.#last.push(use.last);
    this.#peers.push(signed(use.peer));
  }

  #numberOf(text: string): number {
    const known = this.#texts.get(text) ?? this.#texts.size;
    this.#texts.set(text, known);
    return known;
  }
}

/** Of a place: the address is the number of a text. */
const IS_TEXT = 0x40000;

function signed(address: AddressKey): AddressKey {
  return typeof address === 'number' ? address | 0 : address;
}

function textOf(address: AddressKey): string {
  return typeof address === 'string'
    ? address
    : formatAddress({ family: 4, value: BigInt(address >>> 0) });
}

function placeOf(direction: Direction, transport: Transport, port: number): number {
  return (direction === 'to-device' ? 0 : 0x20000) + (transport === 'tcp' ? 0x10000 : 0) + port;
}
