import type { Address, AddressRange } from '../../base/address.ts';
import { contains, formatAddress, parseNetwork, sizeOf } from '../../base/address.ts';
import type { Link } from './interfaces.ts';
import { isLinkLocal, ownAddress } from './interfaces.ts';

/** How an address is best asked whether anybody is there. */
export type Way = 'on-link' | 'routed' | 'loopback' | 'own';

export interface Target {
  /** As in `Subject`: link-local with its zone. */
  readonly address: string;
  readonly way: Way;
}

/** Larger IPv6 ranges are not swept: a /64 at 250 packets/s would take two billion years. */
const IPV6_SWEEP = 1024n;

const LOOPBACK4: AddressRange = parseNetwork('127.0.0.0/8') ?? { family: 4, from: 1n, to: 0n };

/** Every address of the ranges once, in ascending order; IPv6 ranges only where they are small. */
export function* targetsOf(
  ranges: readonly AddressRange[],
  links: readonly Link[],
): Generator<Target> {
  for (const range of merge(ranges).filter(isSwept)) {
    for (let value = range.from; value <= range.to; value += 1n) {
      yield* waysTo({ family: range.family, value }, links);
    }
  }
}

/** How many `targetsOf` yields at most. */
export function countTargets(ranges: readonly AddressRange[]): number {
  return merge(ranges)
    .filter(isSwept)
    .reduce((sum, range) => sum + Number(sizeOf(range)), 0);
}

export function isSwept(range: AddressRange): boolean {
  return range.family === 4 || sizeOf(range) <= IPV6_SWEEP;
}

/** Sorted, without overlap. */
export function merge(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const sorted = [...ranges].sort((a, b) => a.family - b.family || compare(a.from, b.from));
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last === undefined || last.family !== range.family || range.from > last.to + 1n) {
      merged.push(range);
    } else if (range.to > last.to) {
      merged[merged.length - 1] = { ...last, to: range.to };
    }
  }
  return merged;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function waysTo(address: Address, links: readonly Link[]): readonly Target[] {
  const text = formatAddress(address);
  const own = links.find((link) => link.address === text && !link.loopback);
  if (own !== undefined) return [{ address: ownAddress(own), way: 'own' }];
  if (contains(LOOPBACK4, address) || text === '::1') return [{ address: text, way: 'loopback' }];

  const near = links.filter((link) => link.resolves && contains(link.network, address));
  if (near.length === 0) return [{ address: text, way: 'routed' }];
  // The same link-local address may be somebody else on each link.
  return near
    .filter((link, index) => isLinkLocal(link) || index === 0)
    .filter((link) => !isEdge(link, address))
    .map((link) => ({
      address: isLinkLocal(link) ? `${text}%${link.name}` : text,
      way: 'on-link',
    }));
}

/** The network's own address and its broadcast address are nobody's. */
function isEdge(link: Link, { value }: Address): boolean {
  if (link.family !== 4 || link.prefix > 30) return false;
  return value === link.network.from || value === link.network.to;
}
