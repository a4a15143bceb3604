import type { AddressRange } from '../../base/address.ts';
import { parseMac, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, complementOf, EVERY_ADDRESS, intersectionOf } from '../../base/address-set.ts';
import type { PortSet } from '../../base/port-set.ts';
import { portSet } from '../../base/port-set.ts';
import type { FilterBox } from '../../model/filter-program.ts';
import { ICMP, ICMPV6, TCP, UDP } from '../../policy/simulate/match.ts';
import { ICMP_TYPES, ICMPV6_TYPES, PROTOCOLS } from '../nftables/parse/words.ts';
import type { UciSection } from './uci.ts';

/** What says nothing about which packets are meant. */
const SILENT = ['name', 'enabled', 'target', 'src', 'dest', 'log', 'log_limit', 'counter']
  .concat(['reflection', 'reflection_src', 'reflection_zone', 'limit_burst', 'comment'])
  .concat(['set_mark', 'set_xmark', 'set_dscp', 'set_helper', '_name', 'output', 'input']);
/** What is read below; everything else is a condition that we cannot decide. */
const READ = ['family', 'proto', 'src_ip', 'dest_ip', 'src_port', 'dest_port', 'src_dport']
  .concat(['src_dip', 'src_mac', 'icmp_type', 'device', 'direction', 'snat_port', 'snat_ip'])
  .concat(['dest_port_to']);

/** fw4.uc, parse_icmptype: as iptables called them. */
const TYPES_4: Readonly<Record<string, number>> = {
  ...ICMP_TYPES,
  ping: 8,
  pong: 0,
  'ttl-exceeded': 11,
};
const TYPES_6: Readonly<Record<string, number>> = {
  ...ICMPV6_TYPES,
  ping: 128,
  pong: 129,
  'router-solicitation': 133,
  'router-advertisement': 134,
  'neighbour-solicitation': 135,
  'neighbour-advertisement': 136,
};
/** A code of a type; nothing is said of the code. */
const WITH_CODE: Readonly<Record<string, number>> = { 'bad-header': 4, 'unknown-header-type': 4 };

/** Which options of a section hold the ends of the packet: a redirect names them otherwise. */
export interface Ends {
  readonly sources: string;
  readonly destinations: string;
  readonly destinationPorts: string;
}

export const OF_RULE: Ends = {
  sources: 'src_ip',
  destinations: 'dest_ip',
  destinationPorts: 'dest_port',
};
export const OF_REDIRECT: Ends = {
  sources: 'src_ip',
  destinations: 'src_dip',
  destinationPorts: 'src_dport',
};

export function values({ options }: UciSection, key: string): readonly string[] {
  return (options.get(key) ?? []).flatMap((text) =>
    text.split(/\s+/).filter((word) => word !== ''),
  );
}

export function value(section: UciSection, key: string): string | undefined {
  return section.options.get(key)?.at(-1);
}

/** `0`, `off`, `no` and `false` of fw4.uc, parse_bool. */
export function isOff(text: string | undefined): boolean {
  return text !== undefined && ['0', 'off', 'no', 'false', 'disabled'].includes(text.toLowerCase());
}

export function isOn(text: string | undefined): boolean {
  return text !== undefined && ['1', 'on', 'yes', 'true', 'enabled'].includes(text.toLowerCase());
}

/** The boxes of a section: one for each protocol and family that it asks for. */
export function boxesOfSection(section: UciSection, ends: Ends): readonly FilterBox[] {
  const doubts = [...section.options.keys()].filter(
    (key) => !SILENT.includes(key) && !READ.includes(key),
  );
  const sources = addressesOf(values(section, ends.sources), doubts);
  const destinations = addressesOf(values(section, ends.destinations), doubts);
  const macs = values(section, 'src_mac').map((text) => parseMac(text) ?? doubt(doubts, text));
  const ports = {
    ...optional('sourcePorts', portsOf(values(section, 'src_port'), doubts)),
    ...optional('destinationPorts', portsOf(values(section, ends.destinationPorts), doubts)),
  };
  const known = macs.filter((mac) => mac !== undefined);
  const ofFamily = families(section, sources, destinations);
  return ofFamily.flatMap(({ family, ...addresses }) =>
    transports(section, family, doubts).map((transport) => ({
      ...addresses,
      ...(known.length === 0 ? {} : { sourceMacs: known }),
      ...deviceOf(section),
      ...transport,
      ...(transport.types === undefined ? ports : {}),
      ...(doubts.length === 0 ? {} : { opaque: doubts.join(' ') }),
    })),
  );
}

function doubt(doubts: string[], text: string): undefined {
  doubts.push(text.slice(0, 80));
  return undefined;
}

function optional<Key extends string, Value>(
  key: Key,
  what: Value | undefined,
): { readonly [K in Key]?: Value } | object {
  return what === undefined ? {} : { [key]: what };
}

/** `!` takes out. A word that is no network leaves open which addresses are meant. */
function addressesOf(words: readonly string[], doubts: string[]): AddressSet | undefined {
  if (words.length === 0) return undefined;
  const read = words.map((word) => ({
    not: word.startsWith('!'),
    ranges: rangesOf(word.replace(/^!/, '')) ?? doubt(doubts, word) ?? EVERY_ADDRESS,
  }));
  const wanted = read.filter(({ not }) => !not);
  const taken = read.filter(({ not }) => not).flatMap(({ ranges }) => ranges);
  const all =
    wanted.length === 0 ? EVERY_ADDRESS : addressSet(wanted.flatMap(({ ranges }) => ranges));
  return intersectionOf(all, complementOf(addressSet(taken)));
}

/** A network, an address, or a range of them. */
export function rangesOf(text: string): readonly AddressRange[] | undefined {
  const [first, last, ...more] = text.split('-');
  const [a, b] = [parseNetwork(first ?? ''), parseNetwork(last ?? '')];
  if (a === undefined || more.length > 0) return undefined;
  if (last === undefined) return [a];
  return b === undefined || b.family !== a.family || b.to < a.from
    ? undefined
    : [{ ...a, to: b.to }];
}

/** `80`, `80-90`, `80:90`. */
export function portsOf(words: readonly string[], doubts: string[]): PortSet | undefined {
  if (words.length === 0) return undefined;
  const ranges = words.flatMap((word) => {
    const match = /^(\d{1,5})(?:[-:](\d{1,5}))?$/.exec(word);
    const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match !== null && from <= to && to <= 65_535) return [{ from, to }];
    doubt(doubts, word);
    return [{ from: 0, to: 65_535 }];
  });
  return portSet(ranges);
}

/** `direction` in or out; without one fw4 asks for the input. */
function deviceOf(section: UciSection): FilterBox {
  const device = value(section, 'device');
  if (device === undefined) return {};
  return value(section, 'direction') === 'out' ? { outputs: [device] } : { inputs: [device] };
}

interface OfFamily {
  readonly family?: 4 | 6;
  readonly sources?: AddressSet;
  readonly destinations?: AddressSet;
}

function families(
  section: UciSection,
  sources: AddressSet | undefined,
  destinations: AddressSet | undefined,
): readonly OfFamily[] {
  const ends = { ...optional('sources', sources), ...optional('destinations', destinations) };
  const asked = { ipv4: 4, ipv6: 6, inet4: 4, inet6: 6 }[
    (value(section, 'family') ?? '').toLowerCase()
  ];
  if (asked === undefined) return [ends];
  const family = asked === 4 ? 4 : 6;
  const only = EVERY_ADDRESS.filter((range) => range.family === family);
  return [{ family, ...ends, sources: intersectionOf(sources ?? EVERY_ADDRESS, only) }];
}

/** What is said of no protocol is said of TCP and UDP (fw4.uc, parse_rule). */
function transports(
  section: UciSection,
  family: 4 | 6 | undefined,
  doubts: string[],
): readonly FilterBox[] {
  const names = values(section, 'proto').map((name) => name.toLowerCase());
  const asked = names.length === 0 ? ['tcp', 'udp'] : names;
  return asked.flatMap((name) => transportsOf(name, section, family, doubts));
}

function transportsOf(
  name: string,
  section: UciSection,
  family: 4 | 6 | undefined,
  doubts: string[],
): readonly FilterBox[] {
  if (['all', 'any', '*'].includes(name)) return [{}];
  if (name === 'tcpudp') return [{ protocols: [TCP, UDP] }];
  if (['icmp', 'icmpv6', 'ipv6-icmp'].includes(name)) {
    const is4 = name === 'icmp' && family !== 6;
    const is6 = name !== 'icmp' || family !== 4;
    return [
      ...(is4 ? icmpBoxes(section, ICMP, TYPES_4, doubts) : []),
      ...(is6 ? icmpBoxes(section, ICMPV6, TYPES_6, doubts) : []),
    ];
  }
  const number = PROTOCOLS[name] ?? Number(name);
  if (number >= 0 && number <= 255) return [{ protocols: [number] }];
  doubt(doubts, name);
  return [{}];
}

/** Names of either family stand in one list; a code narrows a type in a way that is not followed. */
function icmpBoxes(
  section: UciSection,
  protocol: number,
  names: Readonly<Record<string, number>>,
  doubts: readonly string[],
): readonly FilterBox[] {
  const asked = values(section, 'icmp_type');
  if (asked.length === 0) return [{ protocols: [protocol] }];
  return asked.flatMap((text): readonly FilterBox[] => {
    const [head = '', code] = text.split('/');
    const type = names[head] ?? (/^\d{1,3}$/.test(head) ? Number(head) : undefined);
    const opaque = [text.slice(0, 40), ...doubts].join(' ');
    if (type !== undefined) {
      return [{ protocols: [protocol], types: [type], ...(code === undefined ? {} : { opaque }) }];
    }
    if (head in WITH_CODE || !(head in TYPES_4 || head in TYPES_6)) {
      return [{ protocols: [protocol], opaque }];
    }
    // A type of the other family.
    return [];
  });
}
