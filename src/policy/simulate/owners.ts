import type { Address, AddressRange } from '../../base/address.ts';
import { parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, differenceOf, hasAddress, unionOf } from '../../base/address-set.ts';
import type { BoundDevice, BoundPolicy } from '../../model/bound-policy.ts';

/**
 * What a host may say before it has an address, or of its own link: not tied to a device by its MAC.
 * RFC 6890 §2.2.2 (0.0.0.0), RFC 4291 §2.5.2 and §2.5.6 (::, fe80::/10).
 */
export const UNTIED: AddressSet = addressSet(
  ['0.0.0.0', '::', 'fe80::/10'].flatMap((text) => parseNetwork(text) ?? []),
);

/** Whose an address or a MAC is: single addresses before ranges, the first device where two claim it. */
export class Owners {
  readonly #byAddress = new Map<string, BoundDevice>();
  readonly #byMac = new Map<string, BoundDevice>();
  /** Devices with ranges instead of single addresses. */
  readonly #wide: readonly BoundDevice[];

  constructor({ devices }: Pick<BoundPolicy, 'devices'>) {
    this.#wide = devices.filter(({ addresses }) => !addresses.every(isSingle));
    for (const device of devices) {
      for (const range of device.addresses.filter(isSingle)) {
        first(this.#byAddress, `${range.family}/${range.from}`, device);
      }
      for (const mac of device.macs) first(this.#byMac, mac, device);
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
}

function first<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}

function isSingle({ from, to }: AddressRange): boolean {
  return from === to;
}

/** The addresses of each device that are its alone, as `Owners` gives them out. */
export function ownAddresses(devices: readonly BoundDevice[]): readonly AddressSet[] {
  const taken = new Set<string>();
  const singles = devices.map(({ addresses }) =>
    addresses.filter((range) => {
      const key = `${range.family}/${range.from}`;
      if (!isSingle(range) || taken.has(key)) return false;
      taken.add(key);
      return true;
    }),
  );
  let before: AddressSet | undefined;
  return devices.map(({ addresses }, place) => {
    const own = singles[place] ?? [];
    const ranges = addresses.filter((range) => !isSingle(range));
    if (ranges.length === 0) return own;
    before ??= addressSet(singles.flat());
    const rest = differenceOf(ranges, before);
    before = unionOf(before, ranges);
    return unionOf(own, rest);
  });
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
