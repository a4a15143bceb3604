import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';
import type { Part } from './bytes.ts';
import { join } from './bytes.ts';

/** An element in BER (X.690) with a one-octet identifier and a definite length. */
export interface Element {
  /** Class, constructed bit and number as they stand in the identifier octet. */
  readonly tag: number;
  readonly value: Uint8Array;
}

export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const OBJECT_IDENTIFIER = 0x06;
export const ENUMERATED = 0x0a;
export const SEQUENCE = 0x30;

/** Elements of one constructed value that are read: no message of ours has more that matter. */
const CHILDREN_CAP = 256;

/** The element at the start of a stream; lengths beyond `cap` bytes are refused, not awaited. */
export function parseElement(bytes: Uint8Array, cap = 65_536): Parsed<Element> {
  const reader = new Reader(bytes);
  const tag = reader.u8();
  const length = readLength(reader);
  if (length === undefined || length > cap) return bad('no such length');
  const value = reader.take(length);
  if (reader.failed) return MORE;
  return { kind: 'ok', value: { tag, value }, size: reader.offset };
}

/** X.690 §8.1.3; undefined for the indefinite form, which SNMP and LDAP forbid. */
function readLength(reader: Reader): number | undefined {
  const first = reader.u8();
  if (first < 0x80) return first;
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4) return undefined;
  let length = 0;
  for (let index = 0; index < octets; index += 1) length = length * 256 + reader.u8();
  return length;
}

/** The elements inside a constructed one, or undefined where they do not fill it exactly. */
export function childrenOf(value: Uint8Array): readonly Element[] | undefined {
  const children: Element[] = [];
  let rest = value;
  while (rest.length > 0 && children.length < CHILDREN_CAP) {
    const child = parseElement(rest);
    if (child.kind !== 'ok') return undefined;
    children.push(child.value);
    rest = rest.subarray(child.size);
  }
  return children;
}

/** An INTEGER of at most six octets (more cannot be exact), negative where its first bit says so. */
export function integerOf(item: Element | undefined): number | undefined {
  if (item === undefined || (item.tag !== INTEGER && item.tag !== ENUMERATED)) return undefined;
  const { value } = item;
  if (value.length === 0 || value.length > 6) return undefined;
  const unsigned = value.reduce((sum, octet) => sum * 256 + octet, 0);
  return (value[0] ?? 0) < 0x80 ? unsigned : unsigned - 256 ** value.length;
}

/** X.690 §8.19, at most 64 arcs, in dotted form. */
export function oidOf(value: Uint8Array): string | undefined {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of value.subarray(0, 256)) {
    arc = arc * 128 + (octet & 0x7f);
    if (arc > 0xffffffff || arcs.length > 64) return undefined;
    if ((octet & 0x80) !== 0) continue;
    const root = Math.min(Math.floor(arc / 40), 2);
    if (arcs.length === 0) arcs.push(root, arc - 40 * root);
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

/** An element that we send. */
export function element(tag: number, ...parts: readonly Part[]): Uint8Array {
  const value = join(...parts);
  const { length } = value;
  if (length < 0x80) return join([tag, length], value);
  return join([tag, 0x82, length >> 8, length & 0xff], value);
}

/** A non-negative INTEGER below 2^31 that we send, in its shortest form. */
export function integer(value: number, tag: number = INTEGER): Uint8Array {
  const octets = [value & 0xff];
  for (let rest = value >>> 8; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  if ((octets[0] ?? 0) >= 0x80) octets.unshift(0);
  return element(tag, octets);
}
