import type { AddressSet } from '../../base/address-set.ts';
import { networksOf } from '../../base/address-set.ts';
import { md5 } from '../../base/hash.ts';
import type { BoundName } from '../../model/bound-policy.ts';
import { only } from '../target.ts';
import type { Family } from './words.ts';
import { addLine, id, interfaceName, networkText, rangeText } from './words.ts';

const UTF8 = new TextEncoder();
const DNS_NAME = /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62}){0,126}$/;

/** Lists of addresses and of interfaces, shared by the rules that ask the same. */
export class Lists {
  readonly #addresses = { 4: new Map<string, AddressSet>(), 6: new Map<string, AddressSet>() };
  readonly #interfaces = new Map<string, readonly string[]>();

  /** `src-address=192.0.2.0/24`, or `src-address-list=ptl-a-…` where it takes more than one. */
  addresses(end: 'src' | 'dst', set: AddressSet, family: Family, not = ''): [string, string] {
    const single = networkText(set);
    if (single !== undefined) return [`${end}-address`, `${not}${single}`];
    const name = `ptl-a-${digest(set.map(rangeText).join())}`;
    return [`${end}-address-list`, `${not}${this.named(name, set, family)}`];
  }

  named(name: string, set: AddressSet, family: Family): string {
    this.#addresses[family].set(name, set);
    return name;
  }

  interfaces(end: 'in' | 'out', names: readonly string[], not = ''): [string, string] {
    const [single, ...more] = names;
    if (single !== undefined && more.length === 0) {
      return [`${end}-interface`, `${not}${interfaceName(single)}`];
    }
    const list = `ptl-i-${digest(names.join())}`;
    this.#interfaces.set(list, names);
    return [`${end}-interface-list`, `${not}${list}`];
  }

  interfaceLines(): readonly string[] {
    const lists = [...this.#interfaces.keys()].map((name) => addLine({ name }, 'list'));
    const members = [...this.#interfaces].flatMap(([list, names]) =>
      names.map((name) => addLine({ list, interface: interfaceName(name) }, 'list')),
    );
    if (lists.length === 0) return [];
    return ['/interface list', ...lists, '/interface list member', ...members];
  }

  addressLines(family: Family, names: readonly BoundName[]): readonly string[] {
    const own = [...this.#addresses[family]].flatMap(([list, set]) =>
      set.flatMap(networksOf).map((address) => addLine({ list, address }, 'list')),
    );
    const named = names.flatMap((name) => nameLines(name, family));
    if (own.length + named.length === 0) return [];
    return [`${family === 4 ? '/ip' : '/ipv6'} firewall address-list`, ...own, ...named];
  }
}

/**
 * RouterOS resolves the name itself and keeps the list as long as its answers live. What it stood for
 * when this was written is said in the comment only: an address that is no longer the name's stays out.
 */
function nameLines(
  { id: name, patterns, addresses }: BoundName,
  family: Family,
): readonly string[] {
  const known = addresses.filter((range) => range.family === family).map(rangeText);
  return patterns.map((pattern) =>
    addLine({ list: nameList(name), address: only(DNS_NAME, pattern) }, `name ${known.join(',')}`),
  );
}

export function nameList(name: string): string {
  return `ptl-n-${id(name)}`;
}

function digest(text: string): string {
  const bytes = md5(UTF8.encode(text)).subarray(0, 6);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
