import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { tell } from './learned/tell.ts';

/** Milliseconds since it was heard last for which whoever has an address still has it. */
const HOLDS = 120_000;
/** Milliseconds within which the former owner speaks again, where it was silent. */
const RETURNS = 600_000;
const ADDRESSES = 8_192;
const QUIET = 3_600_000;
/** RFC 9568 §7.3: routers that stand in for each other share such a MAC. */
const VRRP = /^00:00:5e:00:0[12]:/;
const NOTHING: readonly Signal[] = [];

export const arpSpoof = {
  id: 'arp_spoof',
  title: 'Somebody claims the address of another device, which is there',
  types: ['arp_spoof', 'mac_conflict'],
  thresholds: [`an address that its owner used within ${HOLDS / 60_000} minutes`],
  sources: [
    'arpwatch(8): changed ethernet address, flip flop',
    'RFC 5227 §2.4',
    'MITRE ATT&CK T1557.002',
  ],
  learns: false,
  knownFalse: [
    'an address that DHCP gave to the next one: the former owner is silent then',
    'routers that stand in for each other (VRRP, known by their MAC)',
    'a device with two interfaces in one network',
  ],
  sees: ['binding', 'dhcp', 'opened', 'answered', 'progress'],
  start: (context) => new ArpSpoof(context),
} as const satisfies Detector;

interface Owner {
  mac: string;
  at: Instant;
  /** Somebody else said that it is his, when, and in which frame. */
  rival:
    | { readonly mac: string; readonly at: Instant; readonly frame: number | undefined }
    | undefined;
}

class ArpSpoof implements Watch {
  readonly #context: DetectorContext;
  readonly #owners = new BoundedMap<string, Owner>(ADDRESSES);
  readonly #told = new BoundedMap<string, Instant>(1_024);
  /** By MAC: the worst that was told of it as a spoofer. */
  readonly #spoofs = new BoundedMap<string, Conflict>(1_024);
  /** By MAC: addresses of others that it claimed. */
  readonly #claims = new BoundedMap<string, Set<string>>(1_024);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return {
      octets:
        this.#owners.size * 200 +
        this.#told.size * 80 +
        (this.#claims.size + this.#spoofs.size) * 160,
      dropped: this.#owners.dropped,
    };
  }

  see(observation: Observation): readonly Signal[] {
    switch (observation.kind) {
      case 'binding':
        return this.#claim(observation);
      case 'dhcp':
        if (observation.message === 'ack') this.#lease(observation);
        return NOTHING;
      case 'opened':
        return this.#heard(observation.source, observation.at);
      case 'answered':
        return observation.refused ? NOTHING : this.#heard(observation.destination, observation.at);
      case 'progress':
        if (observation.sent.packets > 0) this.#refresh(observation.source, observation.at);
        if (observation.received.packets > 0)
          this.#refresh(observation.destination, observation.at);
        return NOTHING;
      default:
        return NOTHING;
    }
  }

  /** DHCP gives an address to somebody: nothing is wrong with the next owner. */
  #lease({ address, clientMac, at }: Dhcp): void {
    if (address !== undefined) this.#owners.set(address, { mac: clientMac, at, rival: undefined });
  }

  #claim({ mac, address, at, frame, via }: Binding): readonly Signal[] {
    if (address === '0.0.0.0' || VRRP.test(mac)) return NOTHING;
    const owner = this.#owners.get(address);
    if (owner === undefined || owner.mac === mac) return this.#own(address, mac, at, owner);
    const isHeld = at - owner.at < HOLDS && at >= owner.at;
    if (isHeld) return this.#conflict({ address, owner: owner.mac, rival: mac, at, frame, via });
    if (owner.rival === undefined) owner.rival = { mac, at, frame };
    else if (at - owner.rival.at > RETURNS) {
      // Nobody objected: it is its address now.
      this.#owners.set(address, { mac: owner.rival.mac, at, rival: undefined });
    }
    return NOTHING;
  }

  #own(address: string, mac: string, at: Instant, owner: Owner | undefined): readonly Signal[] {
    if (owner === undefined) {
      this.#owners.set(address, { mac, at, rival: undefined });
      return NOTHING;
    }
    owner.at = at;
    const { rival } = owner;
    owner.rival = undefined;
    const isBoth = rival !== undefined && at - rival.at <= RETURNS && at >= rival.at;
    if (!isBoth) return NOTHING;
    const { frame, mac: other } = rival;
    return this.#conflict({ address, owner: mac, rival: other, at, frame, via: 'asked' });
  }

  /** IP from an address shows who has it, but a router's MAC stands before others' addresses. */
  #heard({ address, mac }: End, at: Instant): readonly Signal[] {
    if (mac === undefined || !this.#context.isLocal(address)) return NOTHING;
    const owner = this.#owners.get(address);
    return owner?.mac === mac ? this.#own(address, mac, at, owner) : NOTHING;
  }

  #refresh({ address, mac }: End, at: Instant): void {
    const owner = mac === undefined ? undefined : this.#owners.get(address);
    if (owner !== undefined && owner.mac === mac) owner.at = at;
  }

  #conflict(conflict: Conflict): readonly Signal[] {
    const { address, rival, at, owner, via } = conflict;
    const key = `${address} ${rival}`;
    const told = this.#told.get(key);
    if (told !== undefined && at - told < QUIET) return NOTHING;
    this.#told.set(key, at);
    const claims = this.#claims.get(rival) ?? new Set<string>();
    if (claims.size < 8) claims.add(address);
    this.#claims.set(rival, claims);
    const isGateway = this.#context.about(owner).infrastructure;
    const isSpoof = isGateway || claims.size > 1 || via === 'unasked';
    // What else follows from one spoofer is the same alert, which names whose address he takes now.
    const before = claims.size > 1 && !isGateway ? this.#spoofs.get(rival) : undefined;
    const worst = before === undefined ? conflict : { ...before, at, frame: conflict.frame };
    if (isSpoof && before === undefined) this.#spoofs.set(rival, conflict);
    return [this.#tell(worst, isSpoof, claims.size, owner)];
  }

  /** @param taken whose address is taken now */
  #tell(conflict: Conflict, isSpoof: boolean, claims: number, taken: string): Signal {
    const { address, owner, rival, at, frame } = conflict;
    const isGateway = this.#context.about(owner).infrastructure;
    return tell({
      type: isSpoof ? 'arp_spoof' : 'mac_conflict',
      at,
      severity: isGateway ? 'critical' : 'high',
      threat: 'interception',
      devices: taken === owner ? [rival, owner] : [rival, owner, taken],
      peer: address,
      about: isSpoof ? 'spoofs' : address,
      summary: `${rival} claims ${address}, which ${isGateway ? 'the router' : 'the device'} ${owner} has and uses`,
      usual: `${address} belongs to ${owner}.`,
      remedy: isSpoof
        ? `Take ${rival} off the network: it leads others' traffic through itself. Then look which passwords went over the network since.`
        : `Give one of ${owner} and ${rival} another address: both use ${address}.`,
      reasons: [
        ...(isGateway ? ['the address is the router’s: all traffic would go through it'] : []),
        ...(claims > 1 ? [`it claims ${claims} addresses of others`] : []),
        'the owner is active at the same time',
      ],
      facts: { address, owner, claims },
      frames: [frame],
    });
  }
}

interface Conflict {
  readonly address: string;
  readonly owner: string;
  readonly rival: string;
  readonly at: Instant;
  readonly frame: number | undefined;
  readonly via: Binding['via'];
}

type Binding = Extract<Observation, { kind: 'binding' }>;
type Dhcp = Extract<Observation, { kind: 'dhcp' }>;
interface End {
  readonly address: string;
  readonly mac?: string;
}
