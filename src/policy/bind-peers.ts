import type { Address, AddressRange } from '../base/address.ts';
import { parseAddress, parseNetwork, single } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import {
  addressSet,
  differenceOf,
  EVERY_ADDRESS,
  hasAddress,
  unionOf,
} from '../base/address-set.ts';
import { shortId } from '../base/id.ts';
import type { BoundDevice, BoundName, BoundPeer } from '../model/bound-policy.ts';
import type { Policy, PolicyEndpoint } from '../model/policy.ts';
import type { BindContext, InventoryDevice } from './bind-context.ts';
import { networkSet } from './check-zones.ts';
import { deviceKey } from './device-key.ts';
import { mudMembers } from './mud-members.ts';
import type { Path, Problem } from './problem.ts';
import { own, parsePeer } from './references.ts';
import { shown } from './schema-values.ts';

/** One end of a rule, looked up; `zone` is `BoundZone.id`, or `self`. */
export interface FoundPeer {
  readonly zone?: string;
  readonly peer: BoundPeer;
}

/** Who asks: the place in the policy, for what is to be said about it. */
export interface Asker {
  readonly path: Path;
  readonly id?: string;
}

const NOBODY: BoundPeer = { ranges: [], names: [], devices: [] };

/** Looks names of a policy up, each once, and notes what it could not find. */
export class Peers {
  readonly problems: Problem[] = [];
  /** Managed devices. */
  readonly devices: readonly BoundDevice[];
  readonly #byId: ReadonlyMap<string, BoundDevice>;
  readonly #everybody: BoundPeer;
  readonly #policy: Policy;
  readonly #context: BindContext;
  readonly #inventory: ReadonlyMap<string, InventoryDevice>;
  readonly #zoneIds: ReadonlyMap<string, string>;
  readonly #found = new Map<string, BoundPeer>();
  readonly #names = new Map<string, BoundName>();
  /** Addresses of managed devices in order, to find those within a range. */
  readonly #owners: readonly { readonly address: Address; readonly device: BoundDevice }[];

  constructor(policy: Policy, context: BindContext) {
    this.#policy = policy;
    this.#context = context;
    this.#inventory = new Map(context.devices.map((device) => [device.id, device]));
    // By position: two policies that differ in the names of their zones only give the same ruleset.
    this.#zoneIds = new Map(Object.keys(policy.zones).map((name, i) => [name, `z_${i + 1}`]));
    this.devices = this.#managed();
    this.#byId = new Map(this.devices.map((device) => [device.device, device]));
    const known = this.devices.filter(({ addresses }) => addresses.length > 0);
    this.#everybody = { ranges: EVERY_ADDRESS, names: [], devices: known.map(({ id }) => id) };
    this.#owners = this.devices
      .flatMap((device) => device.addresses.map((range) => ({ address: firstOf(range), device })))
      .sort((a, b) => order(a.address, b.address));
  }

  /** In the order of their first use. */
  get names(): readonly BoundName[] {
    return [...this.#names.values()];
  }

  zoneId(name: string): string | undefined {
    return this.#zoneIds.get(name);
  }

  /** What `any`, `zone:…`, an endpoint's name and so on stands for. */
  find(text: string, asker: Asker): FoundPeer {
    const parsed = parsePeer(text);
    if (parsed.kind === 'self') return { zone: 'self', peer: this.#everybody };
    if (parsed.kind !== 'zone') return { peer: this.#cached(text, asker) };
    const zone = own(this.#policy.zones, parsed.value);
    const zoneId = this.zoneId(parsed.value);
    // The interface says where a packet is; without one, the networks have to.
    if (zone === undefined || zoneId === undefined) return { peer: NOBODY };
    if (zone.internet || zone.interfaces.length > 0) return { zone: zoneId, peer: this.#everybody };
    return { peer: this.#ofRanges(networkSet(zone.networks)) };
  }

  /** The addresses of one family, and whoever has no others. */
  partOf(peer: BoundPeer, family: 4 | 6): BoundPeer {
    const ranges = peer.ranges.filter((range) => range.family === family);
    const devices = peer.devices.filter((id) =>
      this.devices.some(
        (one) => one.id === id && one.addresses.every((range) => range.family === family),
      ),
    );
    return { ...peer, ranges, devices };
  }

  #cached(text: string, asker: Asker): BoundPeer {
    const before = this.#found.get(text);
    if (before !== undefined) return before;
    const peer = this.#look(text, asker);
    this.#found.set(text, peer);
    return peer;
  }

  #look(text: string, asker: Asker): BoundPeer {
    const parsed = parsePeer(text);
    switch (parsed.kind) {
      case 'any':
        return this.#everybody;
      case 'net': {
        const range = parseNetwork(parsed.value);
        return range === undefined ? NOBODY : this.#ofRanges([range]);
      }
      case 'name':
        return this.#ofName([parsed.value], asker);
      case 'endpoint':
        return this.#ofEndpoint(parsed.value, asker, new Set());
      case 'self':
      case 'zone':
        return NOBODY;
    }
  }

  /** @param within groups that led here: a group in itself ends the walk */
  #ofEndpoint(name: string, asker: Asker, within: ReadonlySet<string>): BoundPeer {
    const endpoint = own(this.#policy.endpoints, name);
    if (endpoint === undefined || within.has(name)) return NOBODY;
    switch (endpoint.kind) {
      case 'device':
        return this.#ofDevice(name, endpoint, asker);
      case 'net':
        return this.#ofRanges(networkSet(endpoint.networks));
      case 'name':
        return this.#ofName(endpoint.names, asker);
      case 'group': {
        const deeper = new Set([...within, name]);
        return merged(endpoint.members.map((one) => this.#ofEndpoint(one, asker, deeper)));
      }
      case 'mud':
        return this.#ofMud(name, endpoint, asker);
    }
  }

  #ofDevice(name: string, endpoint: PolicyEndpoint & { kind: 'device' }, asker: Asker): BoundPeer {
    const ranges = this.#addressesOf(endpoint);
    if (ranges.length === 0) {
      this.note(asker, `${shown(name)} (${endpoint.device}) has no known address`, FIND_IT);
    }
    const managed = this.#byId.get(endpoint.device);
    const found = this.#ofRanges(ranges);
    const devices = managed === undefined ? [] : [managed.id];
    return { ...found, devices: [...new Set([...devices, ...found.devices])] };
  }

  #addressesOf({ device, addresses }: PolicyEndpoint & { kind: 'device' }): AddressSet {
    return usable([...(this.#inventory.get(device)?.addresses ?? []), ...addresses]);
  }

  #ofName(patterns: readonly string[], asker: Asker): BoundPeer {
    const id = nameId(patterns);
    if (!this.#names.has(id)) {
      const resolved = patterns.map((pattern) => this.#context.resolved(pattern));
      const known = resolved.filter((one) => one !== undefined);
      const unseen = patterns.filter((_, index) => resolved[index] === undefined);
      if (unseen.length > 0) {
        this.note(asker, `${unseen.slice(0, 4).join(', ')} was never seen to resolve`, LOOK_IT_UP);
      }
      const at = known.map((one) => one.at);
      this.#names.set(id, {
        id,
        patterns,
        addresses: usable(known.flatMap(({ addresses }) => addresses)),
        ...(at.length === 0 ? {} : { resolvedAt: Math.max(...at) }),
      });
    }
    return { ranges: [], names: [id], devices: [] };
  }

  #ofMud(name: string, endpoint: PolicyEndpoint & { kind: 'mud' }, asker: Asker): BoundPeer {
    const members = mudMembers(endpoint, this.#context);
    if (members === undefined) {
      this.note(
        asker,
        `nobody said who the ${endpoint.selector} ${shown(endpoint.value)} is`,
        `Make ${shown(name)} a group of those that it stands for; until then it matches nothing`,
      );
      return NOBODY;
    }
    if (members.length === 0)
      this.note(asker, `${shown(name)} stands for no known device`, FIND_IT);
    return this.#ofRanges(usable(members));
  }

  #ofRanges(ranges: AddressSet): BoundPeer {
    return { ranges, names: [], devices: this.#within(ranges) };
  }

  /** Managed devices all of whose addresses are in the set. */
  #within(ranges: AddressSet): string[] {
    const touched = new Set<BoundDevice>();
    for (const range of ranges) {
      for (let i = this.#firstFrom(range); i < this.#owners.length; i += 1) {
        const one = this.#owners[i];
        if (one === undefined || order(one.address, lastOf(range)) > 0) break;
        touched.add(one.device);
      }
    }
    return [...touched]
      .filter(({ addresses }) => addresses.every((range) => isWithin(range, ranges)))
      .map(({ id }) => id);
  }

  /** Index of the first owner whose address is not before the range. */
  #firstFrom(range: AddressRange): number {
    let [low, high] = [0, this.#owners.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = this.#owners[middle];
      if (one !== undefined && order(one.address, firstOf(range)) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #managed(): BoundDevice[] {
    return Object.entries(this.#policy.endpoints).flatMap(([name, endpoint]) => {
      if (endpoint.kind !== 'device') return [];
      const known = this.#inventory.get(endpoint.device);
      if (known === undefined) this.#unknownDevice(name, endpoint.device);
      if (endpoint.state === 'observing' || endpoint.state === 'learned') return [];
      return [
        {
          id: deviceKey(endpoint.device),
          device: endpoint.device,
          addresses: this.#addressesOf(endpoint),
          macs: known?.macs ?? [],
          trial: endpoint.state === 'trial',
        },
      ];
    });
  }

  #unknownDevice(name: string, device: string): void {
    const user = this.#policy.rules.findIndex(({ from, to }) => from === name || to === name);
    const rule = this.#policy.rules[user];
    this.problems.push({
      level: 'error',
      path: ['endpoints', name, 'device'],
      message: `there is no device ${device}`,
      ...(rule === undefined ? {} : { id: rule.id, related: ['rules', user] }),
      remedy: 'List the devices: portolan devices',
    });
  }

  note(asker: Asker, message: string, remedy: string): void {
    const id = asker.id === undefined ? {} : { id: asker.id };
    this.problems.push({ level: 'warning', path: asker.path, ...id, message, remedy });
  }
}

const FIND_IT = 'Look for it: portolan scan';
const LOOK_IT_UP = 'Let it be used once while you watch, or check its spelling: portolan flows';

function merged(peers: readonly BoundPeer[]): BoundPeer {
  return {
    ranges: unionOf(...peers.map(({ ranges }) => ranges)),
    names: [...new Set(peers.flatMap(({ names }) => names))],
    devices: [...new Set(peers.flatMap(({ devices }) => devices))],
  };
}

/** A DNS name's form is checked when it is read, and its set keeps its id when rules move. */
function nameId(patterns: readonly string[]): string {
  const id = shortId('D', JSON.stringify(patterns), 12);
  return `n_${id.slice('PTL-D-'.length).toLowerCase()}`;
}

/** Nobody's own: unspecified, loopback, multicast, broadcast (RFC 6890, RFC 4291). */
const NO_DEVICE = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '224.0.0.0/4',
  '255.255.255.255',
  '::/127',
  'ff00::/8',
]
  .map((text) => parseNetwork(text))
  .filter((range) => range !== undefined);

function usable(addresses: readonly string[]): AddressSet {
  const parsed = addresses
    .map((text) => parseAddress(text))
    .filter((one) => one !== undefined)
    .filter((one) => !hasAddress(addressSet(NO_DEVICE), one));
  return addressSet(parsed.map((one) => single(one)));
}

function isWithin(range: AddressRange, set: AddressSet): boolean {
  if (range.from === range.to) return hasAddress(set, firstOf(range));
  return differenceOf([range], set).length === 0;
}

function firstOf({ family, from }: AddressRange): Address {
  return { family, value: from };
}

function lastOf({ family, to }: AddressRange): Address {
  return { family, value: to };
}

function order(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.value === b.value) return 0;
  return a.value < b.value ? -1 : 1;
}
