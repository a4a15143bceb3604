import { isoInstant } from '../../base/instant.ts';
import type { PortRange, PortSet } from '../../base/port-set.ts';
import type { Instant } from '../../model/core.ts';
import { ICMP, ICMPV6 } from '../../policy/simulate/match.ts';
import type { Service, Term } from '../shared/terms.ts';
import { interfaceName } from './names.ts';
import type { Family, IpSets } from './sets.ts';

/** Words of one rule, and conditions under which it is skipped. */
export interface Match {
  readonly words: string;
  readonly unless: readonly string[];
}

/**
 * Rules that together match what a term does, in the table of one family.
 *
 * ICMP in IPv6 and ICMPv6 in IPv4 are nothing that anybody sends, and have no types there that
 * iptables could see: a rule that asks for some of them takes all of it where it denies, and none
 * where it allows.
 */
export function matchesOf(
  term: Term,
  family: Family,
  sets: IpSets,
  isDenial = false,
): readonly Match[] {
  if (term.family !== undefined && term.family !== family) return [];
  const inputs = interfaceWords('-i', term.inputs) ?? [
    without(term.notInputs, '-i', (names) => sets.notInterfaces(names, family, 'src')),
  ];
  const outputs = interfaceWords('-o', term.outputs) ?? [
    without(term.notOutputs, '-o', (names) => sets.notInterfaces(names, family, 'dst')),
  ];
  const services = servicesOf(term.services, family, isDenial);
  const addresses = addressWords(term, family, sets);
  const state = term.translated === true ? ['-m conntrack --ctstate DNAT'] : [];
  const before = term.before === undefined ? [] : [`-m time --datestop ${lastSecond(term.before)}`];
  return inputs.flatMap((input) =>
    outputs.flatMap((output) =>
      services.map((service) => ({
        words: [input, output, service.words, ...addresses, ...state, ...before]
          .filter((word) => word !== '')
          .join(' '),
        unless: service.unless,
      })),
    ),
  );
}

/** A rule names one interface. */
function interfaceWords(
  option: '-i' | '-o',
  names: readonly string[] | undefined,
): readonly string[] | undefined {
  return names?.map((name) => `${option} ${interfaceName(name)}`);
}

/** It can deny one; more of them need a set. */
function without(
  names: readonly string[] = [],
  option: '-i' | '-o',
  several: (names: readonly string[]) => string,
): string {
  const [only, ...more] = names.map(interfaceName);
  if (only === undefined) return '';
  return more.length === 0 ? `! ${option} ${only}` : several([only, ...more]);
}

function addressWords(
  { sources, destinations, sourceName, destinationName }: Term,
  family: Family,
  sets: IpSets,
): readonly string[] {
  return [
    ...(sources === undefined ? [] : [sets.match(sources, 'src')]),
    ...(destinations === undefined ? [] : [sets.match(destinations, 'dst')]),
    ...(sourceName === undefined ? [] : [sets.nameMatch(sourceName, family, 'src')]),
    ...(destinationName === undefined ? [] : [sets.nameMatch(destinationName, family, 'dst')]),
  ];
}

function servicesOf(
  services: readonly Service[],
  family: Family,
  isDenial: boolean,
): readonly Match[] {
  if (services.length === 0) return [{ words: '', unless: [] }];
  return services.flatMap((service) => serviceOf(service, family, isDenial));
}

function serviceOf(
  { protocol, notProtocols = [], types, sourcePorts, destinationPorts }: Service,
  family: Family,
  isDenial: boolean,
): readonly Match[] {
  if (protocol === undefined) {
    return [{ words: '', unless: notProtocols.map((each) => `-p ${each}`) }];
  }
  const plain = `-p ${protocol}`;
  if (types !== undefined) {
    const isOwn = protocol === (family === 4 ? ICMP : ICMPV6);
    if (isOwn) return typed(protocol, types, family);
    return isDenial ? [{ words: plain, unless: [] }] : [];
  }
  const from = sourcePorts === undefined ? [''] : portWords('s', sourcePorts);
  const to = destinationPorts === undefined ? [''] : portWords('d', destinationPorts);
  return from.flatMap((source) =>
    to.map((target) => ({
      words: [plain, source, target].filter((word) => word !== '').join(' '),
      unless: [],
    })),
  );
}

function typed(protocol: number, types: readonly number[], family: Family): readonly Match[] {
  const option = family === 4 ? '-m icmp --icmp-type' : '-m icmp6 --icmpv6-type';
  return [...new Set(types)].map((type) => ({
    words: `-p ${protocol} ${option} ${type}`,
    unless: [],
  }));
}

/** Ports of one rule; a range takes two places (iptables-extensions(8), multiport). */
const PLACES = 15;

function portWords(end: 's' | 'd', ports: PortSet): readonly string[] {
  const groups: PortRange[][] = [];
  let room = 0;
  for (const range of ports) {
    const places = range.from === range.to ? 1 : 2;
    if (places > room) {
      groups.push([]);
      room = PLACES;
    }
    groups.at(-1)?.push(range);
    room -= places;
  }
  return groups.map((group) => `-m multiport --${end}ports ${group.map(portText).join(',')}`);
}

function portText({ from, to }: PortRange): string {
  return from === to ? `${from}` : `${from}:${to}`;
}

/** xt_time takes the last second in, in UTC: `2026-11-25T10:00:00`. */
function lastSecond(before: Instant): string {
  return isoInstant((Math.ceil(before / 1000) - 1) * 1000).slice(0, -1);
}
