import type { AddressSet } from '../../base/address-set.ts';
import type { PortSet } from '../../base/port-set.ts';
import { ICMP, TCP, UDP } from '../../policy/simulate/match.ts';
import type { Service, Term } from '../shared/terms.ts';
import { interfaceName, nameSet } from './names.ts';
import type { NamedSets } from './sets.ts';
import { portText, rangeText } from './sets.ts';

/** The matches of nft that together say what a term says: as few as there are kinds of service. */
export function matchesOf(term: Term, sets: NamedSets): readonly string[] {
  const words: (string | undefined)[] = [
    interfaces('iifname', term.inputs, term.notInputs),
    interfaces('oifname', term.outputs, term.notOutputs),
    ...addressWords(term, sets),
    term.translated === true ? 'ct status dnat' : undefined,
    term.before === undefined ? undefined : `meta time < ${Math.floor(term.before / 1000)}`,
  ];
  const head = words.filter((word) => word !== undefined);
  return serviceMatches(term.services, sets).map((service) =>
    [...head, service].filter((word) => word !== '').join(' '),
  );
}

/** `iifname`, unlike `iif`, may name an interface that is not there at present. */
function interfaces(
  key: 'iifname' | 'oifname',
  names: readonly string[] | undefined,
  not: readonly string[] | undefined,
): string | undefined {
  if (names !== undefined) return `${key} ${oneOf(names.map(interfaceName))}`;
  return not === undefined ? undefined : `${key} != ${oneOf(not.map(interfaceName))}`;
}

function addressWords(term: Term, sets: NamedSets): readonly string[] {
  const { family, sources, destinations, sourceName, destinationName } = term;
  if (family === undefined) return [];
  const key = family === 4 ? 'ip' : 'ip6';
  const words = [
    ...(sources === undefined ? [] : [`${key} saddr ${addresses(sources, sets)}`]),
    ...(sourceName === undefined ? [] : [`${key} saddr @${nameSet(sourceName, family)}`]),
    ...(destinations === undefined ? [] : [`${key} daddr ${addresses(destinations, sets)}`]),
    ...(destinationName === undefined ? [] : [`${key} daddr @${nameSet(destinationName, family)}`]),
  ];
  return words.length > 0 ? words : [`meta nfproto ipv${family}`];
}

export function addresses(set: AddressSet, sets: NamedSets): string {
  const [only, ...more] = set;
  return only !== undefined && more.length === 0 ? rangeText(only) : sets.addresses(set);
}

export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `{ ${words.join(', ')} }`;
}

/** Protocols with nothing but destination ports share one lookup; the others have one each. */
export function serviceMatches(services: readonly Service[], sets: NamedSets): readonly string[] {
  if (services.length === 0) return [''];
  const plain = services.flatMap(({ protocol, sourcePorts, destinationPorts, types }) =>
    protocol !== undefined && sourcePorts === undefined && types === undefined && destinationPorts
      ? [{ protocol, ports: destinationPorts }]
      : [],
  );
  const shared = joinedByProtocol(plain);
  if (shared.length < 2) return services.map((service) => serviceMatch(service, sets));
  const others = services.filter(
    ({ sourcePorts, destinationPorts, types }) =>
      sourcePorts !== undefined || types !== undefined || destinationPorts === undefined,
  );
  return [
    `meta l4proto . th dport ${sets.services(shared)}`,
    ...others.map((service) => serviceMatch(service, sets)),
  ];
}

interface PortsOf {
  readonly protocol: number;
  readonly ports: PortSet;
}

/** Only where each protocol occurs once: overlapping intervals are refused. */
function joinedByProtocol(plain: readonly PortsOf[]): readonly PortsOf[] {
  const protocols = new Set(plain.map(({ protocol }) => protocol));
  return protocols.size === plain.length ? plain : [];
}

function serviceMatch(service: Service, sets: NamedSets): string {
  const { protocol, notProtocols, types, sourcePorts, destinationPorts } = service;
  if (protocol === undefined) {
    return notProtocols === undefined ? '' : `meta l4proto != ${oneOf(notProtocols.map(String))}`;
  }
  if (types !== undefined) return typeMatch(protocol, types);
  if (sourcePorts === undefined && destinationPorts === undefined)
    return `meta l4proto ${protocol}`;
  const head = protocol === TCP ? 'tcp' : protocol === UDP ? 'udp' : 'th';
  const words = [
    ...(sourcePorts === undefined ? [] : [`${head} sport ${ports(sourcePorts, sets)}`]),
    ...(destinationPorts === undefined ? [] : [`${head} dport ${ports(destinationPorts, sets)}`]),
  ];
  return (head === 'th' ? [`meta l4proto ${protocol}`, ...words] : words).join(' ');
}

function typeMatch(protocol: number, types: readonly number[]): string {
  const key = protocol === ICMP ? 'icmp' : 'icmpv6';
  return `${key} type ${oneOf([...new Set(types)].map(String))}`;
}

function ports(set: PortSet, sets: NamedSets): string {
  const [only, ...more] = set;
  return only !== undefined && more.length === 0 ? portText(only) : sets.ports(set);
}
