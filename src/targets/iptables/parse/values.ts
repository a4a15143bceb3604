import type { AddressRange } from '../../../base/address.ts';
import { parseAddress, parseNetwork } from '../../../base/address.ts';
import type { AddressSet } from '../../../base/address-set.ts';
import { addressSet } from '../../../base/address-set.ts';
import type { PortRange, PortSet } from '../../../base/port-set.ts';
import { portSet } from '../../../base/port-set.ts';
import { PROTOCOLS, SERVICES } from '../../nftables/parse/words.ts';

const MASK = /^(\d+\.\d+\.\d+\.\d+)\/(\d+\.\d+\.\d+\.\d+)$/;

/** `192.0.2.0/24`, `192.0.2.1,192.0.2.9`, `10.0.0.0/255.0.0.0`. */
export function addressesOf(text: string): AddressSet | undefined {
  const ranges = text.split(',').map((each) => parseNetwork(withPrefix(each)));
  return ranges.some((range) => range === undefined)
    ? undefined
    : addressSet(ranges.filter((range) => range !== undefined));
}

/** Only masks that are prefixes are networks. */
function withPrefix(text: string): string {
  const [, address, mask] = MASK.exec(text) ?? [];
  if (mask === undefined) return text;
  const bits = (parseAddress(mask)?.value ?? 0n).toString(2).padStart(32, '0');
  const prefix = bits.indexOf('0') === -1 ? 32 : bits.indexOf('0');
  return bits.slice(prefix).includes('1') ? '' : `${address}/${prefix}`;
}

/** `192.0.2.1-192.0.2.9` */
export function addressRange(text: string): AddressRange | undefined {
  const [first = '', last] = text.split('-');
  const from = parseAddress(first);
  const to = last === undefined ? from : parseAddress(last);
  if (from === undefined || to === undefined || from.family !== to.family) return undefined;
  return from.value > to.value
    ? undefined
    : { family: from.family, from: from.value, to: to.value };
}

/** `80`, `80:90`, `:90`, `https`. */
export function portRange(text: string, separator = ':'): PortRange | undefined {
  const [first = '', last] = text.split(separator);
  const from = first === '' && last !== undefined ? 0 : portOf(first);
  const to = last === undefined ? from : last === '' ? 65_535 : portOf(last);
  return from === undefined || to === undefined || from > to ? undefined : { from, to };
}

export function portsOf(text: string, separator = ':'): PortSet | undefined {
  const ranges = text.split(',').map((each) => portRange(each, separator));
  return ranges.some((range) => range === undefined)
    ? undefined
    : portSet(ranges.filter((range) => range !== undefined));
}

function portOf(text: string): number | undefined {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : SERVICES[text];
  return number !== undefined && number <= 65_535 ? number : undefined;
}

export function complementOfPorts(set: PortSet): PortSet {
  const gaps: PortRange[] = [];
  let next = 0;
  for (const { from, to } of set) {
    if (from > next) gaps.push({ from: next, to: from - 1 });
    next = to + 1;
  }
  return next <= 65_535 ? [...gaps, { from: next, to: 65_535 }] : gaps;
}

/** IANA numbers; an empty list is every protocol. */
export function protocolsOf(text: string): readonly number[] | undefined {
  if (text === 'all' || text === '0') return [];
  const number = /^\d{1,3}$/.test(text) ? Number(text) : PROTOCOLS[text];
  return number !== undefined && number <= 255 ? [number] : undefined;
}

export const OCTETS: readonly number[] = Array.from({ length: 256 }, (_, octet) => octet);

export interface TranslationText {
  readonly addresses: AddressSet;
  readonly ports?: PortSet;
}

/** `192.0.2.1`, `192.0.2.1-192.0.2.9:80-90`, `[2001:db8::1]:80`, `:80`. */
export function translationOf(text: string): TranslationText | undefined {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  const colon = text.split(':').length === 2 ? text.indexOf(':') : text.length;
  const addresses = bracketed?.[1] ?? text.slice(0, colon);
  const port = bracketed === null ? text.slice(colon + 1) : (bracketed[2] ?? '');
  const ports = port === '' ? undefined : portsOf(port.replace(/\/.*$/, ''), '-');
  const range = addresses === '' ? undefined : addressRange(addresses);
  if (addresses !== '' && range === undefined) return undefined;
  return {
    addresses: range === undefined ? [] : [range],
    ...(ports === undefined ? {} : { ports }),
  };
}
