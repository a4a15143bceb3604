import type { AddressRange } from '../../base/address.ts';
import { formatAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { networksOf } from '../../base/address-set.ts';
import { only } from '../target.ts';

const ID = /^[a-z][a-z0-9_-]{0,39}$/;
/** Without what would need quotes in a script; people may name interfaces otherwise. */
export const INTERFACE = /^[A-Za-z0-9_.@:-]{1,64}$/;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Everything of ours has a comment that begins like that: so it is found again, and removed. */
export const OURS = 'ptl:';

export type Family = 4 | 6;

/** The words of one `add`, in the order in which they are written. */
export type Words = Readonly<Record<string, string>>;

export function id(text: string): string {
  return only(ID, text);
}

export function interfaceName(text: string): string {
  return only(INTERFACE, text);
}

/** RouterOS prints MACs in capitals. */
export function macText(text: string): string {
  return only(MAC, text).toUpperCase();
}

export function chainName(kind: string, text: string): string {
  return `ptl-${kind}-${id(text)}`;
}

/** Values are ours (ids, numbers, addresses); a comment is quoted for the sake of its colon. */
export function addLine(words: Words, comment: string): string {
  const text = Object.entries(words).map(([key, value]) => `${key}=${value}`);
  return `add ${[...text, `comment="${OURS}${comment}"`].join(' ')}`;
}

/** A single address or network as it stands in `src-address`; undefined where it takes a list. */
export function networkText(set: AddressSet): string | undefined {
  const [range, ...more] = set;
  if (range === undefined || more.length > 0) return undefined;
  const [network, ...others] = networksOf(range);
  return others.length > 0 ? undefined : network;
}

export function rangeText({ family, from, to }: AddressRange): string {
  const text = formatAddress({ family, value: from });
  return from === to ? text : `${text}-${formatAddress({ family, value: to })}`;
}
