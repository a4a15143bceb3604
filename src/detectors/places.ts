import type { AddressRange } from '../base/address.ts';
import {
  contains,
  ipv4Number,
  isPrivate,
  parseAddress,
  parseNetwork,
  single,
} from '../base/address.ts';
import { RecentMap } from '../base/recent-map.ts';
import { LastTwo } from './learned/last-two.ts';

/** Answers that are remembered at least, and networks that routers announce. */
const CAPACITY = 1_024;
const NETWORKS = 64;

/** Multicast and broadcast: everybody on the link (RFC 5771, RFC 919, RFC 4291 §2.7). */
const GROUPS = ['224.0.0.0/4', '255.255.255.255/32', 'ff00::/8', '0.0.0.0/32', '::/128'].flatMap(
  (text) => parseNetwork(text) ?? [],
);

/** Which addresses are of this network, and which are outside. */
export class Places {
  #known = new RecentMap<boolean>(CAPACITY);
  #count = 0;
  readonly #asked = new LastTwo<boolean>();
  readonly #networks: AddressRange[] = [];
  readonly #announced = new Set<string>();

  /** A prefix that a router announces on this link: `2001:db8::/64`. */
  announce(prefix: string): void {
    if (this.#announced.has(prefix) || this.#networks.length === NETWORKS) return;
    const network = parseNetwork(prefix);
    // A router that announces the whole Internet makes nothing local.
    if (network === undefined || Number(prefix.split('/')[1]) < 48) return;
    this.#announced.add(prefix);
    this.#networks.push(network);
    this.#known = new RecentMap(CAPACITY);
    this.#asked.clear();
  }

  /** Of the answers that are remembered. */
  get octets(): number {
    return Math.min(this.#count, 2 * CAPACITY) * 88;
  }

  /** Private, link-local, of an announced prefix, or a group. */
  isLocal(address: string): boolean {
    const asked = this.#asked.get(address);
    if (asked !== undefined) return asked;
    const is = this.#lookUp(address);
    this.#asked.set(address, undefined, is);
    return is;
  }

  #lookUp(address: string): boolean {
    const ipv4 = ipv4Number(address);
    // Sooner worked out than found; routers announce prefixes of IPv6 alone.
    if (ipv4 !== undefined) return isLocalIpv4(ipv4);
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    this.#count += 1;
    const is = this.#isLocal(address);
    this.#known.set(address, is);
    return is;
  }

  #isLocal(text: string): boolean {
    const address = parseAddress(text);
    if (address === undefined) return true;
    const within = (network: AddressRange): boolean => contains(network, address);
    return isPrivate(single(address)) || GROUPS.some(within) || this.#networks.some(within);
  }
}

/** Private or link-local (RFC 1918, RFC 3927), this host, a group, or nobody's yet. */
function isLocalIpv4(address: number): boolean {
  const [top, next] = [address >>> 24, (address >>> 16) & 255];
  if (top === 10 || top === 127) return true;
  if (top === 192) return next === 168;
  if (top === 172) return next >= 16 && next < 32;
  if (top === 169) return next === 254;
  return (top >= 224 && top < 240) || address === 0 || address === 0xffffffff;
}
