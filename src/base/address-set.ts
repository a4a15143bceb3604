import type { Address, AddressRange } from './address.ts';
import { formatAddress } from './address.ts';

/** Sorted, disjoint, non-adjacent ranges: IPv4 before IPv6. */
export type AddressSet = readonly AddressRange[];

const BITS = { 4: 32, 6: 128 } as const;
const LAST = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const;

/** Every address of both families. */
export const EVERY_ADDRESS: AddressSet = [
  { family: 4, from: 0n, to: LAST[4] },
  { family: 6, from: 0n, to: LAST[6] },
];

/** Sorts and joins ranges that touch or overlap. */
export function addressSet(ranges: Iterable<AddressRange>): AddressSet {
  const sorted = [...ranges].sort((a, b) => a.family - b.family || compare(a.from, b.from));
  const joined: AddressRange[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || last.family !== range.family || range.from > last.to + 1n) {
      joined.push(range);
    } else if (range.to > last.to) {
      joined[joined.length - 1] = { ...last, to: range.to };
    }
  }
  return joined;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** By bisection: sets of ten thousand ranges are usual. */
export function hasAddress(set: AddressSet, { family, value }: Address): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = set[middle];
    if (range === undefined) return false;
    if (range.family < family || (range.family === family && range.to < value)) low = middle + 1;
    else if (range.family > family || range.from > value) high = middle - 1;
    else return true;
  }
  return false;
}

export function unionOf(...sets: readonly AddressSet[]): AddressSet {
  return addressSet(sets.flat());
}

export function intersectionOf(a: AddressSet, b: AddressSet): AddressSet {
  return ([4, 6] as const).flatMap((family) =>
    commonOf(
      a.filter((range) => range.family === family),
      b.filter((range) => range.family === family),
    ),
  );
}

/** Of one family. */
function commonOf(a: AddressSet, b: AddressSet): AddressRange[] {
  const common: AddressRange[] = [];
  let [i, j] = [0, 0];
  for (let [x, y] = [a[0], b[0]]; x !== undefined && y !== undefined; [x, y] = [a[i], b[j]]) {
    const from = max(x.from, y.from);
    const to = min(x.to, y.to);
    if (from <= to) common.push({ family: x.family, from, to });
    if (x.to < y.to) i += 1;
    else j += 1;
  }
  return common;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function complementOf(set: AddressSet): AddressSet {
  return EVERY_ADDRESS.flatMap(({ family, to: last }) => {
    const gaps: AddressRange[] = [];
    let next = 0n;
    for (const range of set) {
      if (range.family !== family) continue;
      if (range.from > next) gaps.push({ family, from: next, to: range.from - 1n });
      next = range.to + 1n;
    }
    if (next <= last) gaps.push({ family, from: next, to: last });
    return gaps;
  });
}

/** What is in `a` and not in `b`. */
export function differenceOf(a: AddressSet, b: AddressSet): AddressSet {
  return intersectionOf(a, complementOf(b));
}

export function isEveryAddress(set: AddressSet): boolean {
  return complementOf(set).length === 0;
}

/** The fewest networks in CIDR form that make up a range: at most two times its bits. */
export function networksOf({ family, from, to }: AddressRange): readonly string[] {
  const networks: string[] = [];
  for (let start = from; start <= to; ) {
    let bits = 0;
    while (bits < BITS[family] && fits(start, bits + 1, to)) bits += 1;
    const prefix = BITS[family] - bits;
    const text = formatAddress({ family, value: start });
    networks.push(prefix === BITS[family] ? text : `${text}/${prefix}`);
    start += 1n << BigInt(bits);
  }
  return networks;
}

function fits(start: bigint, bits: number, last: bigint): boolean {
  const size = 1n << BigInt(bits);
  return start % size === 0n && start + size - 1n <= last;
}
