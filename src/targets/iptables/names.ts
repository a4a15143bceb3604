import { md5 } from '../../base/hash.ts';
import { INTERFACE, id } from '../nftables/names.ts';
import { only } from '../target.ts';

/**
 * Chains and sets are ours alone: a prefix, then an id of ours. XT_EXTENSION_MAXNAMELEN leaves a chain
 * 28 characters (linux/netfilter/x_tables.h), IPSET_MAXNAMELEN a set 31 (linux/netfilter/ipset).
 */
const LONGEST_ID = 16;
const UTF8 = new TextEncoder();

export const FORWARD = 'PTL-FORWARD';
export const INPUT = 'PTL-INPUT';
export const PREROUTING = 'PTL-PREROUTING';
export const POSTROUTING = 'PTL-POSTROUTING';
/** Where the second of the two judgements begins. */
export const INGRESS = { forward: 'PTL-I', input: 'PTL-IS' } as const;
export const REJECT = 'PTL-REJECT';

/** The chain of ours that a chain of the kernel leads to. */
export const HOOKED: ReadonlyMap<string, string> = new Map([
  ['FORWARD', FORWARD],
  ['INPUT', INPUT],
  ['PREROUTING', PREROUTING],
  ['POSTROUTING', POSTROUTING],
]);

export function chainName(kind: string, text: string): string {
  return `PTL-${kind}-${short(id(text), LONGEST_ID)}`;
}

export function nameSet(name: string, family: 4 | 6): string {
  return `ptl-n${family}-${short(id(name), 23)}`;
}

export function interfaceName(text: string): string {
  return only(INTERFACE, text);
}

export function comment(text: string): string {
  return `-m comment --comment "${id(text)}"`;
}

/** Itself where there is room for it. */
function short(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 9)}.${digest(text, 4)}`;
}

export function digest(text: string, octets: number): string {
  const bytes = md5(UTF8.encode(text)).subarray(0, octets);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
