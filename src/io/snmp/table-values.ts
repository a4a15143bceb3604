import { formatAddress, parseAddress, parseMac } from '../../base/address.ts';
import { reveal, untrusted } from '../../base/untrusted.ts';
import type { Fact } from '../../model/evidence.ts';
import type { ColumnName, RouterTables } from './router-tables.ts';
import type { Column, Value } from './walk.ts';

/** The tables of one router with what is looked up in them again and again. */
export class TableView {
  readonly #tables: RouterTables;
  /** What the router calls itself, or its address. */
  readonly name: string;
  readonly #interfaces: ReadonlyMap<number, string>;

  constructor(tables: RouterTables, address: string) {
    this.#tables = tables;
    this.name = textOf(tables.system.name) || address;
    const named = this.rows('ifName').length > 0 ? 'ifName' : 'ifDescr';
    this.#interfaces = new Map(
      this.rows(named).map(({ index, value }) => [index[0] ?? 0, textOf(value)]),
    );
  }

  rows(name: ColumnName): Column['rows'] {
    return this.#tables.columns.get(name)?.rows ?? [];
  }

  /** Index in dotted form → value; of several columns, where one is the substitute of the other. */
  byIndex(...names: readonly ColumnName[]): ReadonlyMap<string, Value> {
    const rows = names.flatMap((name) => this.rows(name));
    return new Map(rows.map(({ index, value }) => [index.join('.'), value]));
  }

  interfaceName(number: Value | undefined): string | undefined {
    return typeof number === 'number' ? this.#interfaces.get(number) : undefined;
  }
}

/** InetAddressType, length, octets (RFC 4001); with a zone (ipv4z, ipv6z) its four octets are dropped. */
export function inetAddress(index: readonly number[]): string | undefined {
  const [type, length = 0, ...octets] = index;
  if (octets.length !== length) return undefined;
  if (type === 1 || type === 3) return dotted(octets.slice(0, 4));
  return type === 2 || type === 4 ? colons(octets.slice(0, 16)) : undefined;
}

export function dotted(octets: readonly number[]): string | undefined {
  const address = octets.length === 4 ? parseAddress(octets.join('.')) : undefined;
  return address === undefined ? undefined : formatAddress(address);
}

function colons(octets: readonly number[]): string | undefined {
  if (octets.length !== 16 || octets.some((octet) => octet > 255)) return undefined;
  const address = parseAddress(hexOf(octets).replaceAll(/(.{4})(?!$)/g, '$1:'));
  return address === undefined ? undefined : formatAddress(address);
}

/** Link-local addresses mean something only on their link, loopback ones only inside the router. */
export function isLocal(address: string): boolean {
  return /^fe[89ab]/.test(address) || address === '::1' || /^(?:127|0)\./.test(address);
}

export function macOf(value: Value | undefined): string | undefined {
  return value instanceof Uint8Array ? macFrom([...value.subarray(0, 7)]) : undefined;
}

/** A card's own: no group address (IEEE 802 §8.2), not all zeros. */
export function macFrom(octets: readonly number[]): string | undefined {
  if (octets.length !== 6 || octets.some((octet) => octet > 255)) return undefined;
  if (((octets[0] ?? 1) & 1) === 1 || octets.every((octet) => octet === 0)) return undefined;
  return parseMac(hexOf(octets));
}

function hexOf(octets: readonly number[]): string {
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

const UTF8 = new TextDecoder();
/** Characters of one name; RFC 3418 has 255 at most. */
const TEXT = 255;

export function textOf(value: Value | undefined): string {
  if (value === undefined) return '';
  const text =
    value instanceof Uint8Array ? UTF8.decode(value.subarray(0, 4 * TEXT)) : String(value);
  const end = text.indexOf('\0');
  return reveal(untrusted(end === -1 ? text : text.slice(0, end), TEXT));
}

export function attributes(name: 'name' | 'vendor' | 'attachment', text: string): readonly Fact[] {
  return text === '' ? [] : [{ kind: 'attribute', name, value: untrusted(text) }];
}

export function details(name: string, text: string): readonly Fact[] {
  return text === '' ? [] : [{ kind: 'detail', name, value: untrusted(text) }];
}
