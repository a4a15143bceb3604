import { formatAddress, parseAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { networksOf } from '../../base/address-set.ts';
import { md5 } from '../../base/hash.ts';
import type { PortSet } from '../../base/port-set.ts';
import { only } from '../target.ts';

const UTF8 = new TextEncoder();
const ID = /^[a-z][a-z0-9_-]{0,39}$/;
const ADDRESS = /^[0-9a-f.:]{2,45}$/;
/** IFNAMSIZ of FreeBSD and OpenBSD, less the end of the string. */
export const INTERFACE = /^[A-Za-z][A-Za-z0-9_.]{0,14}$/;

export function interfaceName(text: string): string {
  return only(INTERFACE, text);
}

export function id(text: string): string {
  return only(ID, text);
}

export function plainAddress(text: string): string {
  const address = parseAddress(text);
  return only(ADDRESS, address === undefined ? text : formatAddress(address));
}

/** `{ a b }` where there is more than one. */
export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `{ ${words.join(' ')} }`;
}

export function portText(ports: PortSet): string {
  return oneOf(ports.map(({ from, to }) => (from === to ? `${from}` : `${from}:${to}`)));
}

/** Tables of addresses, shared by the rules that ask the same. */
export class Tables {
  readonly #texts = new Map<string, string>();

  addresses(set: AddressSet): string {
    const networks = set.flatMap(networksOf);
    const [single, ...more] = networks;
    if (single !== undefined && more.length === 0) return single;
    const name = `ptl_${digest(networks.join())}`;
    this.#texts.set(name, `table <${name}> const { ${networks.join(' ')} }`);
    return `<${name}>`;
  }

  texts(): readonly string[] {
    return [...this.#texts.values()];
  }
}

function digest(text: string): string {
  const bytes = md5(UTF8.encode(text)).subarray(0, 6);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
