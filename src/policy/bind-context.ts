import type { AddressSet } from '../base/address-set.ts';
import type { Instant } from '../model/core.ts';

/** What is known of the site now: what a policy's names are looked up in. */
export interface BindContext {
  /** All devices of the inventory: MUD's classes are made of those that no endpoint names, too. */
  readonly devices: readonly InventoryDevice[];
  /**
   * What a DNS name was last seen to stand for. `*.example.com` asks for every name below it.
   * Undefined where it was never seen to resolve.
   */
  resolved(name: string): ResolvedName | undefined;
  /** Networks of the site itself (RFC 8520 §8.1 `local-networks`), besides those of the zones. */
  readonly localNetworks: AddressSet;
  /** Addresses of the site's DNS resolvers and NTP servers (`urn:ietf:params:mud:dns`, `…:ntp`). */
  readonly resolvers: readonly string[];
  readonly ntpServers: readonly string[];
  readonly now: Instant;
}

export interface InventoryDevice {
  /** `PTL-D-7F3K`. */
  readonly id: string;
  readonly addresses: readonly string[];
  readonly macs: readonly string[];
  readonly mudUrl?: string;
}

export interface ResolvedName {
  readonly addresses: readonly string[];
  readonly at: Instant;
}
