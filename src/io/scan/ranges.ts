import type { Address, AddressRange } from '../../base/address.ts';
import { formatAddress, parseAddress, parseNetwork, sizeOf } from '../../base/address.ts';

const BITS = { 4: 32, 6: 128 } as const;

/** `192.0.2.0/24`, `192.0.2.7` or, where no prefix says it, `192.0.2.1-192.0.2.9`. */
export function formatRange(range: AddressRange): string {
  const { family, from, to } = range;
  const first = formatAddress({ family, value: from });
  if (from === to) return first;
  const size = sizeOf(range);
  const isPowerOfTwo = (size & (size - 1n)) === 0n;
  if (!isPowerOfTwo || from % size !== 0n) {
    return `${first}-${formatAddress({ family, value: to })}`;
  }
  return `${first}/${BITS[family] - (size.toString(2).length - 1)}`;
}

/** Reads what `formatRange` wrote; anything else is undefined. */
export function parseRange(text: string): AddressRange | undefined {
  const [first = '', last, ...more] = text.split('-');
  if (last === undefined) return parseNetwork(first);
  const [from, to] = [parseAddress(first), parseAddress(last)];
  if (from === undefined || to === undefined || more.length > 0) return undefined;
  if (from.family !== to.family || from.value > to.value) return undefined;
  return { family: from.family, from: from.value, to: to.value };
}

/** ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffffn;

/** An IPv4 address that is written as IPv6 is sent to as IPv4: it is judged as what it is. */
export function unmapped(address: Address): Address {
  if (address.family === 4 || address.value >> 32n !== MAPPED) return address;
  return { family: 4, value: address.value & 0xffff_ffffn };
}

/** A range that lies inside ::ffff:0:0/96, as IPv4. */
export function unmappedRange(range: AddressRange): AddressRange {
  const from = unmapped({ family: range.family, value: range.from });
  const to = unmapped({ family: range.family, value: range.to });
  if (from.family !== to.family || from.family === range.family) return range;
  return { family: 4, from: from.value, to: to.value };
}
