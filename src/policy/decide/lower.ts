import type { AddressSet } from '../../base/address-set.ts';
import type {
  BoundMatch,
  BoundPeer,
  BoundPolicy,
  BoundRule,
  BoundZone,
} from '../../model/bound-policy.ts';
import { ICMP, ICMPV6, PORTED } from '../simulate/match.ts';
import type { Domain } from './domain.ts';
import {
  common,
  complement,
  FIELDS,
  FORWARDED,
  octetIntervals,
  portIntervals,
  SELF,
  united,
} from './domain.ts';
import { ALLOW, DROP, NOTHING, orElse, outcomeOf } from './outcomes.ts';
import type { Intervals, NodeId, Region, Space } from './space.ts';
import { END, leaf } from './space.ts';

/** Where one end of a connection has to be: at these interfaces and among these addresses. */
interface Place {
  readonly interfaces?: Intervals | undefined;
  readonly addresses?: Intervals | undefined;
}

type End = 'from' | 'to';

const EMPTY: Intervals = [];

/** Turns the rules of one bound policy into regions of a domain. */
export class Lowering {
  readonly #space: Space;
  readonly #domain: Domain;
  readonly #policy: BoundPolicy;
  /** What a rule that limits comes to: `DROP` is possible where limits count, else it just allows. */
  readonly #limited: number;
  readonly #zones: ReadonlyMap<string, BoundZone>;
  readonly #names: ReadonlyMap<string, Intervals>;
  readonly #peers = new WeakMap<BoundPeer, Intervals>();
  readonly #places = new Map<string, Place>();

  constructor(space: Space, domain: Domain, policy: BoundPolicy, limitsCount = false) {
    this.#space = space;
    this.#domain = domain;
    this.#policy = policy;
    this.#limited = limitsCount ? ALLOW | DROP : ALLOW;
    this.#zones = new Map(policy.zones.map((zone) => [zone.id, zone]));
    this.#names = new Map(
      policy.names.map(({ id, patterns, addresses }) => [
        id,
        domain.view === 'symbolic' ? domain.nameSet(patterns) : domain.addressSet(addresses),
      ]),
    );
  }

  /** The rule's outcome where it matches. */
  rule(rule: BoundRule): NodeId {
    this.#space.concerning = `Rule "${rule.id}"`;
    const isLimited = rule.rate !== undefined || rule.connections !== undefined;
    const outcome = rule.action === 'allow' && isLimited ? this.#limited : outcomeOf(rule.action);
    return this.fill(this.regions(rule), outcome);
  }

  fill(regions: readonly Region[], outcome: number): NodeId {
    return regions
      .map((region) => this.#space.box(region, leaf(outcome), NOTHING))
      .reduce((all, box) => this.#space.apply(orElse, all, box), NOTHING);
  }

  /** It matches where one of them does. */
  regions(rule: BoundRule): readonly Region[] {
    const from = this.#place(rule.fromZone, 'from');
    const to = this.#place(rule.toZone, 'to');
    return rule.matches.flatMap((match) =>
      transportsOf(match).map((transport) =>
        regionOf({
          ...transport,
          input: from.interfaces,
          output: to.interfaces,
          source: common(this.#peer(rule.from), from.addresses),
          destination: common(this.#peer(rule.to), to.addresses),
          translated: rule.translated === true ? [1, END] : undefined,
        }),
      ),
    );
  }

  /** Everything that comes from, or goes to, a zone that denies whoever has no rule. */
  denying(end: End): readonly Region[] {
    return this.#policy.zones
      .filter(({ denies }) => denies)
      .map(({ id }) => this.#region(this.#place(id, end), end));
  }

  /** Everything from or to a device by its addresses; the router itself is none. */
  owned(addresses: AddressSet, end: End): Region {
    const interfaces = end === 'to' ? FORWARDED : undefined;
    return this.#region({ interfaces, addresses: this.#domain.addressSet(addresses) }, end);
  }

  #region({ interfaces, addresses }: Place, end: End): Region {
    return end === 'from'
      ? regionOf({ input: interfaces, source: addresses })
      : regionOf({ output: interfaces, destination: addresses });
  }

  #peer(peer: BoundPeer): Intervals | undefined {
    let known = this.#peers.get(peer);
    if (known === undefined) {
      const names = peer.names.map((name) => this.#names.get(name) ?? EMPTY);
      known = united([this.#domain.addressSet(peer.ranges), ...names]);
      this.#peers.set(peer, known);
    }
    return known[0] === 0 && known[1] === END ? undefined : known;
  }

  #place(id: string | undefined, end: End): Place {
    if (id === undefined) return {};
    if (id === 'self' && end === 'to') return { interfaces: SELF };
    const key = `${end} ${id}`;
    const zone = this.#zones.get(id);
    const place =
      this.#places.get(key) ??
      (zone === undefined ? { interfaces: EMPTY } : this.#within(zone, end));
    this.#places.set(key, place);
    return place;
  }

  /** As `inZone` of the simulator: by its interfaces, else by its networks, else what is left. */
  #within(zone: BoundZone, end: End): Place {
    if (zone.interfaces.length > 0) return { interfaces: this.#interfaces(zone.interfaces, end) };
    const through = end === 'to' ? FORWARDED : undefined;
    if (!zone.internet) {
      return { interfaces: through, addresses: this.#domain.addressSet(zone.networks) };
    }
    const others = this.#policy.zones.filter(({ internet }) => !internet);
    const named = others.flatMap(({ interfaces }) => interfaces);
    const networks = others
      .filter(({ interfaces }) => interfaces.length === 0)
      .map((other) => this.#domain.addressSet(other.networks));
    return {
      interfaces: common(complement(this.#interfaces(named, end)), through),
      addresses: networks.length === 0 ? undefined : complement(united(networks)),
    };
  }

  #interfaces(names: readonly string[], end: End): Intervals {
    return end === 'from' ? this.#domain.inputs(names) : this.#domain.outputs(names);
  }
}

export function regionOf(
  sets: Readonly<Partial<Record<keyof typeof FIELDS, Intervals | undefined>>>,
): Region {
  const region: (Intervals | undefined)[] = [];
  region[FIELDS.input] = sets.input;
  region[FIELDS.output] = sets.output;
  region[FIELDS.protocol] = sets.protocol;
  region[FIELDS.source] = sets.source;
  region[FIELDS.destination] = sets.destination;
  region[FIELDS.port] = sets.port;
  region[FIELDS.sourcePort] = sets.sourcePort;
  region[FIELDS.translated] = sets.translated;
  return region;
}

export interface Transport {
  readonly protocol?: Intervals | undefined;
  readonly port?: Intervals | undefined;
  readonly sourcePort?: Intervals | undefined;
}

export const WITH_PORTS = octetIntervals(PORTED);
export const WITH_TYPES = octetIntervals([ICMP, ICMPV6]);
const WITH_NEITHER = complement(united([WITH_PORTS, WITH_TYPES]));

/** A port or a type is asked only of a protocol that has it; of the rest nothing is asked. */
function transportsOf(match: BoundMatch): readonly Transport[] {
  const { sourcePorts, destinationPorts, types } = match;
  const own = match.protocol === undefined ? undefined : octetIntervals([match.protocol]);
  if (destinationPorts === undefined && sourcePorts === undefined && types === undefined) {
    return [{ protocol: own }];
  }
  const ports = {
    port: destinationPorts && portIntervals(destinationPorts),
    sourcePort: sourcePorts && portIntervals(sourcePorts),
  };
  if (own !== undefined && PORTED.includes(match.protocol ?? 0))
    return [{ protocol: own, ...ports }];
  return [
    { protocol: common(own, WITH_PORTS), ...ports },
    { protocol: common(own, WITH_TYPES), port: types && octetIntervals(types) },
    { protocol: common(own, WITH_NEITHER) },
  ].filter(({ protocol }) => protocol?.length !== 0);
}
