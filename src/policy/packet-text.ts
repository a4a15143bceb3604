import type { Address, AddressRange } from '../base/address.ts';
import { parseAddress, parseNetwork } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import { hasAddress } from '../base/address-set.ts';
import { PortolanError } from '../base/errors.ts';
import type { BoundMatch, BoundPolicy, BoundZone } from '../model/bound-policy.ts';
import type { NewConnection } from '../model/packet-verdict.ts';
import type { Policy, ServiceMatch } from '../model/policy.ts';
import { boundMatch } from './bind.ts';
import type { BindContext } from './bind-context.ts';
import { Peers } from './bind-peers.ts';
import { parsePeer } from './references.ts';
import { shown } from './schema-values.ts';
import { protocolOf, serviceOf } from './services.ts';

/** What somebody asks about, before it is made of addresses. */
export interface PacketText {
  /** As `from` and `to` of a rule. */
  readonly from: string;
  readonly to: string;
  readonly sourcePort?: number;
  /** Undefined: whatever the policy speaks of. */
  readonly service?: string;
}

/** Connections that a question stands for at most: each end may be a group. */
const CANDIDATES = 256;
const ADDRESSES_OF_AN_END = 8;
/** RFC 5737, RFC 3849: addresses for examples stand for somebody on the internet. */
const SOMEBODY: readonly Address[] = ['198.51.100.7', '2001:db8::7'].flatMap(
  (text) => parseAddress(text) ?? [],
);
/** RFC 6335 §6: the first of the dynamic ports. */
const DYNAMIC_PORT = 49_152;
const FORM = 'For example: portolan policy explain "192.168.20.11→cloud tcp/8883"';

/**
 * `192.0.2.7:8443→cloud`, `7f3k->net:192.0.2.0/24 tcp/443`, `bulb to self dns`: a port behind the
 * first end is the source's, one behind the second is TCP's destination.
 *
 * @throws PortolanError E_USAGE
 */
export function parsePacket(text: string, policy: Policy, context: BindContext): PacketText {
  const [left, right, ...more] = text.split(/\s*(?:→|->|=>)\s*|\s+to\s+/);
  if (left === undefined || right === undefined || more.length > 0) {
    throw new PortolanError('E_USAGE', `${shown(text)} does not say from whom to whom`, {
      remedy: FORM,
    });
  }
  const source = endOf(left.trim(), policy, context);
  const [target = '', service] = splitService(right.trim(), policy);
  const destination = endOf(target, policy, context);
  const asked = service ?? (destination.port === undefined ? undefined : `tcp/${destination.port}`);
  return {
    from: source.peer,
    to: destination.peer,
    ...(source.port === undefined ? {} : { sourcePort: source.port }),
    ...(asked === undefined ? {} : { service: asked }),
  };
}

/** The last word, where it is a service and what stands before it may have blanks in its name. */
function splitService(text: string, policy: Policy): readonly [string, string?] {
  const cut = text.lastIndexOf(' ');
  const last = text.slice(cut + 1);
  if (cut === -1 || Object.hasOwn(policy.endpoints, text)) return [text];
  if (serviceOf(policy.services, last) === undefined) {
    throw new PortolanError('E_USAGE', `${shown(last)} is no service`, { remedy: FORM });
  }
  return [text.slice(0, cut).trim(), last];
}

function endOf(
  text: string,
  policy: Policy,
  context: BindContext,
): { peer: string; port?: number } {
  const whole = peerOf(text, policy, context);
  if (whole !== undefined) return { peer: whole };
  const [, name = '', digits = ''] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  const peer = peerOf(name.replace(/^\[(.*)\]$/, '$1'), policy, context);
  if (peer !== undefined && Number(digits) <= 65_535) return { peer, port: Number(digits) };
  throw new PortolanError('E_USAGE', `${shown(text)} is no device, endpoint, address or zone`, {
    remedy: 'See what the policy names: portolan policy show',
  });
}

function peerOf(text: string, policy: Policy, context: BindContext): string | undefined {
  const parsed = parsePeer(text);
  switch (parsed.kind) {
    case 'any':
    case 'self':
    case 'name':
      return text;
    case 'zone':
      return Object.hasOwn(policy.zones, parsed.value) ? text : undefined;
    case 'net':
      return parseNetwork(parsed.value) === undefined ? undefined : text;
    case 'endpoint':
      return namedPeer(text, policy, context);
  }
}

/** An endpoint, else a zone, an address, or a device by its id. */
function namedPeer(text: string, policy: Policy, context: BindContext): string | undefined {
  if (Object.hasOwn(policy.endpoints, text)) return text;
  if (Object.hasOwn(policy.zones, text)) return `zone:${text}`;
  if (parseNetwork(text) !== undefined) return `net:${text}`;
  const id = `PTL-D-${text.toUpperCase().replace(/^PTL-D-/, '')}`;
  const known = Object.entries(policy.endpoints).find(
    ([, one]) => one.kind === 'device' && one.device === id,
  );
  if (known !== undefined) return known[0];
  const [address] = context.devices.find((device) => device.id === id)?.addresses ?? [];
  return address === undefined ? undefined : `net:${address}`;
}

/** Connections that a question stands for: a few of each end, one of each alternative of a service. */
export function candidates(
  question: PacketText,
  policy: Policy,
  bound: BoundPolicy,
  context: BindContext,
): readonly NewConnection[] {
  const places = new Places(policy, bound, context);
  const sources = places.of(question.from, undefined);
  const found = sources.flatMap((source) =>
    places.of(question.to, source).flatMap((target) =>
      matchesOf(question, policy)
        .filter((match) => fits(match, source.address, target.address))
        .map((match) => connection(source, target, match, question.sourcePort)),
    ),
  );
  return found.slice(0, CANDIDATES);
}

function matchesOf({ service }: PacketText, policy: Policy): readonly ServiceMatch[] {
  if (service !== undefined) return serviceOf(policy.services, service) ?? [];
  const words = new Set(policy.rules.map((rule) => rule.service));
  const spoken = [...words].flatMap((word) => serviceOf(policy.services, word) ?? []);
  const plain = serviceOf({}, 'tcp/443') ?? [];
  return spoken.length === 0 ? plain : spoken;
}

/** ICMP belongs to IPv4, ICMPv6 to IPv6, and no packet has ends of two families. */
function fits({ protocol }: ServiceMatch, source: Address, destination: Address): boolean {
  if (source.family !== destination.family) return false;
  return protocol === 'icmp' ? source.family === 4 : protocol !== 'icmpv6' || source.family === 6;
}

/** `tcp/8883`, `icmp/8`: what a connection asks for, in the words of rules. */
export function connectionService({ protocol, destinationPort, type }: NewConnection): string {
  const detail = destinationPort ?? type;
  return `${protocolOf(String(protocol)) ?? protocol}${detail === undefined ? '' : `/${detail}`}`;
}

interface Place {
  readonly address: Address;
  /** Undefined: the router itself. */
  readonly interface?: string;
  readonly mac?: string;
  readonly name?: string;
}

function connection(
  source: Place,
  target: Place,
  match: ServiceMatch,
  sourcePort: number | undefined,
): NewConnection {
  const asked = boundMatch(match);
  const protocol = asked.protocol ?? 6;
  return {
    inInterface: source.interface ?? '',
    ...(target.interface === undefined ? {} : { outInterface: target.interface }),
    ...(source.mac === undefined ? {} : { sourceMac: source.mac }),
    source: source.address,
    destination: target.address,
    protocol,
    ...portsOf(asked, protocol, sourcePort),
    ...(target.name === undefined ? {} : { name: target.name }),
  };
}

function portsOf(
  { sourcePorts, destinationPorts, types }: BoundMatch,
  protocol: number,
  sourcePort: number | undefined,
): Pick<NewConnection, 'sourcePort' | 'destinationPort' | 'type'> {
  if (protocol === 1 || protocol === 58) return { type: types?.[0] ?? (protocol === 1 ? 8 : 128) };
  if (protocol !== 6 && protocol !== 17) return {};
  return {
    sourcePort: sourcePort ?? sourcePorts?.[0]?.from ?? DYNAMIC_PORT,
    destinationPort: destinationPorts?.[0]?.from ?? 443,
  };
}

/** Where ends of rules are: addresses, with the interface that they are behind. */
class Places {
  readonly #bound: BoundPolicy;
  readonly #peers: Peers;

  constructor(policy: Policy, bound: BoundPolicy, context: BindContext) {
    this.#bound = bound;
    this.#peers = new Peers(policy, context);
  }

  /** @param source whose neighbour the router is */
  of(text: string, source: Place | undefined): Place[] {
    const parsed = parsePeer(text);
    if (parsed.kind === 'self') return this.#router(source);
    if (parsed.kind === 'any') return this.#everywhere();
    if (parsed.kind === 'zone') return this.#inZone(parsed.value);
    const { peer } = this.#peers.find(text, { path: [] });
    const named = peer.names.flatMap((id) => this.#named(id));
    return [...named, ...this.#some(peer.ranges)].slice(0, ADDRESSES_OF_AN_END);
  }

  #named(id: string): Place[] {
    const found = this.#peers.names.find((one) => one.id === id);
    const [pattern = ''] = found?.patterns ?? [];
    const name = pattern.replace(/^\*\./, 'any.');
    const known = found?.addresses ?? [];
    const places =
      known.length > 0 ? this.#some(known) : SOMEBODY.map((address) => this.#at(address));
    return places.map((place) => ({ ...place, name }));
  }

  /** Somebody in each zone, and outside of all. */
  #everywhere(): Place[] {
    const hosts = this.#bound.zones.flatMap(({ networks }) =>
      networks.flatMap((range) => hostsOf(range).slice(0, 1)),
    );
    return [...SOMEBODY, ...hosts].map((address) => this.#at(address));
  }

  #inZone(name: string): Place[] {
    const zone = this.#bound.zones.find((one) => one.name === name);
    if (zone === undefined) return [];
    const addresses = zone.networks.length > 0 ? zone.networks.flatMap(hostsOf) : SOMEBODY;
    return addresses.map((address) => ({ address, interface: this.#interfaceOf(zone) }));
  }

  /** Its address is not in the policy: that of a neighbour stands for it, and no rule can tell. */
  #router(source: Place | undefined): Place[] {
    return source === undefined ? [] : [{ address: source.address }];
  }

  #some(ranges: AddressSet): Place[] {
    const hosts = ranges.slice(0, ADDRESSES_OF_AN_END).flatMap(hostsOf);
    return hosts.slice(0, ADDRESSES_OF_AN_END).map((address) => this.#at(address));
  }

  #at(address: Address): Place {
    const zone =
      this.#bound.zones.find((one) => hasAddress(one.networks, address)) ??
      this.#bound.zones.find((one) => one.internet);
    const mac = this.#macOf(address);
    return {
      address,
      interface: zone === undefined ? this.#unused() : this.#interfaceOf(zone),
      ...(mac === undefined ? {} : { mac }),
    };
  }

  #interfaceOf({ interfaces }: BoundZone): string {
    return interfaces[0] ?? this.#unused();
  }

  /** A name that no zone has. */
  #unused(): string {
    const used = new Set(this.#bound.zones.flatMap(({ interfaces }) => interfaces));
    let number = 0;
    while (used.has(`other${number}`)) number += 1;
    return `other${number}`;
  }

  #macOf(address: Address): string | undefined {
    const owner = this.#bound.devices.find(({ addresses }) => hasAddress(addresses, address));
    return owner?.macs[0];
  }
}

/** Each address of a few; of a network the first host and the last. */
function hostsOf({ family, from, to }: AddressRange): Address[] {
  const count = Number(to - from) + 1;
  const values =
    count <= ADDRESSES_OF_AN_END
      ? Array.from({ length: count }, (_, index) => from + BigInt(index))
      : [from + 1n, to - 1n];
  return values.map((value) => ({ family, value }));
}
