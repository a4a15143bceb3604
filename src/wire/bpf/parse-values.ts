import { parseAddress, parseIpv6, parseMac } from '../../base/address.ts';
import type { HostProtocol, PortProtocol, Primitive, Way } from './expression.ts';
import { ETHER_TYPES, IP_PROTOCOLS } from './expression.ts';
import { numberOf } from './parse-arithmetic.ts';
import type { TokenCursor } from './token-cursor.ts';
import type { Token } from './tokens.ts';

export type ValueType = 'host' | 'net' | 'port' | 'portrange' | 'proto';

/** What stands before a value, and is carried over to the next one: `tcp dst port 80 or 443`. */
export interface Qualifiers {
  readonly protocol: string | undefined;
  readonly way: Way | undefined;
  readonly type: ValueType | undefined;
}

/** Port of a service name, as /etc/services has it. */
export type ServiceOf = (name: string) => number | undefined;

const ALL_32 = 0xffff_ffffn;
const ALL_128 = (1n << 128n) - 1n;

/** Whether a value can stand here (an address, a number, a name), and no word of the language. */
export function isValue({ kind, text, escaped }: Token, words: ReadonlySet<string>): boolean {
  if (kind !== 'word' || (!escaped && words.has(text))) return false;
  return escaped || /^\d/.test(text) || text.includes(':');
}

export function parseValue(
  cursor: TokenCursor,
  qualifiers: Qualifiers,
  serviceOf: ServiceOf,
): Primitive {
  switch (qualifiers.type ?? 'host') {
    case 'host':
      return parseHost(cursor, qualifiers);
    case 'net':
      return parseNet(cursor, qualifiers);
    case 'port':
      return parsePort(cursor, qualifiers, serviceOf);
    case 'portrange':
      return parsePortRange(cursor, qualifiers, serviceOf);
    case 'proto':
      return parseProtocol(cursor, qualifiers);
  }
}

function parseHost(cursor: TokenCursor, { protocol, way = 'either' }: Qualifiers): Primitive {
  const token = cursor.next();
  if (protocol === 'ether') return { kind: 'mac', way, mac: macOf(cursor, token) };
  const address = token.kind === 'word' ? parseAddress(token.text) : undefined;
  if (address === undefined) {
    const why = `"${token.text}" is not an IP address`;
    throw cursor.error(why, 'Names are not looked up: write the address', token);
  }
  const { family, value } = address;
  const mask = family === 4 ? ALL_32 : ALL_128;
  return {
    kind: 'host',
    over: overHost(cursor, protocol, family, token),
    way,
    family,
    value,
    mask,
  };
}

function macOf(cursor: TokenCursor, token: Token): bigint {
  const mac = parseMac(token.text);
  if (mac !== undefined) return BigInt(`0x${mac.replaceAll(':', '')}`);
  throw cursor.error(
    `"${token.text}" is not a MAC address`,
    'Write it as 00:11:22:33:44:55',
    token,
  );
}

function overHost(
  cursor: TokenCursor,
  protocol: string | undefined,
  family: 4 | 6,
  token: Token,
): HostProtocol {
  if (protocol === undefined) return 'any';
  const carriesHosts: readonly HostProtocol[] = family === 4 ? ['ip', 'arp', 'rarp'] : ['ip6'];
  const over = carriesHosts.find((one) => one === protocol);
  if (over !== undefined) return over;
  const why = `"${protocol}" carries no IPv${family} address`;
  throw cursor.error(why, `Write: ${protocol} and host ${token.text}`, token);
}

/** `10`, `192.168.1` are networks by whole octets; `/24` and `mask` say otherwise. */
function parseNet(cursor: TokenCursor, { protocol, way = 'either' }: Qualifiers): Primitive {
  const token = cursor.next();
  const six = parseIpv6(token.text);
  const value = six?.value ?? dotted(token.text);
  if (value === undefined) {
    throw cursor.error(`"${token.text}" is not a network`, 'Write it as 192.168.1.0/24', token);
  }
  const family = six === undefined ? 4 : 6;
  const octets = token.text.split('.').length;
  const mask = maskOf(cursor, family, family === 4 ? octets * 8 : 128);
  const whole = family === 4 ? value << BigInt(32 - octets * 8) : value;
  if ((whole & ~mask) !== 0n) {
    throw cursor.error('the address has bits outside its mask', 'Set its last bits to 0', token);
  }
  const over = overHost(cursor, protocol, family, token);
  return { kind: 'host', over, way, family, value: whole, mask };
}

function dotted(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length > 4 || !octets.every((one) => /^\d{1,3}$/.test(one) && Number(one) < 256)) {
    return undefined;
  }
  return octets.reduce((sum, one) => sum * 256n + BigInt(one), 0n);
}

function maskOf(cursor: TokenCursor, family: 4 | 6, usual: number): bigint {
  const width = family === 4 ? 32 : 128;
  if (family === 4 && cursor.accept('mask') !== undefined) {
    const token = cursor.next();
    const mask = dotted(token.text);
    if (mask !== undefined && token.text.split('.').length === 4) return mask;
    throw cursor.error(`"${token.text}" is not a mask`, 'Write it as 255.255.255.0', token);
  }
  if (cursor.accept('/') === undefined) return prefixMask(width, usual);
  const token = cursor.next();
  const bits = /^\d{1,3}$/.test(token.text) ? Number(token.text) : width + 1;
  if (bits <= width) return prefixMask(width, bits);
  const why = `"${token.text}" is not a prefix of IPv${family}`;
  throw cursor.error(why, `It is a number from 0 to ${width}`, token);
}

function prefixMask(width: number, bits: number): bigint {
  const all = (1n << BigInt(width)) - 1n;
  return all ^ ((1n << BigInt(width - bits)) - 1n);
}

function parsePort(
  cursor: TokenCursor,
  { protocol, way = 'either' }: Qualifiers,
  serviceOf: ServiceOf,
): Primitive {
  const token = cursor.next();
  const port = portOf(cursor, token, token.text, serviceOf);
  return { kind: 'port', over: overPort(cursor, protocol, token), way, from: port, to: port };
}

function parsePortRange(
  cursor: TokenCursor,
  { protocol, way = 'either' }: Qualifiers,
  serviceOf: ServiceOf,
): Primitive {
  const token = cursor.next();
  const [first = '', last = first] = token.text.split('-');
  const ends = [first, last].map((text) => portOf(cursor, token, text, serviceOf));
  const over = overPort(cursor, protocol, token);
  return { kind: 'port', over, way, from: Math.min(...ends), to: Math.max(...ends) };
}

function portOf(cursor: TokenCursor, token: Token, text: string, serviceOf: ServiceOf): number {
  if (/^\d{1,9}$/.test(text)) {
    if (Number(text) <= 0xffff) return Number(text);
    throw cursor.error(`there is no port ${text}`, 'Ports go from 0 to 65535', token);
  }
  const port = token.kind === 'word' ? serviceOf(text) : undefined;
  if (port !== undefined) return port;
  const why = token.kind === 'end' ? 'a port is missing' : `"${token.text}" is not a port`;
  throw cursor.error(why, 'Write its number', token);
}

function overPort(cursor: TokenCursor, protocol: string | undefined, token: Token): PortProtocol {
  switch (protocol) {
    case undefined:
      return 'any';
    case 'tcp':
    case 'udp':
    case 'sctp':
      return protocol;
    default:
      throw cursor.error(`"${protocol}" has no ports`, 'tcp, udp and sctp have', token);
  }
}

function parseProtocol(cursor: TokenCursor, { protocol }: Qualifiers): Primitive {
  const token = cursor.next();
  const names = protocol === 'ether' ? ETHER_TYPES : IP_PROTOCOLS;
  const number = names[token.text] ?? numberOf(token.text);
  if (number === undefined) {
    throw cursor.error(`"${token.text}" is no protocol that is known`, 'Write its number', token);
  }
  if (protocol === 'ether') {
    // Up to 1500 the field is a length (IEEE 802.3 §3.2.6), and the number one of LLC's.
    if (number > 1500 && number <= 0xffff) return { kind: 'ether-type', type: number };
    throw cursor.error(`${number} is no EtherType`, 'EtherTypes go from 0x600 to 0xffff', token);
  }
  if (number > 255) throw cursor.error(`${number} is no IP protocol`, 'They end at 255', token);
  if (protocol === undefined || protocol === 'ip' || protocol === 'ip6') {
    return { kind: 'ip-protocol', over: protocol ?? 'any', number };
  }
  throw cursor.error(`"${protocol}" has no "proto"`, 'ether, ip and ip6 have', token);
}
