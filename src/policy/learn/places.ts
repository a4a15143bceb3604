import type { Address, AddressRange } from '../../base/address.ts';
import { contains, formatAddress, parseAddress, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, hasAddress, unionOf } from '../../base/address-set.ts';
import { RecentMap } from '../../base/recent-map.ts';
import type { Endpoint } from '../../model/flow.ts';
import type { LearnContext, LearnDevice } from './proposal.ts';

/** Addresses whose place is remembered; at most twice as many. */
const CAPACITY = 65_536;

/**
 * Who an end of a flow is. `group`: multicast or broadcast. `link`: IPv6 link-local. `nobody`: the
 * unspecified address of one who has none yet.
 */
export type Place =
  | { readonly kind: 'device'; readonly device: LearnDevice }
  | { readonly kind: 'self' | 'group' | 'link' | 'local' | 'public'; readonly address: string }
  | { readonly kind: 'nobody' | 'ambiguous' | 'notIp' };

/** By number: what an address is whoever uses it; a device's own are found by text before. */
type Kind = Exclude<Place['kind'], 'device' | 'ambiguous'>;

const MULTICAST = ranges('224.0.0.0/4', '255.255.255.255', 'ff00::/8');
const LINK = ranges('fe80::/10');
const UNSPECIFIED = ranges('0.0.0.0', '::');

/** Tells devices, the router, local addresses and the world apart. */
export class Places {
  readonly #byAddress = new Map<string, LearnDevice[]>();
  readonly #byMac = new Map<string, LearnDevice>();
  readonly #self: ReadonlySet<string>;
  readonly #local: AddressSet;
  readonly #broadcasts: ReadonlySet<string>;
  readonly #places = new RecentMap<Kind>(CAPACITY);

  constructor({ devices, localNetworks, selfAddresses }: LearnContext) {
    for (const device of devices) {
      for (const mac of device.macs) this.#byMac.set(mac, device);
      for (const address of device.addresses) {
        const key = plain(address);
        if (key.startsWith('fe80:')) continue;
        this.#byAddress.set(key, [...(this.#byAddress.get(key) ?? []), device]);
      }
    }
    this.#self = new Set(selfAddresses);
    this.#local = unionOf(localNetworks, onLink(devices));
    this.#broadcasts = new Set(
      localNetworks
        .filter(({ family, from, to }) => family === 4 && to - from > 1n)
        .map(({ to }) => formatAddress({ family: 4, value: to })),
    );
  }

  of({ address: text, mac }: Endpoint): Place {
    const address = plain(text);
    if (this.#self.has(address)) return { kind: 'self', address };
    const owners = this.#byAddress.get(address);
    if (owners !== undefined) return this.#among(owners, mac);
    const kind = this.#kindOf(address);
    const byMac = mac === undefined ? undefined : this.#byMac.get(mac);
    // A card speaks for itself only on its own link: behind a router all have the router's.
    if (byMac !== undefined && kind === 'nobody') {
      return { kind: 'device', device: byMac };
    }
    return kind === 'nobody' || kind === 'notIp' ? { kind } : { kind, address };
  }

  /** One address, several devices over time: the card tells which, or nothing does. */
  #among(owners: readonly LearnDevice[], mac: string | undefined): Place {
    const [first, ...others] = owners;
    const named = mac === undefined ? undefined : owners.find(({ macs }) => macs.includes(mac));
    const device = others.length === 0 ? first : named;
    return device === undefined ? { kind: 'ambiguous' } : { kind: 'device', device };
  }

  #kindOf(text: string): Kind {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const address = parseAddress(text);
    const kind = address === undefined ? 'notIp' : this.#numbered(text, address);
    this.#places.set(text, kind);
    return kind;
  }

  #numbered(text: string, address: Address): Kind {
    if (hasAddress(UNSPECIFIED, address)) return 'nobody';
    if (hasAddress(MULTICAST, address) || this.#broadcasts.has(text)) return 'group';
    if (hasAddress(LINK, address)) return 'link';
    return hasAddress(this.#local, address) ? 'local' : 'public';
  }
}

/** Without the zone of a link-local address. */
export function plain(address: string): string {
  const at = address.indexOf('%');
  return at < 0 ? address : address.slice(0, at);
}

/** The /64 around each global IPv6 address of a device is its link (RFC 4291 §2.5.4). */
function onLink(devices: readonly LearnDevice[]): AddressSet {
  const links = devices
    .flatMap(({ addresses }) => addresses)
    .filter((address) => address.includes(':'))
    .map((address) => parseNetwork(`${plain(address)}/64`))
    .filter((range) => range !== undefined)
    .filter((range) => !LINK.some((link) => contains(link, { family: 6, value: range.from })));
  return addressSet(links);
}

function ranges(...texts: readonly string[]): AddressSet {
  return addressSet(
    texts.map(parseNetwork).filter((one): one is AddressRange => one !== undefined),
  );
}
