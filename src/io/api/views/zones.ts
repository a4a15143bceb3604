import type { Address } from '../../../base/address.ts';
import {
  contains,
  isPrivate,
  parseAddress,
  parseNetwork,
  single,
  sizeOf,
} from '../../../base/address.ts';
import { RecentMap } from '../../../base/recent-map.ts';
import type { Policy } from '../../../model/policy.ts';

/** Where no zone of a person's making is. */
export const LOCAL = 'local';
export const INTERNET = 'internet';
/** Many at once: multicast and broadcast. */
export const GROUP = 'group';

/** Addresses whose zone is remembered. */
const REMEMBERED = 20_000;

/** RFC 1112, RFC 4291 §2.7, RFC 919. */
const GROUPS = ['224.0.0.0/4', 'ff00::/8', '255.255.255.255'].flatMap(
  (text) => parseNetwork(text) ?? [],
);

interface ZoneNetwork {
  readonly name: string;
  readonly range: NonNullable<ReturnType<typeof parseNetwork>>;
}

/** Zones by address: of the policy where it has any, else of the configuration. */
export class Zones {
  readonly #networks: readonly ZoneNetwork[];
  readonly #outside: string;
  readonly #known = new RecentMap<string>(REMEMBERED);

  constructor(
    policy: Pick<Policy, 'zones'> | undefined,
    configured: Readonly<Record<string, readonly string[]>>,
  ) {
    const own = Object.entries(policy?.zones ?? {});
    const all: readonly (readonly [string, readonly string[]])[] =
      own.length > 0
        ? own.map(([name, zone]) => [name, zone.networks] as const)
        : Object.entries(configured);
    // The smallest network that has it is the zone of an address.
    this.#networks = all
      .flatMap(([name, networks]) =>
        networks.flatMap((text) => {
          const range = parseNetwork(text);
          return range === undefined ? [] : [{ name, range }];
        }),
      )
      .sort((a, b) => (sizeOf(a.range) < sizeOf(b.range) ? -1 : 1));
    this.#outside = own.find(([, zone]) => zone.internet)?.[0] ?? INTERNET;
  }

  /** Name of the way out. */
  get outside(): string {
    return this.#outside;
  }

  /** Of a MAC address, as a device without an IP address has it: local. */
  of(address: string): string {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const parsed = parseAddress(address);
    const zone = parsed === undefined ? LOCAL : this.#find(parsed);
    this.#known.set(address, zone);
    return zone;
  }

  #find(address: Address): string {
    const named = this.#networks.find(({ range }) => contains(range, address));
    if (named !== undefined) return named.name;
    if (GROUPS.some((range) => contains(range, address))) return GROUP;
    return isPrivate(single(address)) ? LOCAL : this.#outside;
  }
}
