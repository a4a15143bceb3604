import type { Address } from '../../base/address.ts';
import { contains, isPrivate, parseAddress, parseNetwork, single } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, hasAddress } from '../../base/address-set.ts';
import { RecentMap } from '../../base/recent-map.ts';
import type { Endpoint } from '../../model/flow.ts';
import type { GroupUse, Need, SegmentDevice, SegmentFlow, SegmentInput } from './segment.ts';
import { INTERNET, ROUTER } from './segment.ts';

const DAY = 86_400_000;
/** Kinds of flows that are told apart; what is more is counted as left out. */
const MOST_NEEDS = 200_000;
const EVIDENCE = 8;
/** Addresses of which it is remembered where they are. */
const KINDS = 16_384;
/** Systems give callers ports from here on (Linux; RFC 6335 §6 has 49152). */
const EPHEMERAL = 32_768;
/** From so many high ports of one server on they are no service's but whatever was free. */
const MANY = 4;
/** Weight halves for what was not seen for so long. */
const FORGOTTEN = 14 * DAY;

export interface Needs {
  readonly needs: readonly Need[];
  readonly groups: readonly GroupUse[];
  /** Flows of which neither end is a device, or that were too many. */
  readonly left: number;
}

interface Tally {
  readonly client: number;
  readonly server: number;
  readonly protocol: Need['protocol'];
  from: number;
  to: number;
  application: string;
  flows: number;
  answered: number;
  bytes: number;
  firstSeen: number;
  lastSeen: number;
  readonly linkLocal: boolean;
  readonly days: Set<number>;
  readonly evidence: number[];
}

/** What each device was seen to need of which other, from conversations. */
export function needsOf({ devices, flows, routers, now, networks }: SegmentInput): Needs {
  const places = new Places(devices, routers, networks);
  const tallies = new Map<string, Tally>();
  const groups = new Map<string, { -readonly [K in keyof GroupUse]: GroupUse[K] }>();
  let left = 0;
  for (const flow of flows) {
    const client = places.of(flow.source);
    const isGroup = client !== undefined && places.isGroup(flow.destination.address);
    if (isGroup) addGroup(groups, client, flow);
    else if (!addPair(tallies, client, places.of(flow.destination), flow)) left += 1;
  }
  const needs = ranged([...tallies.values()]).map((tally) => needOf(tally, now));
  return { needs: needs.sort(byEnds), groups: [...groups.values()], left };
}

/** @returns false where nothing is learnt from it */
function addPair(
  tallies: Map<string, Tally>,
  client: number | undefined,
  server: number | undefined,
  flow: SegmentFlow,
): boolean {
  if (client === undefined || server === undefined || Math.max(client, server) < 0) return false;
  return client === server || add(tallies, client, server, flow);
}

function add(
  tallies: Map<string, Tally>,
  client: number,
  server: number,
  flow: SegmentFlow,
): boolean {
  const protocol = protocolOf(flow);
  const port = typeof protocol === 'number' ? 0 : flow.destination.port;
  const linkLocal = /^fe[89ab]/i.test(flow.destination.address);
  const key = `${client} ${server} ${protocol} ${port} ${linkLocal}`;
  let tally = tallies.get(key);
  if (tally === undefined) {
    if (tallies.size >= MOST_NEEDS) return false;
    tally = newTally(client, server, flow, linkLocal);
    tallies.set(key, tally);
  }
  count(tally, flow);
  return true;
}

function newTally(client: number, server: number, flow: SegmentFlow, linkLocal: boolean): Tally {
  const protocol = protocolOf(flow);
  const isPorted = protocol === 'tcp' || protocol === 'udp';
  const port = isPorted ? flow.destination.port : 0;
  return {
    client,
    server,
    protocol,
    from: port,
    to: port,
    application: 'unknown',
    flows: 0,
    answered: 0,
    bytes: 0,
    firstSeen: flow.firstSeen,
    lastSeen: flow.lastSeen,
    linkLocal,
    days: new Set(),
    evidence: [],
  };
}

function count(tally: Tally, flow: SegmentFlow): void {
  tally.flows += 1;
  if (flow.outcome === 'answered') tally.answered += 1;
  tally.bytes += flow.sent.bytes + flow.received.bytes;
  tally.firstSeen = Math.min(tally.firstSeen, flow.firstSeen);
  tally.lastSeen = Math.max(tally.lastSeen, flow.lastSeen);
  // A connection that is open for days is used on each of them.
  const last = Math.min(Math.floor(flow.lastSeen / DAY), Math.floor(flow.firstSeen / DAY) + 366);
  for (let day = Math.floor(flow.firstSeen / DAY); day <= last; day += 1) tally.days.add(day);
  if (flow.protocol !== 'unknown') tally.application = flow.protocol;
  if (tally.evidence.length < EVIDENCE) tally.evidence.push(flow.id);
}

function protocolOf({ transport, ipProtocol }: SegmentFlow): Need['protocol'] {
  if (transport === 'tcp' || transport === 'udp') return transport;
  if (ipProtocol === 58) return 'icmpv6';
  return ipProtocol === 1 ? 'icmp' : ipProtocol;
}

function addGroup(
  groups: Map<string, { -readonly [K in keyof GroupUse]: GroupUse[K] }>,
  sender: number,
  { destination, lastSeen }: SegmentFlow,
): void {
  if (sender < 0) return;
  const key = `${sender} ${destination.address} ${destination.port}`;
  const { address, port } = destination;
  const use = groups.get(key) ?? { sender, address, port, flows: 0, lastSeen };
  groups.set(key, use);
  use.flows += 1;
  use.lastSeen = Math.max(use.lastSeen, lastSeen);
}

/** High ports of one server that change from call to call (RTP, passive FTP) are one range. */
function ranged(tallies: readonly Tally[]): readonly Tally[] {
  const high = new Map<string, Tally[]>();
  const rest: Tally[] = [];
  for (const tally of tallies) {
    if (tally.from < EPHEMERAL) {
      rest.push(tally);
      continue;
    }
    const key = `${tally.client} ${tally.server} ${tally.protocol} ${tally.linkLocal}`;
    const group = high.get(key);
    if (group === undefined) high.set(key, [tally]);
    else group.push(tally);
  }
  for (const group of high.values()) {
    const [first, ...others] = group;
    if (first === undefined || group.length < MANY) rest.push(...group);
    else rest.push(others.reduce(joined, first));
  }
  return rest;
}

function joined(a: Tally, b: Tally): Tally {
  for (const day of b.days) a.days.add(day);
  a.from = Math.min(a.from, b.from);
  a.to = Math.max(a.to, b.to);
  a.flows += b.flows;
  a.answered += b.answered;
  a.bytes += b.bytes;
  a.firstSeen = Math.min(a.firstSeen, b.firstSeen);
  a.lastSeen = Math.max(a.lastSeen, b.lastSeen);
  a.evidence.push(...b.evidence.slice(0, EVIDENCE - a.evidence.length));
  return a;
}

function needOf(tally: Tally, now: number): Need {
  const days = tally.days.size;
  const fresh = now - tally.lastSeen > FORGOTTEN ? 0.5 : 1;
  const use = 4 * days + Math.log2(1 + tally.flows) + Math.log2(1 + tally.bytes) / 4;
  return { ...tally, days, weight: Math.round(use * fresh * 100) / 100 };
}

/** Whatever order the flows came in, the plan is the same. */
function byEnds(a: Need, b: Need): number {
  return (
    a.client - b.client ||
    a.server - b.server ||
    String(a.protocol).localeCompare(String(b.protocol), 'en') ||
    a.from - b.from
  );
}

/** `tcp/8009`, `udp/40000-40100`, `icmp/8`, `47`: as a rule of a policy has it. */
export function serviceOf({ protocol, from, to }: Pick<Need, 'protocol' | 'from' | 'to'>): string {
  // Echo (RFC 792; RFC 4443 §4.1): what ICMP is answered to.
  if (protocol === 'icmp') return 'icmp/8';
  if (protocol === 'icmpv6') return 'icmpv6/128';
  if (typeof protocol === 'number') return String(protocol);
  return from === to ? `${protocol}/${from}` : `${protocol}/${from}-${to}`;
}

const GROUPS: AddressSet = addressSet(
  ['224.0.0.0/4', 'ff00::/8', '255.255.255.255/32'].flatMap((text) => parseNetwork(text) ?? []),
);

/** Whose an address is. */
class Places {
  readonly #byAddress = new Map<string, number[]>();
  readonly #byMac = new Map<string, number>();
  readonly #routers: ReadonlySet<string>;
  readonly #routerDevices = new Set<number>();
  readonly #broadcasts: ReadonlySet<string>;
  readonly #kinds = new RecentMap<boolean>(KINDS);
  readonly #places = new RecentMap<Place>(KINDS);

  constructor(
    devices: readonly SegmentDevice[],
    routers: readonly string[],
    networks: readonly (readonly string[])[],
  ) {
    this.#routers = new Set(routers);
    this.#broadcasts = new Set(networks.flat().flatMap(broadcastOf));
    devices.forEach((device, index) => {
      if (device.addresses.some((address) => this.#routers.has(address))) {
        this.#routerDevices.add(index);
      }
      for (const mac of device.macs) this.#byMac.set(mac, index);
      for (const address of device.addresses) {
        const key = plain(address);
        this.#byAddress.set(key, [...(this.#byAddress.get(key) ?? []), index]);
      }
    });
  }

  isGroup(address: string): boolean {
    if (this.#broadcasts.has(address)) return true;
    let known = this.#kinds.get(address);
    if (known === undefined) {
      const parsed = parseAddress(plain(address));
      known = parsed !== undefined && hasAddress(GROUPS, parsed);
      this.#kinds.set(address, known);
    }
    return known;
  }

  #placeOf(address: string): Place {
    const known = this.#places.get(address);
    if (known !== undefined) return known;
    const parsed = parseAddress(address);
    const place = parsed === undefined ? 'private' : placeOf(parsed);
    this.#places.set(address, place);
    return place;
  }

  of({ address: text, mac }: Endpoint): number | undefined {
    const address = plain(text);
    if (this.#routers.has(address)) return ROUTER;
    const owners = this.#byAddress.get(address) ?? [];
    const named = mac === undefined ? undefined : this.#byMac.get(mac);
    const index =
      owners.length > 1 && named !== undefined && owners.includes(named) ? named : owners[0];
    if (index !== undefined) return this.#routerDevices.has(index) ? ROUTER : index;
    const kind = this.#placeOf(address);
    if (kind === 'public') return INTERNET;
    // A card speaks for itself on its own link only: what is routed has the router's.
    return named !== undefined && kind === 'link' ? named : undefined;
  }
}

type Place = 'public' | 'private' | 'link';

function placeOf(address: Address): Place {
  if (isLinkLocal(address)) return 'link';
  return isPrivate(single(address)) ? 'private' : 'public';
}

const LINK_LOCAL = ['fe80::/10', '169.254.0.0/16', '0.0.0.0/8', '::/128'];

function isLinkLocal(address: Address): boolean {
  return LINK_LOCAL.some((text) => {
    const range = parseNetwork(text);
    return range !== undefined && contains(range, address);
  });
}

function broadcastOf(network: string): readonly string[] {
  const range = parseNetwork(network);
  if (range === undefined || range.family !== 4) return [];
  const value = Number(range.to);
  return [[24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')];
}

/** Without the zone of a link-local address. */
export function plain(address: string): string {
  return address.split('%', 1)[0] ?? address;
}
