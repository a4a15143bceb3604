import type { AddressRange } from '../../base/address.ts';
import { parseMac, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, complementOf, EVERY_ADDRESS, intersectionOf } from '../../base/address-set.ts';
import type { PortSet } from '../../base/port-set.ts';
import { parsePorts } from '../../base/port-set.ts';
import type { ConnectionState, FilterBox } from '../../model/filter-program.ts';
import { PROTOCOLS } from '../nftables/parse/words.ts';
import type { Family } from './words.ts';

/** What an export says of lists: undefined where a list is not in it, or what it holds is not known. */
export interface KnownLists {
  addresses(name: string, family: Family): AddressSet | undefined;
  interfaces(name: string): readonly string[] | undefined;
}

/** What says nothing about which packets are meant, or is read with the action. */
const SILENT = ['chain', 'action', 'comment', 'disabled', 'log', 'log-prefix', 'jump-target']
  .concat(['place-before', 'reject-with', 'to-addresses', 'to-address', 'to-ports'])
  .concat([
    'address-list',
    'address-list-timeout',
    'hw-offload',
    'same-not-by-dst',
    'randomise-ports',
  ]);
const STATES: readonly ConnectionState[] = [
  'new',
  'established',
  'related',
  'invalid',
  'untracked',
];
const ALIASES: Readonly<Record<string, number>> = {
  'ipsec-esp': 50,
  'ipsec-ah': 51,
  'udp-lite': 136,
};

interface Condition {
  readonly value: string;
  readonly not: boolean;
  readonly family: Family;
  readonly lists: KnownLists;
}

type Read = (condition: Condition) => FilterBox | undefined;

/** Each gives what it asks, or undefined where we cannot tell. */
const READERS: Readonly<Record<string, Read>> = {
  'src-address': (c) => addresses('sources', addressesOf(c.value), c),
  'dst-address': (c) => addresses('destinations', addressesOf(c.value), c),
  'src-address-list': (c) => addresses('sources', c.lists.addresses(c.value, c.family), c),
  'dst-address-list': (c) => addresses('destinations', c.lists.addresses(c.value, c.family), c),
  'in-interface': (c) => interfaces('in', [c.value], c.not),
  'out-interface': (c) => interfaces('out', [c.value], c.not),
  'in-interface-list': (c) => interfaces('in', c.lists.interfaces(c.value), c.not),
  'out-interface-list': (c) => interfaces('out', c.lists.interfaces(c.value), c.not),
  'src-mac-address': ({ value, not }) => {
    const mac = parseMac(value);
    if (mac === undefined) return undefined;
    return not ? { notSourceMacs: [mac] } : { sourceMacs: [mac] };
  },
  protocol: ({ value, not }) => {
    const number =
      PROTOCOLS[value] ?? ALIASES[value] ?? (/^\d{1,3}$/.test(value) ? Number(value) : 256);
    if (number > 255) return undefined;
    return { protocols: not ? OCTETS.filter((each) => each !== number) : [number] };
  },
  'src-port': ({ value, not }) => ports('sourcePorts', value, not),
  'dst-port': ({ value, not }) => ports('destinationPorts', value, not),
  'icmp-options': ({ value, not }) => {
    const [, type, low = '0', high = low] =
      /^(\d{1,3})(?::(\d{1,3})(?:-(\d{1,3}))?)?$/.exec(value) ?? [];
    // A code narrows the type in a way that is not followed.
    if (type === undefined || not || (value.includes(':') && (low !== '0' || high !== '255')))
      return undefined;
    return { types: [Number(type)] };
  },
  'connection-state': ({ value, not }) => {
    const asked = value.split(',');
    return { states: STATES.filter((each) => asked.includes(each) !== not) };
  },
  'connection-nat-state': ({ value, not }) =>
    value === 'dstnat' ? { translated: !not } : undefined,
  'dst-address-type': ({ value, not }) => (value === 'local' ? { local: !not } : undefined),
};

const OCTETS = Array.from({ length: 256 }, (_, number) => number);

/** Boxes of one rule; `port` may be at either end. */
export function boxesOf(
  words: ReadonlyMap<string, string>,
  family: Family,
  lists: KnownLists,
): readonly FilterBox[] {
  let box: FilterBox = { sources: EVERY_ADDRESS.filter((range) => range.family === family) };
  const doubts: string[] = [];
  for (const [key, text] of words) {
    if (SILENT.includes(key) || key === 'port') continue;
    const condition = { value: text.replace(/^!/, ''), not: text.startsWith('!'), family, lists };
    const asked = READERS[key]?.(condition);
    if (asked === undefined) doubts.push(`${key}=${text.slice(0, 60)}`);
    else box = joined(box, asked);
  }
  const either = words.get('port');
  const both = either === undefined ? [box] : eitherPort(box, either, doubts);
  return doubts.length === 0 ? both : both.map((each) => ({ ...each, opaque: doubts.join(' ') }));
}

function eitherPort(box: FilterBox, text: string, doubts: string[]): readonly FilterBox[] {
  const set = portsOf(text);
  if (set === undefined) {
    doubts.push(`port=${text.slice(0, 60)}`);
    return [box];
  }
  return [joined(box, { sourcePorts: set }), joined(box, { destinationPorts: set })];
}

/** Two conditions on one thing: an address and a list. */
function joined(a: FilterBox, b: FilterBox): FilterBox {
  const sources = a.sources && b.sources ? intersectionOf(a.sources, b.sources) : undefined;
  const destinations =
    a.destinations && b.destinations ? intersectionOf(a.destinations, b.destinations) : undefined;
  return { ...a, ...b, ...(sources && { sources }), ...(destinations && { destinations }) };
}

function addresses(
  key: 'sources' | 'destinations',
  set: AddressSet | undefined,
  { not, family }: Condition,
): FilterBox | undefined {
  if (set === undefined) return undefined;
  const all = not ? complementOf(set) : set;
  return { [key]: all.filter((range) => range.family === family) };
}

/** A network, an address, or `a-b`. */
export function addressesOf(text: string): AddressSet | undefined {
  const [first = '', last, ...more] = text.split('-');
  const [a, b] = [parseNetwork(first), parseNetwork(last ?? first)];
  if (a === undefined || b === undefined || a.family !== b.family || more.length > 0)
    return undefined;
  const range: AddressRange = { family: a.family, from: a.from, to: b.to };
  return range.to < range.from ? undefined : addressSet([range]);
}

function interfaces(
  end: 'in' | 'out',
  names: readonly string[] | undefined,
  not: boolean,
): FilterBox | undefined {
  if (names === undefined) return undefined;
  if (end === 'in') return not ? { notInputs: names } : { inputs: names };
  return not ? { notOutputs: names } : { outputs: names };
}

function ports(
  key: 'sourcePorts' | 'destinationPorts',
  text: string,
  not: boolean,
): FilterBox | undefined {
  const set = not ? undefined : portsOf(text);
  return set && { [key]: set };
}

export function portsOf(text: string): PortSet | undefined {
  const set = parsePorts(text);
  return set === undefined || set.length === 0 ? undefined : set;
}
