import type { Condition } from './condition.ts';
import { all, any, equals, loadAt, not, test } from './condition.ts';
import type { Expression, Primitive, Way } from './expression.ts';
import { ETHER_TYPES, IP_PROTOCOLS } from './expression.ts';
import { LD_HALF_INDIRECT, LDX_HEADER_LENGTH, statement } from './instruction.ts';
import type { Link } from './link.ts';
import { hasTag } from './link.ts';
import { relationOf } from './lower-relation.ts';
import type { Place } from './place.ts';
import { carries, IP4, IP6, isNoLaterFragment, networkOf } from './place.ts';

type Host = Extract<Primitive, { kind: 'host' }>;
type Port = Extract<Primitive, { kind: 'port' }>;

const ARP = ETHER_TYPES['arp'] ?? 0;
const RARP = ETHER_TYPES['rarp'] ?? 0;
/** Next header: a fragment (RFC 8200 §4.5). */
const FRAGMENT = 44;

/** What a filter asks of a link. The order of the tests is libpcap's: a cut packet fails alike. */
export function lower(expression: Expression, link: Link): Condition {
  switch (expression.op) {
    case 'and':
      return all(lower(expression.left, link), lower(expression.right, link));
    case 'or':
      return any(lower(expression.left, link), lower(expression.right, link));
    case 'not':
      return not(lower(expression.operand, link));
    case 'primitive':
      return lowerPrimitive(expression.primitive, { link, tags: expression.tags });
  }
}

function lowerPrimitive(primitive: Primitive, place: Place): Condition {
  switch (primitive.kind) {
    case 'host':
      return host(primitive, place);
    case 'mac':
      return ways(primitive.way, macAt(6, primitive.mac), macAt(0, primitive.mac));
    case 'port':
      return any(...ports6(primitive, place), ...ports4(primitive, place));
    case 'ether-type':
      return carries(place, primitive.type);
    case 'ip-protocol':
      return ipProtocol(primitive.over, primitive.number, place);
    case 'broadcast':
      return macAt(0, 0xffff_ffff_ffffn);
    case 'multicast':
      return multicast(primitive.over, place);
    case 'vlan':
      return hasTag(place.link, place.tags, primitive.id);
    case 'relation':
      return relationOf(primitive, place);
  }
}

function ways(way: Way, source: Condition, destination: Condition): Condition {
  switch (way) {
    case 'source':
      return source;
    case 'destination':
      return destination;
    case 'either':
      return any(source, destination);
    case 'both':
      return all(source, destination);
  }
}

function macAt(offset: number, mac: bigint): Condition {
  const high = Number(mac >> 32n);
  const low = Number(mac & 0xffff_ffffn);
  return all(equals(4, offset + 2, low), equals(2, offset, high));
}

/** RFC 791, RFC 826: where the addresses of sender and target are. */
const PLACES_OF_IP4 = [
  { over: 'ip', type: IP4, source: 12, destination: 16 },
  { over: 'arp', type: ARP, source: 14, destination: 24 },
  { over: 'rarp', type: RARP, source: 14, destination: 24 },
] as const;

function host({ over, way, family, value, mask }: Host, place: Place): Condition {
  const from = networkOf(place);
  if (family === 6) {
    const at = (offset: number): Condition => masked(16, from + offset, value, mask);
    return all(carries(place, IP6), ways(way, at(8), at(24)));
  }
  const wanted = PLACES_OF_IP4.filter((one) => over === 'any' || one.over === over);
  return any(
    ...wanted.map(({ type, source, destination }) => {
      const at = (offset: number): Condition => masked(4, from + offset, value, mask);
      return all(carries(place, type), ways(way, at(source), at(destination)));
    }),
  );
}

/** Word by word; a word that the mask leaves out is not looked at. */
function masked(octets: 4 | 16, offset: number, value: bigint, mask: bigint): Condition {
  const words = Array.from({ length: octets / 4 }, (_, index) => {
    const shift = BigInt((octets / 4 - 1 - index) * 32);
    const part = (whole: bigint): number => Number((whole >> shift) & 0xffff_ffffn);
    return { at: offset + index * 4, value: part(value), mask: part(mask) };
  });
  const tests = words
    .filter((word) => word.mask !== 0)
    .map((word) =>
      equals(4, word.at, word.value, word.mask === 0xffff_ffff ? undefined : word.mask),
    );
  return tests.length === 0 ? { op: 'constant', value: true } : all(...tests);
}

function ipProtocol(over: 'any' | 'ip' | 'ip6', number: number, place: Place): Condition {
  const from = networkOf(place);
  const four = all(carries(place, IP4), equals(1, from + 9, number));
  const six = all(
    carries(place, IP6),
    any(
      equals(1, from + 6, number),
      all(equals(1, from + 6, FRAGMENT), equals(1, from + 40, number)),
    ),
  );
  if (over === 'any') return any(four, six);
  return over === 'ip' ? four : six;
}

function multicast(over: 'ether' | 'ip' | 'ip6', place: Place): Condition {
  const from = networkOf(place);
  if (over === 'ether') return test([loadAt(1, 0)], 'any-bit', 1);
  if (over === 'ip') return all(carries(place, IP4), test([loadAt(1, from + 16)], 'at-least', 224));
  return all(carries(place, IP6), equals(1, from + 24, 255));
}

const PORT_PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;

function protocolsOf(over: Port['over']): readonly number[] {
  return PORT_PROTOCOLS.filter((one) => over === 'any' || one === over).map(
    (one) => IP_PROTOCOLS[one] ?? 0,
  );
}

/** Of IPv6 without extension headers. */
function ports6({ over, way, from, to }: Port, place: Place): readonly Condition[] {
  const start = networkOf(place);
  const at = (offset: number): Condition => inRange([loadAt(2, start + 40 + offset)], from, to);
  return protocolsOf(over).map((number) =>
    all(carries(place, IP6), equals(1, start + 6, number), ways(way, at(0), at(2))),
  );
}

/** Of IPv4; a fragment but the first has none. */
function ports4({ over, way, from, to }: Port, place: Place): readonly Condition[] {
  const start = networkOf(place);
  const at = (offset: number): Condition =>
    inRange(
      [statement(LDX_HEADER_LENGTH, start), statement(LD_HALF_INDIRECT, start + offset)],
      from,
      to,
    );
  return protocolsOf(over).map((number) =>
    all(
      carries(place, IP4),
      equals(1, start + 9, number),
      isNoLaterFragment(place),
      ways(way, at(0), at(2)),
    ),
  );
}

function inRange(load: Parameters<typeof test>[0], from: number, to: number): Condition {
  if (from === to) return test(load, 'equal', from);
  return all(test(load, 'at-least', from), not(test(load, 'greater', to)));
}

/** Whether a filter asks for Ethernet addresses, and for VLAN tags. */
export function wants(expression: Expression): { readonly macs: boolean; readonly vlan: boolean } {
  if (expression.op === 'not') return wants(expression.operand);
  if (expression.op === 'primitive') {
    const { primitive } = expression;
    const isCast = primitive.kind === 'multicast' && primitive.over === 'ether';
    const macs = primitive.kind === 'mac' || primitive.kind === 'broadcast' || isCast;
    return { macs, vlan: primitive.kind === 'vlan' };
  }
  const [left, right] = [wants(expression.left), wants(expression.right)];
  return { macs: left.macs || right.macs, vlan: left.vlan || right.vlan };
}
