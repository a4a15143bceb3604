import { only } from '../target.ts';

/** Chains, sets and maps are ours alone: a prefix, then an id of ours. No prefix makes a keyword of it. */
const ID = /^[a-z][a-z0-9_-]{0,39}$/;
/** What the kernel takes for an interface (dev_valid_name), without what would need an escape. */
export const INTERFACE = /^[A-Za-z0-9_.@:-]{1,15}$/;

export const TABLE = 'portolan';
/** Group of NFLOG that our log rules speak to. */
export const LOG_GROUP = 7;

export function id(text: string): string {
  return only(ID, text);
}

export function chainName(prefix: string, text: string): string {
  return `${prefix}_${id(text)}`;
}

export function nameSet(name: string, family: 4 | 6): string {
  return `n_${id(name)}_${family}`;
}

export function interfaceName(text: string): string {
  return `"${only(INTERFACE, text)}"`;
}

/** Hyphens are ours to write in ids; a comment is quoted anyway. */
export function comment(text: string): string {
  return `comment "${id(text)}"`;
}
