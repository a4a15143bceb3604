import type { Address } from '../../base/address.ts';
import { formatAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { hasAddress, intersectionOf } from '../../base/address-set.ts';
import { hasPort } from '../../base/port-set.ts';
import type { BoundPeer, BoundRule } from '../../model/bound-policy.ts';
import type { Service, Term } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import type { Place } from './denial.ts';
import { contextOf } from './lines.ts';
import { comment } from './names.ts';
import { macText } from './owner-sets.ts';
import type { Owner } from './plan.ts';

/**
 * Elements that one rule may come to for one device. One that needs more stays a line: the sets that
 * it asks are shared by all devices that have it, elements are not.
 */
const MOST = 8;
/** Rules before it that are compared with one: of a device with more, the others stay lines. */
const MOST_BEFORE = 256;

/** A connection that is named in full: two addresses, a protocol and a port. */
interface Exact {
  readonly family: 4 | 6;
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: number;
  readonly port: number;
}

/** An element of a map, and in which map of those of a side it stands. */
export interface ExactElement {
  readonly family: 4 | 6;
  /** The sender is told by its MAC too. */
  readonly tied: boolean;
  readonly key: string;
  readonly text: string;
}

export interface Split {
  readonly elements: readonly ExactElement[];
  /** Rules that stay lines, in their order. */
  readonly rest: readonly BoundRule[];
}

/**
 * Takes what names its connections in full out of the rules of a device: all devices share one map of
 * these, so that a packet is found by one lookup however many rules there are. Only an allow without
 * conditions, and only where no rule that stays before it could match the same.
 */
export function split(place: Place, owner: Owner, rules: readonly BoundRule[]): Split {
  const rest: BoundRule[] = [];
  const elements = new Map<string, ExactElement>();
  for (const rule of rules) {
    const exact = rest.length > MOST_BEFORE ? undefined : exactOf(place, owner, rule);
    if (exact === undefined || exact.some((one) => rest.some((before) => mayMatch(before, one)))) {
      rest.push(rule);
      continue;
    }
    for (const element of exact.flatMap((one) => elementsOf(place, owner, rule, one))) {
      // Of two rules that say the same, the first counts.
      if (!elements.has(element.key)) elements.set(element.key, element);
    }
  }
  return { elements: [...elements.values()], rest };
}

/** Undefined where it asks for more, or for less. */
function exactOf(place: Place, owner: Owner, rule: BoundRule): readonly Exact[] | undefined {
  if (rule.action !== 'allow' || isConditional(rule)) return undefined;
  const found: Exact[] = [];
  for (const term of termsOf(rule, contextOf({ ...place, owner }))) {
    const exact = exactOfTerm(term, place, owner);
    if (exact === undefined || found.length + exact.length > MOST) return undefined;
    found.push(...exact);
  }
  return found;
}

function isConditional(rule: BoundRule): boolean {
  const { rate, connections, expires, translated, fromZone, toZone, log } = rule;
  const conditions = [rate, connections, expires, translated, fromZone, toZone];
  return log || conditions.some((condition) => condition !== undefined);
}

function exactOfTerm(
  { family, sources, destinations, sourceName, destinationName, services }: Term,
  { side }: Place,
  owner: Owner,
): readonly Exact[] | undefined {
  if (family === undefined || sourceName !== undefined || destinationName !== undefined) {
    return undefined;
  }
  const own = owner.addresses.filter((range) => range.family === family);
  const ofOwner = (ends: AddressSet | undefined): AddressSet =>
    ends === undefined ? own : intersectionOf(ends, own);
  const from = singles(side === 'egress' ? ofOwner(sources) : sources);
  const to = singles(side === 'egress' ? destinations : ofOwner(destinations));
  const asked = portsOf(services);
  if (from === undefined || to === undefined || asked === undefined) return undefined;
  if (from.length * to.length * asked.length > MOST) return undefined;
  return from.flatMap((source) =>
    to.flatMap((destination) => asked.map((one) => ({ family, source, destination, ...one }))),
  );
}

/** One by one, since neighbours are kept as a range; undefined where there are too many. */
function singles(set: AddressSet | undefined): readonly Address[] | undefined {
  const count = set?.reduce((sum, { from, to }) => sum + to - from + 1n, 0n);
  if (set === undefined || count === undefined || count > BigInt(MOST)) return undefined;
  return set.flatMap(({ family, from, to }) =>
    Array.from({ length: Number(to - from) + 1 }, (_, place) => ({
      family,
      value: from + BigInt(place),
    })),
  );
}

/** Undefined where more is asked for than destination ports, or for too many of them. */
function portsOf(
  services: readonly Service[],
): readonly Pick<Exact, 'protocol' | 'port'>[] | undefined {
  const found: Pick<Exact, 'protocol' | 'port'>[] = [];
  for (const { protocol, destinationPorts, sourcePorts } of services) {
    if (protocol === undefined || destinationPorts === undefined || sourcePorts !== undefined) {
      return undefined;
    }
    const count = destinationPorts.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    if (found.length + count > MOST) return undefined;
    for (const { from, to } of destinationPorts) {
      for (let port = from; port <= to; port += 1) found.push({ protocol, port });
    }
  }
  return found.length === 0 ? undefined : found;
}

/** Zones are left out of it: it may say so of what never meets. */
function mayMatch({ from, to, matches }: BoundRule, exact: Exact): boolean {
  const { source, destination, protocol, port } = exact;
  const has = ({ names, ranges }: BoundPeer, address: Address): boolean =>
    names.length > 0 || hasAddress(ranges, address);
  if (!has(from, source) || !has(to, destination)) return false;
  return matches.some(
    (match) =>
      (match.protocol ?? protocol) === protocol &&
      (match.destinationPorts === undefined || hasPort(match.destinationPorts, port)),
  );
}

/** Whoever has the address of a device and not its MAC is not found here, and is told by its chain. */
function elementsOf(
  { side }: Place,
  { device }: Owner,
  rule: BoundRule,
  { family, source, destination, protocol, port }: Exact,
): readonly ExactElement[] {
  const ends = `${formatAddress(source)} . ${formatAddress(destination)} . ${protocol} . ${port}`;
  const tied = side === 'egress' && device.macs.length > 0;
  const keys = tied ? device.macs.map((mac) => `${macText(mac)} . ${ends}`) : [ends];
  return keys.map((key) => ({
    family,
    tied,
    key,
    text: `${key} ${comment(rule.id)} : return`,
  }));
}

/** The maps of a side, by family, and by whether the sender is told by its MAC too. */
const MAPS = [
  { family: 4, tied: false },
  { family: 6, tied: false },
  { family: 4, tied: true },
  { family: 6, tied: true },
] as const;

/** What is named in full is found by one lookup for all devices; each element counts for its rule. */
export function exactLines(place: Place, all: readonly ExactElement[]): readonly string[] {
  return MAPS.flatMap((map) => {
    const own = all.filter(({ family, tied }) => family === map.family && tied === map.tied);
    return own.length === 0 ? [] : [lookup(place, map, own)];
  });
}

function lookup(
  { plan, side, path }: Place,
  { family, tied }: Pick<ExactElement, 'family' | 'tied'>,
  elements: readonly ExactElement[],
): string {
  const address = `ipv${family}_addr`;
  const types = [...(tied ? ['ether_addr'] : []), address, address, 'inet_proto', 'inet_service'];
  const ip = family === 4 ? 'ip' : 'ip6';
  const ends = [`${ip} saddr`, `${ip} daddr`, 'meta l4proto', 'th dport'];
  const keys = tied ? ['ether saddr', ...ends] : ends;
  const name = `x${side[0]}${path === 'input' ? 's' : ''}${tied ? 'm' : ''}_${family}`;
  const texts = elements.map(({ text }) => text);
  const map = plan.sets.map(name, `type ${types.join(' . ')} : verdict`, ['counter'], texts);
  return `${keys.join(' . ')} vmap @${map}`;
}
