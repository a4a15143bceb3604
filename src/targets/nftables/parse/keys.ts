import { parseAddress, parseMac, parseNetwork } from '../../../base/address.ts';
import type { AddressSet } from '../../../base/address-set.ts';
import {
  addressSet,
  complementOf,
  EVERY_ADDRESS,
  intersectionOf,
} from '../../../base/address-set.ts';
import type { PortSet } from '../../../base/port-set.ts';
import { portSet } from '../../../base/port-set.ts';
import type { ConnectionState, FilterBox } from '../../../model/filter-program.ts';
import { otherPorts } from './boxes.ts';
import {
  ICMP_TYPES,
  ICMPV6_TYPES,
  numberOf,
  PROTOCOLS,
  SERVICES,
  STATE_BITS,
  TRANSLATED_BIT,
} from './words.ts';

/** What one key of a match makes of its values; undefined where it does not know them. */
export type Reading = (values: readonly string[], negated: boolean) => FilterBox | undefined;

const OCTETS = Array.from({ length: 256 }, (_, number) => number);
const STATES: readonly ConnectionState[] = [
  'new',
  'established',
  'related',
  'invalid',
  'untracked',
];

function everyOf(family: 4 | 6): AddressSet {
  return EVERY_ADDRESS.filter((range) => range.family === family);
}

function all<Value>(values: readonly (Value | undefined)[]): readonly Value[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

function addresses(family: 4 | 6, field: 'sources' | 'destinations'): Reading {
  return (values, negated) => {
    const ranges = all(values.map(rangeOf));
    if (ranges === undefined) return undefined;
    const set = intersectionOf(addressSet(ranges), everyOf(family));
    return { [field]: negated ? intersectionOf(complementOf(set), everyOf(family)) : set };
  };
}

function rangeOf(text: string): AddressSet[number] | undefined {
  const [first = '', last, ...more] = text.split('-');
  if (last === undefined) return parseNetwork(first);
  const [from, to] = [parseAddress(first), parseAddress(last)];
  if (from === undefined || to === undefined || more.length > 0) return undefined;
  return from.family === to.family
    ? { family: from.family, from: from.value, to: to.value }
    : undefined;
}

function ports(field: 'sourcePorts' | 'destinationPorts', protocol?: number): Reading {
  return (values, negated) => {
    const ranges = all(values.map(portsOf));
    if (ranges === undefined) return undefined;
    const set = portSet(ranges);
    const asked = { [field]: negated ? otherPorts(set) : set };
    return protocol === undefined ? asked : { ...asked, protocols: [protocol] };
  };
}

function portsOf(text: string): PortSet[number] | undefined {
  const [first = '', last = first, ...more] = text.split(/(?<=\d)-(?=\d)/);
  const [from, to] = [numberOf(first, SERVICES), numberOf(last, SERVICES)];
  if (from === undefined || to === undefined || more.length > 0 || to > 65_535) return undefined;
  return from <= to ? { from, to } : undefined;
}

function octets(values: readonly string[], names: Readonly<Record<string, number>>) {
  const ranges = values.map((text) => {
    const known = numberOf(text, names);
    if (known !== undefined) return [known];
    const [from, to] = text.split('-').map(Number);
    if (from === undefined || to === undefined || !(from <= to && to <= 255)) return undefined;
    return OCTETS.slice(from, to + 1);
  });
  return all(ranges)?.flat();
}

function protocols(values: readonly string[], negated: boolean): FilterBox | undefined {
  const numbers = octets(values, PROTOCOLS);
  return numbers && { protocols: negated ? OCTETS.filter((n) => !numbers.includes(n)) : numbers };
}

/** nft takes a type of ICMP for one of its family, and leaves the family out of what it lists. */
function types(protocol: number, version: 4 | 6, names: Readonly<Record<string, number>>): Reading {
  return (values, negated) => {
    const numbers = octets(values, names);
    if (numbers === undefined) return undefined;
    const asked = negated ? OCTETS.filter((n) => !numbers.includes(n)) : numbers;
    return { protocols: [protocol], types: asked, sources: everyOf(version) };
  };
}

function interfaces(side: 'in' | 'out'): Reading {
  return (values, negated) => {
    if (side === 'in') return negated ? { notInputs: values } : { inputs: values };
    return negated ? { notOutputs: values } : { outputs: values };
  };
}

function macs(values: readonly string[], negated: boolean): FilterBox | undefined {
  const known = all(values.map(parseMac));
  return known && (negated ? { notSourceMacs: known } : { sourceMacs: known });
}

/** ARPHRD_ETHER is 1: a frame of such a link has a source MAC, whichever. */
function links(values: readonly string[], negated: boolean): FilterBox | undefined {
  const isEther = values.length === 1 && ['ether', '1'].includes(values[0] ?? '');
  return isEther && !negated ? { notSourceMacs: [] } : undefined;
}

/** `nfproto` and `ether type`: the family. */
function families(values: readonly string[], negated: boolean): FilterBox | undefined {
  const asked = values.flatMap((text): readonly (4 | 6)[] => {
    if (['ipv4', '2', 'ip', '0x0800', '2048'].includes(text)) return [4];
    return ['ipv6', '10', 'ip6', '0x86dd', '34525'].includes(text) ? [6] : [];
  });
  if (asked.length !== values.length) return undefined;
  return {
    sources: EVERY_ADDRESS.filter((range) => asked.includes(range.family) !== negated),
  };
}

function states(values: readonly string[], negated: boolean): FilterBox | undefined {
  const bits = all(values.map((text) => numberOf(text, STATE_BITS)));
  if (bits === undefined) return undefined;
  const asked = bits.reduce((sum, bit) => sum | bit, 0);
  return { states: STATES.filter((state) => ((asked & STATE_BITS[state]) !== 0) !== negated) };
}

function status(values: readonly string[], negated: boolean): FilterBox | undefined {
  const bits = all(values.map((text) => numberOf(text, { dnat: TRANSLATED_BIT })));
  return bits?.length === 1 && bits[0] === TRANSLATED_BIT ? { translated: !negated } : undefined;
}

/** RTN_LOCAL is 2. */
function local(values: readonly string[], negated: boolean): FilterBox | undefined {
  const isLocal = values.length === 1 && ['local', '2'].includes(values[0] ?? '');
  return isLocal ? { local: !negated } : undefined;
}

/** By the words that nft uses; longer ones first where one begins like another. */
export const KEYS: readonly (readonly [words: readonly string[], read: Reading])[] = (
  [
    ['ip saddr', addresses(4, 'sources')],
    ['ip daddr', addresses(4, 'destinations')],
    ['ip6 saddr', addresses(6, 'sources')],
    ['ip6 daddr', addresses(6, 'destinations')],
    ['ip protocol', protocols],
    ['ip6 nexthdr', protocols],
    ['meta l4proto', protocols],
    ['meta nfproto', families],
    ['meta protocol', families],
    ['ether type', families],
    ['ether saddr', macs],
    ['meta iiftype', links],
    ['iiftype', links],
    ['meta iifname', interfaces('in')],
    ['meta oifname', interfaces('out')],
    ['iifname', interfaces('in')],
    ['oifname', interfaces('out')],
    ['iif', interfaces('in')],
    ['oif', interfaces('out')],
    ['th sport', ports('sourcePorts')],
    ['th dport', ports('destinationPorts')],
    ['tcp sport', ports('sourcePorts', 6)],
    ['tcp dport', ports('destinationPorts', 6)],
    ['udp sport', ports('sourcePorts', 17)],
    ['udp dport', ports('destinationPorts', 17)],
    ['dccp sport', ports('sourcePorts', 33)],
    ['dccp dport', ports('destinationPorts', 33)],
    ['sctp sport', ports('sourcePorts', 132)],
    ['sctp dport', ports('destinationPorts', 132)],
    ['udplite sport', ports('sourcePorts', 136)],
    ['udplite dport', ports('destinationPorts', 136)],
    ['icmp type', types(1, 4, ICMP_TYPES)],
    ['icmpv6 type', types(58, 6, ICMPV6_TYPES)],
    ['ct state', states],
    ['ct status', status],
    ['fib daddr type', local],
  ] as const
).map(([words, read]) => [words.split(' '), read]);
