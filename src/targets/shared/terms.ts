import type { AddressSet } from '../../base/address-set.ts';
import { complementOf, EVERY_ADDRESS, intersectionOf } from '../../base/address-set.ts';
import type { PortSet } from '../../base/port-set.ts';
import type {
  BoundMatch,
  BoundPeer,
  BoundPolicy,
  BoundRule,
  BoundZone,
} from '../../model/bound-policy.ts';
import type { Instant } from '../../model/core.ts';
import { ICMP, ICMPV6, PORTED } from '../../policy/simulate/match.ts';

/** Through the router, or to it. */
export type Path = 'forward' | 'input';

/** What a firewall asks of a packet, of one family or of none: a conjunction. What is absent is not asked. */
export interface Term {
  /** Undefined where nothing in it belongs to a family. */
  readonly family?: 4 | 6;
  readonly inputs?: readonly string[];
  readonly notInputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly notOutputs?: readonly string[];
  /** Of that family only. */
  readonly sources?: AddressSet;
  readonly destinations?: AddressSet;
  /** Ids of `BoundName`. */
  readonly sourceName?: string;
  readonly destinationName?: string;
  /** One of them; empty is every. */
  readonly services: readonly Service[];
  readonly translated?: true;
  readonly before?: Instant;
}

/** `protocol` undefined: all but `notProtocols`. */
export interface Service {
  readonly protocol?: number;
  readonly notProtocols?: readonly number[];
  readonly sourcePorts?: PortSet;
  readonly destinationPorts?: PortSet;
  readonly types?: readonly number[];
}

/** One end of a packet: where it is, whose address it has. */
interface EndTerm {
  readonly family?: 4 | 6;
  readonly interfaces?: readonly string[];
  readonly notInterfaces?: readonly string[];
  readonly addresses?: AddressSet;
  readonly name?: string;
}

export interface TermContext {
  readonly policy: BoundPolicy;
  readonly path: Path;
  /** Addresses that the packet is known to have at one end: not asked again where a rule has them all. */
  readonly known?: { readonly end: 'source' | 'destination'; readonly addresses: AddressSet };
}

/** Terms that together match what a rule matches on a path; none where it cannot match there. */
export function termsOf(rule: BoundRule, context: TermContext): readonly Term[] {
  const { policy, path } = context;
  if (rule.toZone === 'self' && path === 'forward') return [];
  // Nothing of what goes to the router is in a zone.
  if (rule.toZone !== undefined && rule.toZone !== 'self' && path === 'input') return [];
  const services = servicesOf(rule.matches);
  if (services === undefined) return [];
  const base: Pick<Term, 'services' | 'translated' | 'before'> = {
    services,
    ...(rule.translated === true ? { translated: true } : {}),
    ...(rule.expires === undefined ? {} : { before: rule.expires }),
  };
  const to = rule.toZone === 'self' ? undefined : rule.toZone;
  const sources = endsOf(rule.from, zoneTerm(policy, rule.fromZone), knownAt(context, 'source'));
  const destinations = endsOf(rule.to, zoneTerm(policy, to), knownAt(context, 'destination'));
  return sources.flatMap((from) => destinations.flatMap((end) => joined(from, end, base)));
}

function knownAt({ known }: TermContext, end: 'source' | 'destination'): AddressSet | undefined {
  return known?.end === end ? known.addresses : undefined;
}

function joined(from: EndTerm, to: EndTerm, base: Term): readonly Term[] {
  if (from.family !== undefined && to.family !== undefined && from.family !== to.family) return [];
  const family = from.family ?? to.family;
  return [
    {
      ...base,
      ...(family === undefined ? {} : { family }),
      ...(from.interfaces === undefined ? {} : { inputs: from.interfaces }),
      ...(from.notInterfaces === undefined ? {} : { notInputs: from.notInterfaces }),
      ...(to.interfaces === undefined ? {} : { outputs: to.interfaces }),
      ...(to.notInterfaces === undefined ? {} : { notOutputs: to.notInterfaces }),
      ...(from.addresses === undefined ? {} : { sources: from.addresses }),
      ...(to.addresses === undefined ? {} : { destinations: to.addresses }),
      ...(from.name === undefined ? {} : { sourceName: from.name }),
      ...(to.name === undefined ? {} : { destinationName: to.name }),
    },
  ];
}

/** What being in a zone asks: its interfaces; its networks, or those of no other zone, where it has none. */
interface ZoneTerm {
  readonly interfaces?: readonly string[];
  readonly notInterfaces?: readonly string[];
  readonly networks: AddressSet;
}

function zoneTerm({ zones }: BoundPolicy, id: string | undefined): ZoneTerm | undefined {
  const zone = zones.find((each) => each.id === id);
  if (id === undefined) return { networks: EVERY_ADDRESS };
  // A zone that is not there has nobody in it.
  return zone === undefined ? undefined : termOfZone(zones, zone);
}

function termOfZone(zones: readonly BoundZone[], zone: BoundZone): ZoneTerm {
  if (zone.interfaces.length > 0) return { interfaces: zone.interfaces, networks: EVERY_ADDRESS };
  if (!zone.internet) return { networks: zone.networks };
  const others = zones.filter(({ internet }) => !internet);
  const notInterfaces = others.flatMap(({ interfaces }) => interfaces);
  const near = others.filter(({ interfaces }) => interfaces.length === 0);
  const networks = near.reduce<AddressSet>(
    (rest, { networks: taken }) => intersectionOf(rest, complementOf(taken)),
    EVERY_ADDRESS,
  );
  return { networks, ...(notInterfaces.length === 0 ? {} : { notInterfaces }) };
}

function endsOf(
  peer: BoundPeer,
  zone: ZoneTerm | undefined,
  known: AddressSet | undefined,
): readonly EndTerm[] {
  if (zone === undefined) return [];
  const { networks, ...where } = zone;
  const ranges = addressTerms(intersectionOf(peer.ranges, networks), known);
  const names = peer.names.flatMap((name) =>
    addressTerms(networks, known, true).map((term) => ({ ...term, name })),
  );
  return [...ranges, ...names].map((term) => ({ ...where, ...term }));
}

/** By family where a family matters. `split`: a set of names has one for each family anyway. */
function addressTerms(
  ranges: AddressSet,
  known: AddressSet | undefined,
  split = false,
): readonly EndTerm[] {
  const asked = ([4, 6] as const).flatMap((family): EndTerm[] => {
    const possible = ofFamily(known ?? EVERY_ADDRESS, family);
    const wanted = ofFamily(ranges, family);
    const met = intersectionOf(wanted, possible);
    if (met.length === 0) return [];
    return [isSame(met, possible) ? { family } : { family, addresses: wanted }];
  });
  const isFree = asked.length > 0 && asked.every(({ addresses }) => addresses === undefined);
  const families = known === undefined ? 2 : new Set(known.map(({ family }) => family)).size;
  return isFree && !split && asked.length === families ? [{}] : asked;
}

function ofFamily(set: AddressSet, family: 4 | 6): AddressSet {
  return set.filter((range) => range.family === family);
}

function isSame(a: AddressSet, b: AddressSet): boolean {
  return (
    a.length === b.length &&
    a.every(({ from, to }, index) => from === b[index]?.from && to === b[index]?.to)
  );
}

/** What a rule asks of the transport: nothing where one match asks nothing; undefined: it matches nothing. */
export function servicesOf(matches: readonly BoundMatch[]): readonly Service[] | undefined {
  const services = matches.flatMap(servicesOfMatch).filter(isPossible);
  if (services.length === 0) return undefined;
  return services.some((service) => Object.keys(service).length === 0) ? [] : services;
}

/** No port and no type at all is what no packet has. */
function isPossible({ sourcePorts, destinationPorts, types }: Service): boolean {
  return [sourcePorts, destinationPorts, types].every((set) => set === undefined || set.length > 0);
}

/** A port or a type is asked only of a protocol that has it. */
function servicesOfMatch(match: BoundMatch): readonly Service[] {
  const { protocol, sourcePorts, destinationPorts, types } = match;
  if (protocol !== undefined) return [serviceOf(protocol, match)];
  const hasPorts = sourcePorts !== undefined || destinationPorts !== undefined;
  const asked = [...(hasPorts ? PORTED : []), ...(types === undefined ? [] : [ICMP, ICMPV6])];
  if (asked.length === 0) return [{}];
  return [{ notProtocols: asked }, ...asked.map((each) => serviceOf(each, match))];
}

function serviceOf(protocol: number, match: BoundMatch): Service {
  const { sourcePorts, destinationPorts, types } = match;
  if (PORTED.includes(protocol)) {
    return {
      protocol,
      ...(sourcePorts === undefined ? {} : { sourcePorts }),
      ...(destinationPorts === undefined ? {} : { destinationPorts }),
    };
  }
  const isTyped = protocol === ICMP || protocol === ICMPV6;
  return { protocol, ...(isTyped && types !== undefined ? { types } : {}) };
}
