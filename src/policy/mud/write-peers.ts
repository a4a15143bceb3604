import type { Address } from '../../base/address.ts';
import { isPrivate, parseAddress, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, differenceOf, hasAddress, networksOf } from '../../base/address-set.ts';
import type { Policy, PolicyEndpoint } from '../../model/policy.ts';
import type { BindContext } from '../bind-context.ts';
import { deviceKey } from '../device-key.ts';
import { mudMembers } from '../mud-members.ts';
import { own, parsePeer } from '../references.ts';
import { shown } from '../schema-values.ts';
import { endpointName } from './ace-peers.ts';
import type { AceEnd, MudPeers } from './mud.ts';
import { authorityOf } from './mud.ts';

/** One way in which an ACE can name its peer. */
export interface PeerMatch {
  /** Undefined: of both families. */
  readonly family?: 4 | 6;
  readonly end: AceEnd;
  readonly classes: MudPeers;
}

export type WrittenPeer =
  | { readonly ok: true; readonly matches: readonly PeerMatch[]; readonly notes: readonly string[] }
  /** MUD cannot say it. */
  | { readonly ok: false; readonly why: string };

/** Who a class stands for here; whoever uses the file has to say it for theirs. */
export interface MudMapping {
  /** Name of the endpoint that reads the class back. */
  readonly endpoint: string;
  readonly class: string;
  /** Names of endpoints of the policy. */
  readonly members: readonly string[];
}

export const NO_CLASSES: MudPeers = {
  sameManufacturer: false,
  localNetworks: false,
  myController: false,
};

const EVERY: PeerMatch = { end: {}, classes: NO_CLASSES };

export interface WriteContext extends Pick<BindContext, 'devices' | 'localNetworks' | 'resolvers'> {
  readonly ntpServers: readonly string[];
}

/** What the ends of a policy's rules are in MUD's words, for the file of one device. */
export class PeerWriter {
  readonly #policy: Policy;
  readonly #device: string;
  readonly #url: string;
  readonly #context: WriteContext;
  readonly #own: readonly Address[];
  readonly #mapped = new Map<string, MudMapping>();

  constructor(policy: Policy, device: string, url: string, context: WriteContext) {
    this.#policy = policy;
    this.#device = device;
    this.#url = url;
    this.#context = context;
    this.#own = Object.values(policy.endpoints)
      .filter((one) => one.kind === 'device')
      .filter((one) => one.device === device)
      .flatMap((one) => one.addresses)
      .concat(context.devices.find(({ id }) => id === device)?.addresses ?? [])
      .flatMap((text) => parseAddress(text) ?? []);
  }

  get mappings(): readonly MudMapping[] {
    return [...this.#mapped.values()];
  }

  /** Whether an end of a rule is the device, always, never, or for some of its addresses only. */
  covers(text: string): 'yes' | 'no' | 'part' {
    const peer = parsePeer(text);
    switch (peer.kind) {
      case 'any':
        return 'yes';
      case 'self':
      case 'name':
        return 'no';
      case 'net':
        return this.#within([peer.value]);
      case 'zone': {
        const zone = own(this.#policy.zones, peer.value);
        return zone === undefined || zone.internet ? 'no' : this.#within(zone.networks);
      }
      case 'endpoint':
        return this.#isEndpoint(peer.value, new Set());
    }
  }

  #isEndpoint(name: string, within: ReadonlySet<string>): 'yes' | 'no' | 'part' {
    const endpoint = own(this.#policy.endpoints, name);
    if (endpoint === undefined || within.has(name)) return 'no';
    switch (endpoint.kind) {
      case 'device':
        return endpoint.device === this.#device ? 'yes' : 'no';
      case 'net':
        return this.#within(endpoint.networks);
      case 'name':
        return 'no';
      case 'group': {
        const deeper = new Set([...within, name]);
        const all = endpoint.members.map((one) => this.#isEndpoint(one, deeper));
        if (all.includes('yes')) return 'yes';
        return all.includes('part') ? 'part' : 'no';
      }
      case 'mud':
        return this.#within(mudMembers(endpoint, this.#bindContext()) ?? []);
    }
  }

  #bindContext(): BindContext {
    return { ...this.#context, resolved: () => undefined, now: 0 };
  }

  #within(networks: readonly string[]): 'yes' | 'no' | 'part' {
    const set = setOf(networks);
    const inside = this.#own.filter((address) => hasAddress(set, address)).length;
    if (inside === 0) return 'no';
    return inside === this.#own.length ? 'yes' : 'part';
  }

  /** The other end of a rule. */
  peer(text: string): WrittenPeer {
    const peer = parsePeer(text);
    switch (peer.kind) {
      case 'any':
        return { ok: true, matches: [EVERY], notes: [] };
      case 'self':
        return no('MUD knows no router; where it is meant as the resolver, name it in the policy');
      case 'name':
        return names([peer.value]);
      case 'net':
        return this.#networks([peer.value]);
      case 'zone': {
        const zone = own(this.#policy.zones, peer.value);
        const isByInterface = zone === undefined || zone.internet || zone.interfaces.length > 0;
        return isByInterface
          ? no('MUD knows no zones and no interfaces')
          : this.#networks(zone.networks);
      }
      case 'endpoint':
        return this.#endpoint(peer.value, new Set());
    }
  }

  #endpoint(name: string, within: ReadonlySet<string>): WrittenPeer {
    const endpoint = own(this.#policy.endpoints, name);
    if (endpoint === undefined || within.has(name)) return { ok: true, matches: [], notes: [] };
    switch (endpoint.kind) {
      case 'device':
        return this.#deviceMatch(name, endpoint);
      case 'net':
        return this.#networks(endpoint.networks);
      case 'name':
        return names(endpoint.names);
      case 'mud':
        return this.#classMatch(endpoint);
      case 'group': {
        const deeper = new Set([...within, name]);
        const all = endpoint.members.map((one) => this.#endpoint(one, deeper));
        const refused = all.find((one) => !one.ok);
        if (refused !== undefined) return refused;
        const said = all.flatMap((one) => (one.ok ? [one] : []));
        return {
          ok: true,
          matches: said.flatMap(({ matches }) => matches),
          notes: said.flatMap(({ notes }) => notes),
        };
      }
    }
  }

  #networks(networks: readonly string[]): WrittenPeer {
    const set = setOf(networks);
    if (isSame(set, this.#context.localNetworks)) {
      return { ok: true, matches: [ofClass({ localNetworks: true })], notes: [] };
    }
    const texts = set.flatMap((range) => networksOf(range).map((text) => [range, text] as const));
    return {
      ok: true,
      matches: texts.map(([{ family }, text]) => ({
        family,
        end: { network: text.includes('/') ? text : `${text}/${family === 4 ? 32 : 128}` },
        classes: NO_CLASSES,
      })),
      notes: texts.map(([range, text]) =>
        isPrivate(range)
          ? `${text} is an address of this site, and means nothing at another`
          : `${text} stands there as an address: a DNS name would outlive a move (RFC 9726 §6)`,
      ),
    };
  }

  /** RFC 8520 §8.6: who has a MUD URL is told by it; anybody else is a class that people fill. */
  #deviceMatch(name: string, endpoint: PolicyEndpoint & { kind: 'device' }): WrittenPeer {
    const known = this.#context.devices.find(({ id }) => id === endpoint.device);
    const url = endpoint.addresses.length === 0 ? known?.mudUrl : undefined;
    const alike = this.#context.devices.filter(({ mudUrl }) => mudUrl === url).length;
    if (url !== undefined && authorityOf(url) !== undefined && alike === 1) {
      return { ok: true, matches: [ofClass({ model: url })], notes: [] };
    }
    const before = this.#mapped.get(endpoint.device);
    const isFirst = ![...this.#mapped.values()].some((one) => one.class === 'my-controller');
    const mine = before === undefined ? isFirst : before.class === 'my-controller';
    const uri = `${this.#url}#${deviceKey(endpoint.device)}`;
    const mapping: MudMapping = {
      endpoint: endpointName(
        mine
          ? { selector: 'my-controller', value: this.#url }
          : { selector: 'controller', value: uri },
      ),
      class: mine ? 'my-controller' : uri,
      members: [name],
    };
    this.#mapped.set(endpoint.device, mapping);
    const classes = ofClass(mine ? { myController: true } : { controller: uri });
    return { ok: true, matches: [classes], notes: [] };
  }

  #classMatch({ selector, value }: PolicyEndpoint & { kind: 'mud' }): WrittenPeer {
    const ok = (classes: Partial<MudPeers>): WrittenPeer => ({
      ok: true,
      matches: [ofClass(classes)],
      notes: [],
    });
    const maker = authorityOf(value) ?? value.toLowerCase();
    switch (selector) {
      case 'manufacturer':
        if (maker === authorityOf(this.#url)) return ok({ sameManufacturer: true });
        return HOST.test(maker)
          ? ok({ manufacturer: maker })
          : no(`${shown(maker)} is no DNS name`);
      case 'model':
        return URI.test(value) ? ok({ model: value }) : no(`${shown(value)} is no URI`);
      case 'controller':
        return URI.test(value) ? ok({ controller: value }) : no(`${shown(value)} is no URI`);
      case 'my-controller':
        return value === this.#url ? ok({ myController: true }) : no('it is another’s controller');
    }
  }
}

const HOST =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?){0,126}$/;
const URI = /^[A-Za-z][A-Za-z0-9+.-]{0,30}:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]{1,2000}$/;

/** RFC 6991 `host` has no wildcards, and no label that ends in `_`. */
function names(list: readonly string[]): WrittenPeer {
  const odd = list.find((name) => !HOST.test(name));
  if (odd !== undefined) return no(`MUD has no wildcards and no names such as ${shown(odd)}`);
  const matches = list.map((name) => ({ end: { name }, classes: NO_CLASSES }));
  return { ok: true, matches, notes: [] };
}

function ofClass(classes: Partial<MudPeers>): PeerMatch {
  return { end: {}, classes: { ...NO_CLASSES, ...classes } };
}

function no(why: string): WrittenPeer {
  return { ok: false, why };
}

function setOf(networks: readonly string[]): AddressSet {
  return addressSet(networks.flatMap((text) => parseNetwork(text) ?? []));
}

function isSame(a: AddressSet, b: AddressSet): boolean {
  const isEmpty = a.length === 0 || b.length === 0;
  return !isEmpty && differenceOf(a, b).length === 0 && differenceOf(b, a).length === 0;
}
