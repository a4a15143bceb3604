import type { AddressSet } from '../../base/address-set.ts';
import { shortId } from '../../base/id.ts';
import { formatPorts } from '../../base/port-set.ts';
import type { Direction } from '../../model/core.ts';
import type {
  Policy,
  PolicyAction,
  PolicyEndpoint,
  PolicyRule,
  RateLimit,
  ServiceMatch,
} from '../../model/policy.ts';
import { own } from '../references.ts';
import { shown } from '../schema-values.ts';
import { detailOf, protocolOf, serviceText } from '../services.ts';
import type { AcePeers } from './ace-peers.ts';
import { isWellKnown, peersOfAce } from './ace-peers.ts';
import { initiators } from './initiator.ts';
import type { Ace, Mud, MudAcl, MudPolicySide } from './mud.ts';

export interface MudDevice {
  /** Id in the inventory: `PTL-D-7F3K`. */
  readonly id: string;
  /** What the policy calls it. */
  readonly endpoint: string;
}

export interface MudContext {
  /** Networks of the site itself: `local-networks`. */
  readonly localNetworks: AddressSet;
  /** Of the policy: one of the name that a class would get is the operator's word on who that is. */
  readonly endpoints: Policy['endpoints'];
}

/** Something that only a person can add; until then the file allows that much less. */
export interface MudToDo {
  readonly kind: 'controller' | 'my-controller' | 'local-networks' | 'not-enforced';
  /** Name of the endpoint that waits for its members. */
  readonly endpoint?: string;
  /** A sentence; text from the file in it is quoted. */
  readonly text: string;
}

export interface MudPolicy {
  readonly rules: readonly PolicyRule[];
  readonly endpoints: Policy['endpoints'];
  readonly services: Policy['services'];
  readonly todo: readonly MudToDo[];
}

/** Of the rate's own schema: packets and bursts. */
const MOST_PACKETS = 1_000_000;

/**
 * What a MUD file means for one device, as rules about who may begin a connection: from the device
 * as `egress`, to it as `ingress`, in the order of its ACEs. Nothing else is allowed to it by them:
 * who is in no rule is denied once the device is managed.
 */
export function mudPolicy(mud: Mud, device: MudDevice, context: MudContext): MudPolicy {
  const writer = new RuleWriter(mud, device, context);
  writer.side(mud.fromDevice, 'from-device');
  writer.side(mud.toDevice, 'to-device');
  return writer.result();
}

class RuleWriter {
  readonly #mud: Mud;
  readonly #device: MudDevice;
  readonly #context: MudContext;
  readonly #begins: ReadonlySet<Ace>;
  readonly #rules: Record<Direction, PolicyRule[]> = { 'from-device': [], 'to-device': [] };
  readonly #endpoints = new Map<string, PolicyEndpoint>();
  readonly #services = new Map<string, readonly ServiceMatch[]>();
  readonly #todo = new Map<string, MudToDo>();

  constructor(mud: Mud, device: MudDevice, context: MudContext) {
    this.#mud = mud;
    this.#device = device;
    this.#context = context;
    this.#begins = initiators(mud);
  }

  side(side: MudPolicySide, direction: Direction): void {
    for (const acl of side.acls) {
      const rate = rateOf(side, acl);
      for (const ace of acl.aces) this.#ace(ace, direction, rate);
    }
  }

  #ace(ace: Ace, direction: Direction, rate: RateLimit | undefined): void {
    const isAllow = ace.action === 'allow';
    if (isAllow && !this.#begins.has(ace)) return;
    const peers = peersOfAce(ace, direction, this.#mud.url, this.#context.localNetworks);
    const why = (isAllow ? narrowing(ace, direction) : undefined) ?? whyNot(peers);
    if (why !== undefined) this.#notEnforced(ace, why);
    if (isAllow && why !== undefined) return;
    // A denied answer is a connection that the other side cannot have: it is denied its beginning.
    const isReply = !isAllow && ace.initiated !== undefined && ace.initiated !== direction;
    const rules = this.#texts(peers).map((peer) =>
      isReply
        ? this.#rule(swapped(ace), peer, opposite(direction), undefined)
        : this.#rule(ace, peer, direction, isAllow ? rate : undefined),
    );
    if (isReply) this.#rules[opposite(direction)].unshift(...rules);
    else this.#rules[direction].push(...rules);
  }

  /** A denial that cannot be said denies more than it says, never less. */
  #texts(peers: AcePeers): readonly string[] {
    if (peers.kind === 'none') return ['any'];
    if (peers.kind === 'texts') return peers.texts;
    const { name, endpoint } = peers;
    const known = own(this.#context.endpoints, name);
    // Whoever changed the endpoint said who is meant; the site's networks are what they are now.
    const isOperators = known !== undefined && known.kind !== endpoint.kind;
    if (!isOperators) {
      this.#endpoints.set(name, endpoint);
      this.#ask(name, endpoint);
    }
    return [name];
  }

  #ask(name: string, endpoint: PolicyEndpoint): void {
    if (endpoint.kind === 'net') return;
    if (endpoint.kind !== 'mud' || isWellKnown(endpoint.value)) return;
    const { selector, value } = endpoint;
    if (selector !== 'controller' && selector !== 'my-controller') return;
    const whose = selector === 'controller' ? `the controller ${shown(value)}` : 'its controller';
    this.#todo.set(name, {
      kind: selector,
      endpoint: name,
      text: `Say who ${whose} is: make the endpoint ${name} a group of those devices. Until then it matches nothing`,
    });
  }

  #notEnforced(ace: Ace, why: string): void {
    const effect = ace.action === 'allow' ? 'It allows nothing' : 'It denies more than it says';
    const text = `${effect} (ACE ${shown(ace.name)}): ${why}`;
    const isLocal = ace.peers.localNetworks && this.#context.localNetworks.length === 0;
    this.#todo.set(`${ace.path} ${why}`, {
      kind: isLocal ? 'local-networks' : 'not-enforced',
      text,
    });
  }

  #rule(ace: Ace, peer: string, direction: Direction, rate: RateLimit | undefined): PolicyRule {
    const isEgress = direction === 'from-device';
    const { endpoint } = this.#device;
    const service = this.#service(ace);
    const family = isOfOneFamily(ace, peer) ? {} : { family: ace.family };
    return {
      id: this.#id([direction, ace.family, peer, service, ace.action].join(' ')),
      from: isEgress ? endpoint : peer,
      to: isEgress ? peer : endpoint,
      service,
      action: ace.action,
      side: isEgress ? 'egress' : 'ingress',
      ...family,
      ...(rate === undefined ? {} : { rate }),
      log: ace.log,
      origin: { kind: 'mud', ref: this.#mud.url },
      note: `ACE ${shown(ace.name)}`,
    };
  }

  /** `mud-7f3k-x2kq9d`: of our own ids only, and the same for the same meaning in every update. */
  #id(what: string): string {
    const device = this.#device.id.toLowerCase().replace(/^ptl-d-/, '');
    const key = device.replaceAll(/[^a-z0-9]/g, '').slice(0, 12);
    const [, , hash = ''] = shortId('C', `${this.#device.id} ${what}`, 8).toLowerCase().split('-');
    return `mud-${key}-${hash}`;
  }

  #service(ace: Ace): string {
    const match = matchOf(ace);
    const text = serviceText(match);
    if (text !== undefined && text.length <= 300) return text;
    const said = [
      match.protocol,
      formatPorts(match.sourcePorts),
      formatPorts(match.destinationPorts),
    ];
    const [, , hash = ''] = shortId('C', said.join(' '), 8).toLowerCase().split('-');
    const name = `mud-service-${hash}`;
    this.#services.set(name, [match]);
    return name;
  }

  result(): MudPolicy {
    const rules = Object.values(this.#rules).flatMap((side) => joined(side));
    return {
      rules,
      endpoints: Object.fromEntries(this.#endpoints),
      services: Object.fromEntries(this.#services),
      todo: [...this.#todo.values()],
    };
  }
}

function whyNot(peers: AcePeers): string | undefined {
  return peers.kind === 'none' ? peers.why : undefined;
}

function opposite(direction: Direction): Direction {
  return direction === 'from-device' ? 'to-device' : 'from-device';
}

function swapped(ace: Ace): Ace {
  return { ...ace, sourcePorts: ace.destinationPorts, destinationPorts: ace.sourcePorts };
}

/** Why an ACE that allows cannot be taken: without what narrows it, it would allow more. */
function narrowing(ace: Ace, direction: Direction): string | undefined {
  const [first] = ace.beyond;
  if (first !== undefined) return `what it asks of ${shown(first)} cannot be enforced`;
  const address = direction === 'from-device' ? ace.source.network : ace.destination.network;
  return address === undefined || /\/0$/.test(address)
    ? undefined
    : 'it asks for an address of the device itself';
}

function matchOf(ace: Ace): ServiceMatch {
  const protocol = ace.protocol === undefined ? 'any' : (protocolOf(String(ace.protocol)) ?? 'any');
  const hasPorts = detailOf(protocol) === 'ports';
  return {
    protocol,
    destinationPorts: hasPorts ? ace.destinationPorts : [],
    sourcePorts: hasPorts ? ace.sourcePorts : [],
    types: ace.icmpType === undefined ? [] : [ace.icmpType],
  };
}

/** ICMP and an address have a family of their own. */
function isOfOneFamily(ace: Ace, peer: string): boolean {
  return ace.layer4 === 'icmp' || peer.startsWith('net:');
}

/** draft-lear-opsawg-mud-bw-profile: a connection takes a packet at least, so this bounds them. */
function rateOf(side: MudPolicySide, acl: MudAcl): RateLimit | undefined {
  const rate = side.rates.find((one) => one.acl === undefined || one.acl === acl.name);
  if (rate?.packetsPerSecond === undefined) return undefined;
  const packets = Math.min(Math.max(rate.packetsPerSecond, 1), MOST_PACKETS);
  const burst = Math.min(packets * Math.max(rate.timeframe, 1), MOST_PACKETS);
  return { packets, per: 'second', burst, key: 'rule' };
}

/**
 * Without repetitions; what both families say in the same words becomes one rule where all rules
 * agree, since then their order does not matter.
 */
function joined(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const agree = new Set<PolicyAction>(rules.map(({ action }) => action)).size <= 1;
  const byKey = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const key = [rule.from, rule.to, rule.service, rule.action, agree ? '' : rule.family].join(
      '\0',
    );
    const before = byKey.get(key);
    if (before === undefined) byKey.set(key, rule);
    else if (before.family !== rule.family) byKey.set(key, ofBothFamilies(before));
  }
  return [...byKey.values()];
}

function ofBothFamilies({ family: _, ...rule }: PolicyRule): PolicyRule {
  return rule;
}
