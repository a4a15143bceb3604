import { parseAddress, single } from '../../base/address.ts';
import { addressSet } from '../../base/address-set.ts';
import { PortolanError } from '../../base/errors.ts';
import type { SiteRules } from '../../engine.ts';
import type { Place } from '../../ledger/cells.ts';
import type { BoundDevice } from '../../model/bound-policy.ts';
import type { Instant } from '../../model/core.ts';
import type { Device } from '../../model/device.ts';
import type { FirewallReading } from '../../model/firewall-reading.ts';
import { allowedCell } from '../../policy/allowed.ts';
import { Firewall } from '../../policy/firewall.ts';
import { neededByPolicy, portsOfPolicy } from '../../policy/need.ts';
import { readPolicy } from '../../policy/read.ts';
import { ownAddresses, segmentsOf } from '../../policy/segments.ts';
import { targetCalled } from '../firewall-state.ts';
import type { PolicyFile } from '../policy-file.ts';
import { policyPath, readPolicyText } from '../policy-file.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world.ts';

/** Flows that are searched for peers, newest first. */
const NEWEST_FLOWS = 200_000;
/** Peers of one port that are told apart. */
const PEERS = 32;
/** Milliseconds for which peers are not looked up again. */
const PEERS_FOR = 60_000;

type Peers = ReadonlyMap<string, ReadonlySet<string>>;

/** What the policy beside the database needs, and what the firewalls that were read allow. */
export class RuleBook {
  readonly #world: World;
  readonly #store: Store;
  #policy: PolicyFile | undefined;
  /** What was in the file when it was found unfit: said once. */
  #unfit: string | undefined;
  /** Text of the policy when it was looked at last, and how often it was another one. */
  #stamped: string | undefined;
  #version = 0;
  #peers: { readonly at: number; readonly found: Peers } | undefined;
  /** When the next rule lapses, of the policy or of a firewall; and how often one did. */
  #turnsAt = Number.POSITIVE_INFINITY;
  #turns = 0;

  constructor(world: World, store: Store) {
    this.#world = world;
    this.#store = store;
  }

  of(devices: readonly Device[]): SiteRules {
    const policy = this.policy()?.policy;
    const byId = new Map(devices.map((device) => [device.id, device]));
    const now = this.#world.now();
    const open = (): readonly Firewall[] => this.firewalls(devices);
    const permissions = new Permissions(open, () => this.#peersNow());
    const permission = (id: string, place: Place): ReturnType<typeof allowedCell> =>
      permissions.cell(byId.get(id), place);
    if (policy === undefined) return { permission };
    for (const { expires } of policy.rules) this.#turnAt(expires);
    return {
      permission,
      need: (id, place) => {
        const device = byId.get(id);
        return device === undefined ? undefined : neededByPolicy(policy, device, place, now);
      },
      ruled: (id) => {
        const device = byId.get(id);
        return device === undefined ? [] : portsOfPolicy(policy, device, now);
      },
    };
  }

  /** Only what is still to come: what was over before is over. */
  #turnAt(at: Instant | undefined): void {
    if (at !== undefined && at > this.#world.now()) this.#turnsAt = Math.min(this.#turnsAt, at);
  }

  #peersNow(): Peers {
    const now = this.#world.now();
    const isOld = this.#peers === undefined || Math.abs(now - this.#peers.at) > PEERS_FOR;
    if (isOld) this.#peers = { at: now, found: peersIn(this.#store) };
    return this.#peers?.found ?? new Map();
  }

  /** Another one whenever the policy or the rules of a firewall are others, or one lapsed. */
  stamp(): string {
    if (this.#world.now() >= this.#turnsAt) {
      this.#turnsAt = Number.POSITIVE_INFINITY;
      this.#turns += 1;
    }
    const policy = this.policy()?.text;
    if (policy !== this.#stamped) {
      this.#stamped = policy;
      this.#version += 1;
    }
    const readings = this.#store.firewalls().map(({ id }) => id);
    return [this.#version, this.#turns, ...readings].join(' ');
  }

  /** The policy in the data folder, where there is one that is fit; read anew when it changed. */
  policy(): PolicyFile | undefined {
    const folder = this.#world.dataFolder ?? this.#world.env['PORTOLAN_DATA'];
    if (folder === ':memory:') return undefined;
    const file = policyPath(folder);
    let text: string | undefined;
    try {
      text = readPolicyText(file);
      if (text === undefined || text === this.#unfit) return undefined;
      if (this.#policy?.text !== text) this.#policy = { ...readPolicy(text, file), file, text };
      return this.#policy;
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      // The ledger is of use without it, and `policy check` says what is wrong with it.
      this.#unfit = text;
      this.#world.warn(`The policy is not taken into account: ${error.message}`);
      return undefined;
    }
  }

  /** Firewalls as they were read last, ready to be asked; one that cannot be decided is said. */
  firewalls(devices: readonly Device[]): readonly Firewall[] {
    const readings = this.#store.firewalls();
    if (readings.length === 0) return [];
    const zones = this.policy()?.policy.zones ?? {};
    const bound = devices.map(boundDevice);
    const now = this.#world.now();
    const firewalls = readings.flatMap((reading) => {
      try {
        return opened(reading, zones, bound, now);
      } catch (error) {
        if (!(error instanceof PortolanError)) throw error;
        const { origin } = reading;
        this.#world.warn(`The firewall of ${origin} is not taken into account: ${error.message}`);
        return [];
      }
    });
    for (const { turnsAt } of firewalls) this.#turnAt(turnsAt);
    return firewalls;
  }
}

class Permissions {
  readonly #open: () => readonly Firewall[];
  readonly #peers: () => Peers;
  #firewalls: readonly Firewall[] | undefined;

  constructor(open: () => readonly Firewall[], peers: () => Peers) {
    this.#open = open;
    this.#peers = peers;
  }

  cell(device: Device | undefined, place: Place): ReturnType<typeof allowedCell> {
    this.#firewalls ??= this.#open();
    if (device === undefined || this.#firewalls.length === 0) return undefined;
    const { addresses } = device;
    const isOut = place.direction === 'from-device';
    const peers = isOut ? addresses.flatMap((each) => this.#peersOf(each, place)) : [];
    return allowedCell({ ...place, addresses, peers }, this.#firewalls);
  }

  #peersOf(address: string, { transport, port }: Place): readonly string[] {
    return [...(this.#peers().get(`${address} ${transport}/${port}`) ?? [])];
  }
}

/** With whom each address was seen to talk, by port. */
function peersIn(store: Store): Peers {
  const found = new Map<string, Set<string>>();
  for (const { address, transport, port, peer } of store.peers(NEWEST_FLOWS)) {
    const key = `${address} ${transport}/${port}`;
    const before = found.get(key) ?? new Set<string>();
    found.set(key, before);
    if (before.size < PEERS) before.add(peer);
  }
  return found;
}

function opened(
  { at, origin, target, text, links }: FirewallReading,
  zones: Parameters<typeof segmentsOf>[0],
  devices: readonly BoundDevice[],
  now: Instant,
): readonly Firewall[] {
  const parsed = targetCalled(target)?.parse(text, now);
  if (parsed?.ok !== true) return [];
  const segments = segmentsOf(zones, links);
  const own = ownAddresses(links);
  const facts = { origin, language: target, at, segments, own, devices };
  return [new Firewall({ ...facts, program: parsed.program })];
}

function boundDevice({ id, addresses, macs }: Device): BoundDevice {
  const ranges = addresses.flatMap((text) => parseAddress(text) ?? []).map(single);
  return { id, device: id, addresses: addressSet(ranges), macs, trial: false };
}
