import type { Address, AddressRange } from '../base/address.ts';
import { formatAddress, parseAddress, parseNetwork, single } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import {
  addressSet,
  differenceOf,
  EVERY_ADDRESS,
  hasAddress,
  intersectionOf,
} from '../base/address-set.ts';
import { portsOf } from '../base/port-set.ts';
import type {
  BoundMatch,
  BoundNat,
  BoundPeer,
  BoundRule,
  BoundZone,
  DestinationNat,
  SourceNat,
} from '../model/bound-policy.ts';
import type { OneToOne, Policy, PortForward, Redirect } from '../model/policy.ts';
import type { Asker, FoundPeer, Peers } from './bind-peers.ts';
import { protocolNumber, serviceOf } from './services.ts';

/** Translation, and the rules that let through what was translated. */
export interface FoundNat {
  readonly bound: BoundNat;
  /** For both judgements: nothing but translated connections matches them. */
  readonly rules: readonly BoundRule[];
}

interface Part {
  readonly destination: readonly DestinationNat[];
  readonly source: readonly SourceNat[];
  readonly allow: readonly BoundRule[];
  /** After all that allow: two forwards may lead to one port. */
  readonly deny: readonly BoundRule[];
}

const NOTHING: Part = { destination: [], source: [], allow: [], deny: [] };

/** Source NAT: hairpins, then what is one to one, pools, and masquerade as the most general. */
export function bindNat(policy: Policy, peers: Peers, zones: readonly BoundZone[]): FoundNat {
  const binder = new NatBinder(policy, peers, zones);
  const { nat } = policy;
  const parts = [
    ...nat.forwards.map((one, index) => binder.forward(one, index)),
    ...nat.oneToOne.map((one, index) => binder.oneToOne(one, index)),
    ...nat.redirects.map((one, index) => binder.redirect(one, index)),
  ];
  return {
    bound: {
      destination: parts.flatMap(({ destination }) => destination),
      source: [...parts.flatMap(({ source }) => source), ...binder.pools(), ...binder.masquerade()],
    },
    rules: [...parts.flatMap(({ allow }) => allow), ...parts.flatMap(({ deny }) => deny)],
  };
}

class NatBinder {
  readonly #policy: Policy;
  readonly #peers: Peers;
  readonly #zones: readonly BoundZone[];

  constructor(policy: Policy, peers: Peers, zones: readonly BoundZone[]) {
    this.#policy = policy;
    this.#peers = peers;
    this.#zones = zones;
  }

  forward(forward: PortForward, index: number): Part {
    const asker = { path: ['nat', 'forwards', index], id: forward.id };
    const outside = forward.external === undefined ? undefined : parseAddress(forward.external);
    const target = this.#target(forward.to, outside?.family, asker);
    const inZone = this.#peers.zoneId(forward.in);
    if (target === undefined || inZone === undefined) return NOTHING;
    const from = this.#peers.find(forward.allowFrom, asker);
    const protocol = forward.protocol === 'tcp' ? 6 : 17;
    const translation: DestinationNat = {
      id: forward.id,
      fromZones: [inZone],
      // A name's addresses are not known here: then the rules alone say who may.
      sources: from.peer.names.length > 0 ? EVERY_ADDRESS : from.peer.ranges,
      destinations: outside === undefined ? [] : [single(outside)],
      local: outside === undefined,
      match: { protocol, destinationPorts: portsOf([forward.port]) },
      toAddress: formatAddress(target),
      ...(forward.toPort === forward.port ? {} : { toPort: forward.toPort }),
    };
    const matches = [{ protocol, destinationPorts: portsOf([forward.toPort]) }];
    const to = this.#exactly(target);
    const fromZone = forward.hairpin ? from.zone : (from.zone ?? inZone);
    const allow = translated(forward.id, { ...from, zone: fromZone }, to, matches);
    const hairpin = forward.hairpin ? this.#hairpin(forward, translation, target, asker) : NOTHING;
    return {
      destination: [translation, ...hairpin.destination],
      source: hairpin.source,
      allow: [allow],
      deny: from.peer.names.length > 0 ? [this.#rest('forward', index, to, matches)] : [],
    };
  }

  /** From inside by the outside address; to a neighbour of the target the reply has to come back. */
  #hairpin(forward: PortForward, translation: DestinationNat, target: Address, asker: Asker): Part {
    const inside = this.#zones.filter(({ internet, name }) => !internet && name !== forward.in);
    const home = inside.find(({ networks }) => hasAddress(networks, target));
    if (home === undefined) {
      const message = `hairpin: no zone has networks with ${formatAddress(target)}`;
      this.#peers.note(asker, message, 'Add the networks of the zone that the target is in');
    }
    const back =
      home === undefined ? [] : this.#sourceNat(forward.id, home.networks, home.id, true);
    return {
      ...NOTHING,
      destination: [{ ...translation, fromZones: inside.map(({ id }) => id) }],
      source: back.filter(({ family }) => family === target.family),
    };
  }

  oneToOne(one: OneToOne, index: number): Part {
    const asker = { path: ['nat', 'oneToOne', index], id: one.id };
    const external = parseAddress(one.external);
    const zone = this.#peers.zoneId(one.in);
    const target = this.#target(one.internal, external?.family, asker);
    if (external === undefined || zone === undefined || target === undefined) return NOTHING;
    const to = this.#exactly(target);
    const matches = one.allow.flatMap((service) => this.#matches(service));
    const everybody = this.#peers.find('any', asker);
    return {
      destination: [
        {
          id: one.id,
          fromZones: [zone],
          sources: EVERY_ADDRESS,
          destinations: [single(external)],
          local: false,
          match: {},
          toAddress: formatAddress(target),
        },
      ],
      source: [
        {
          id: one.id,
          family: target.family,
          sources: [single(target)],
          toZone: zone,
          translated: false,
          to: { from: one.external, to: one.external, persistent: false },
          oneToOne: true,
        },
      ],
      allow: matches.length === 0 ? [] : [translated(one.id, { ...everybody, zone }, to, matches)],
      deny: [this.#rest('one', index, to, [{}])],
    };
  }

  redirect(redirect: Redirect, index: number): Part {
    const asker = { path: ['nat', 'redirects', index], id: redirect.id };
    const from = this.#zoneOrPeer(redirect.from, asker);
    const excepted = addressSet(
      redirect.except.flatMap((text) => this.#peers.find(text, asker).peer.ranges),
    );
    const sources = differenceOf(from.peer.ranges, excepted);
    const inside = this.#zones.filter(({ internet }) => !internet).map(({ id }) => id);
    const matches = this.#matches(redirect.service);
    const destination = matches.map(
      (match): DestinationNat => ({
        id: redirect.id,
        fromZones: from.zone === undefined ? inside : [from.zone],
        sources,
        // Who is excepted is neither redirected nor is what goes to it.
        destinations: differenceOf(EVERY_ADDRESS, excepted),
        local: false,
        match,
        toPort: redirect.toPort,
      }),
    );
    const arrived = matches.map(({ protocol }) => ({
      ...(protocol === undefined ? {} : { protocol }),
      destinationPorts: portsOf([redirect.toPort]),
    }));
    const self = this.#peers.find('self', asker);
    const peer = { ...from.peer, ranges: sources };
    if (sources.length === 0 || matches.length === 0) return NOTHING;
    return {
      ...NOTHING,
      destination,
      allow: [
        { ...translated(redirect.id, { ...from, peer }, self.peer, arrived), toZone: 'self' },
      ],
    };
  }

  pools(): SourceNat[] {
    return this.#policy.nat.pools.flatMap((pool, index) => {
      const asker = { path: ['nat', 'pools', index] };
      const range = rangeOf(pool.addresses);
      const out = this.#peers.zoneId(pool.out);
      if (range === undefined || out === undefined) return [];
      const to = {
        from: formatAddress({ family: range.family, value: range.from }),
        to: formatAddress({ family: range.family, value: range.to }),
        persistent: pool.persistent,
      };
      return this.#sourceNat(`ptl-pool-${index + 1}`, this.#sources(pool.from, asker), out, false)
        .filter(({ family }) => family === range.family)
        .map((one) => ({ ...one, to }));
    });
  }

  masquerade(): SourceNat[] {
    return this.#policy.nat.masquerade.flatMap(({ from, out, family }, index) => {
      const asker = { path: ['nat', 'masquerade', index] };
      const zone = this.#peers.zoneId(out);
      if (zone === undefined) return [];
      const wanted = family === 'both' ? [4, 6] : [family === 'ipv4' ? 4 : 6];
      const id = `ptl-masquerade-${index + 1}`;
      return this.#sourceNat(id, this.#sources(from, asker), zone, false).filter((one) =>
        wanted.includes(one.family),
      );
    });
  }

  /** One for each family that has sources. */
  #sourceNat(id: string, sources: AddressSet, toZone: string, hairpin: boolean): SourceNat[] {
    return ([4, 6] as const).flatMap((family) => {
      const own = sources.filter((range) => range.family === family);
      if (own.length === 0) return [];
      return [{ id, family, sources: own, toZone, translated: hairpin, oneToOne: false }];
    });
  }

  /** Addresses, and not the interface: translation has to know whom. */
  #sources(text: string, asker: Asker): AddressSet {
    const zone = this.#zoneNamed(text);
    if (zone !== undefined) return zone.networks;
    const { peer } = this.#peers.find(text, asker);
    if (peer.ranges.length === 0) {
      this.#peers.note(asker, 'stands for no address', 'Name a zone, a device or a network');
    }
    return peer.ranges;
  }

  #zoneOrPeer(text: string, asker: Asker): FoundPeer {
    const zone = this.#zoneNamed(text);
    return this.#peers.find(zone === undefined ? text : `zone:${zone.name}`, asker);
  }

  #zoneNamed(text: string): BoundZone | undefined {
    const name = text.startsWith('zone:') ? text.slice('zone:'.length) : text;
    return this.#zones.find((zone) => zone.name === name);
  }

  #matches(service: string): BoundMatch[] {
    return (serviceOf(this.#policy.services, service) ?? []).map((match) => {
      const protocol = protocolNumber(match.protocol);
      return {
        ...(protocol === undefined ? {} : { protocol }),
        ...(match.destinationPorts.length === 0
          ? {}
          : { destinationPorts: match.destinationPorts }),
        ...(match.types.length === 0 ? {} : { types: match.types }),
      };
    });
  }

  /** The first address of a machine, of the family that is asked for, IPv4 where any will do. */
  #target(text: string, family: 4 | 6 | undefined, asker: Asker): Address | undefined {
    const { ranges } = this.#peers.find(text, asker).peer;
    const inside = intersectionOf(ranges, addressSet(this.#zones.flatMap((one) => one.networks)));
    const range = [...inside, ...ranges].find(
      (one) => family === undefined || one.family === family,
    );
    if (range !== undefined) return { family: range.family, value: range.from };
    const what = family === undefined ? 'no address' : `no IPv${family} address`;
    this.#peers.note(asker, `leads to a machine with ${what}: it is left out`, 'Give it one');
    return undefined;
  }

  #exactly(target: Address): BoundPeer {
    return this.#peers.find(`net:${formatAddress(target)}`, { path: ['nat'] }).peer;
  }

  /** What was translated and is not allowed does not fall through to rules that know nothing of it. */
  #rest(kind: string, index: number, to: BoundPeer, matches: readonly BoundMatch[]): BoundRule {
    const everybody = this.#peers.find('any', { path: ['nat'] });
    const rule = translated(`ptl-${kind}-${index + 1}`, everybody, to, matches);
    return { ...rule, action: this.#policy.refuse === 'drop' ? 'deny' : 'reject' };
  }
}

function translated(
  id: string,
  from: { readonly zone?: string | undefined; readonly peer: BoundPeer },
  to: BoundPeer,
  matches: readonly BoundMatch[],
): BoundRule {
  return {
    id,
    ...(from.zone === undefined ? {} : { fromZone: from.zone }),
    from: from.peer,
    to,
    matches,
    action: 'allow',
    log: false,
    translated: true,
  };
}

function rangeOf(text: string): AddressRange | undefined {
  if (!text.includes('-')) return parseNetwork(text);
  const [from, to] = text.split('-').map((part) => parseAddress(part));
  if (from === undefined || to === undefined) return undefined;
  return { family: from.family, from: from.value, to: to.value };
}
