import type { Instant } from '../model/core.ts';
import type { Endpoint } from '../model/flow.ts';
import type { DhcpMessage, Observation } from '../model/observation.ts';
import { LastTwo } from './learned/last-two.ts';
import { isGroupMac, isPrivateMac } from './mac.ts';
import type { Places } from './places.ts';

/** Devices, and addresses, that are remembered. Further ones are known by their MAC alone. */
const DEVICES = 16_384;
const ADDRESSES = 32_768;
/** Milliseconds for which a MAC that spoke with an address keeps it against another's word. */
const HOLDS = 60_000;

export interface Identity {
  readonly device: string;
  readonly firstSeen: Instant;
  lastSeen: Instant;
  hostName: string;
  /** Frames of others' addresses bear its MAC, or DHCP and RA name it. */
  isRouter: boolean;
}

interface Holder {
  readonly mac: string;
  at: Instant;
  /** Of its device, once it spoke with the address. */
  identity: Identity | undefined;
}

/**
 * Which MACs and addresses are one device. A telephone changes its private MAC (IEEE 802c-2017), and
 * keeps the host name and the list of options that it asks DHCP for: so it stays the same device.
 * That somebody else takes both while the first is on line makes two.
 */
export class Identities {
  dropped = 0;
  readonly #places: Places;
  readonly #devices = new Map<string, Identity>();
  readonly #deviceOfMac = new Map<string, string>();
  /** By host name and fingerprint: the device that has them, and the MAC it had last. */
  readonly #named = new Map<string, string>();
  readonly #holders = new Map<string, Holder>();
  /** Good until the next observation. */
  readonly #asked = new LastTwo<string>();

  constructor(places: Places) {
    this.#places = places;
  }

  get size(): number {
    return this.#devices.size;
  }

  /** Of what is held, estimated: a device with its names, an address with its holder. */
  get octets(): number {
    return (
      this.#devices.size * 240 +
      this.#holders.size * 184 +
      this.#named.size * 160 +
      this.#deviceOfMac.size * 80
    );
  }

  note(observation: Observation): void {
    this.#asked.clear();
    switch (observation.kind) {
      case 'opened':
        this.#end(observation.source, observation.at);
        return;
      case 'answered':
        if (!observation.refused) this.#answers(observation.destination, observation.at);
        return;
      case 'progress':
        if (observation.sent.packets > 0) this.#end(observation.source, observation.at);
        if (observation.received.packets > 0) this.#end(observation.destination, observation.at);
        return;
      case 'binding':
        this.#see(observation.mac, observation.at);
        this.#hold(observation.address, observation.mac, observation.at);
        return;
      case 'dhcp':
        this.#dhcp(observation);
        return;
      case 'router-advertisement':
        for (const prefix of observation.prefixes) this.#places.announce(prefix);
        this.#see(observation.mac, observation.at);
        return;
      default:
    }
  }

  /** MAC of the device where it is known, else the address. */
  deviceOf(address: string, mac?: string): string {
    const asked = this.#asked.get(address, mac);
    if (asked !== undefined) return asked;
    const device = this.#deviceOf(address, mac);
    this.#asked.set(address, mac, device);
    return device;
  }

  #deviceOf(address: string, mac: string | undefined): string {
    if (!this.#places.isLocal(address)) return address;
    const known = this.#holders.get(address)?.mac ?? mac;
    if (known === undefined || isGroupMac(known)) return address;
    return this.#deviceOfMac.get(known) ?? known;
  }

  /** The device that a MAC belongs to. */
  deviceOfMac(mac: string): string {
    return this.#deviceOfMac.get(mac) ?? mac;
  }

  get(device: string): Identity | undefined {
    return this.#devices.get(device);
  }

  #end({ address, mac }: Endpoint, at: Instant): void {
    if (mac === undefined) return;
    if (!this.#places.isLocal(address)) return;
    const held = this.#holders.get(address);
    // So it is mostly: who has it speaks again.
    if (held?.identity !== undefined && held.mac === mac) {
      held.at = at;
      held.identity.lastSeen = Math.max(held.identity.lastSeen, at);
      return;
    }
    const identity = this.#see(mac, at);
    if (address !== '0.0.0.0' && address !== '::') this.#hold(address, mac, at, identity);
  }

  /** Who answers with an address that is not of this network brings it from elsewhere. */
  #answers(end: Endpoint, at: Instant): void {
    this.#end(end, at);
    if (end.mac === undefined || this.#places.isLocal(end.address)) return;
    const router = this.#see(end.mac, at);
    if (router !== undefined) router.isRouter = true;
  }

  #see(mac: string, at: Instant): Identity | undefined {
    if (isGroupMac(mac)) return undefined;
    const device = this.#deviceOfMac.get(mac) ?? mac;
    const known = this.#devices.get(device);
    if (known !== undefined) {
      known.lastSeen = Math.max(known.lastSeen, at);
      return known;
    }
    if (this.#devices.size >= DEVICES) {
      this.dropped += 1;
      return undefined;
    }
    const identity = { device, firstSeen: at, lastSeen: at, hostName: '', isRouter: false };
    this.#devices.set(device, identity);
    return identity;
  }

  /** Whoever spoke with it not long ago keeps it: to claim an address moves no device. */
  #hold(address: string, mac: string, at: Instant, identity?: Identity): void {
    const held = this.#holders.get(address);
    if (held?.mac === mac) {
      held.at = at;
      held.identity ??= identity;
      return;
    }
    if (held !== undefined && at - held.at < HOLDS) return;
    if (held === undefined && this.#holders.size >= ADDRESSES) {
      this.dropped += 1;
      return;
    }
    this.#holders.set(address, { mac, at, identity });
  }

  #dhcp(message: DhcpMessage): void {
    const { clientMac, hostName = '', fingerprint = '', at } = message;
    const isClients = message.serverMac === undefined;
    if (isClients && hostName !== '') this.#join(clientMac, `${hostName} ${fingerprint}`, at);
    const identity = this.#see(clientMac, at);
    if (identity !== undefined && isClients && hostName !== '') identity.hostName = hostName;
    if (message.serverMac !== undefined) this.#see(message.serverMac, at);
    if (message.message === 'ack' && message.address !== undefined) {
      this.#holders.set(message.address, { mac: clientMac, at, identity: undefined });
    }
  }

  /** A private MAC with the names of a device that is silent is that device's new one. */
  #join(mac: string, names: string, at: Instant): void {
    if (!isPrivateMac(mac)) return;
    const device = this.#named.get(names);
    const before = device === undefined ? undefined : this.#devices.get(device);
    const own = this.#deviceOfMac.get(mac) ?? mac;
    if (before === undefined) {
      if (this.#named.size < DEVICES) this.#named.set(names, own);
      return;
    }
    if (before.device === own || at - before.lastSeen < HOLDS) return;
    if (this.#deviceOfMac.size >= DEVICES) return;
    this.#deviceOfMac.set(mac, before.device);
    // It was known for as long as it took to ask for an address.
    this.#devices.delete(mac);
    for (const holder of this.#holders.values()) {
      if (holder.mac === mac) holder.identity = undefined;
    }
  }
}
