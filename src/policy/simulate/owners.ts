import type { Address } from '../../base/address.ts';
import { parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, hasAddress } from '../../base/address-set.ts';
import type { BoundDevice, BoundPolicy } from '../../model/bound-policy.ts';

/**
 * What a host may say before it has an address, or of its own link: not tied to a device by its MAC.
 * RFC 6890 §2.2.2 (0.0.0.0), RFC 4291 §2.5.2 and §2.5.6 (::, fe80::/10).
 */
export const UNTIED: AddressSet = addressSet(
  ['0.0.0.0', '::', 'fe80::/10'].flatMap((text) => parseNetwork(text) ?? []),
);

/** Whose an address or a MAC is. */
export class Owners {
  readonly #byAddress = new Map<string, BoundDevice>();
  readonly #byMac = new Map<string, BoundDevice>();
  /** Devices with ranges instead of single addresses. */
  readonly #wide: readonly BoundDevice[];

  constructor({ devices }: Pick<BoundPolicy, 'devices'>) {
    this.#wide = devices.filter(({ addresses }) => addresses.some(({ from, to }) => from !== to));
    for (const device of devices) {
      for (const { family, from, to } of device.addresses) {
        if (from === to) this.#first(this.#byAddress, `${family}/${from}`, device);
      }
      for (const mac of device.macs) this.#first(this.#byMac, mac, device);
    }
  }

  byAddress(address: Address): BoundDevice | undefined {
    const exact = this.#byAddress.get(`${address.family}/${address.value}`);
    return exact ?? this.#wide.find(({ addresses }) => hasAddress(addresses, address));
  }

  /** By its address, else by its MAC: a device does not leave its rules by taking another address. */
  bySource(address: Address, mac: string | undefined): BoundDevice | undefined {
    const owner = this.byAddress(address);
    if (owner !== undefined || mac === undefined || hasAddress(UNTIED, address)) return owner;
    return this.#byMac.get(mac);
  }

  #first(map: Map<string, BoundDevice>, key: string, device: BoundDevice): void {
    if (!map.has(key)) map.set(key, device);
  }
}

/** Somebody else with the address of a device whose MACs are known. */
export function isSpoofed(
  owner: BoundDevice | undefined,
  source: Address,
  mac: string | undefined,
): boolean {
  if (owner === undefined || mac === undefined || owner.macs.length === 0) return false;
  return hasAddress(owner.addresses, source) && !owner.macs.includes(mac);
}
