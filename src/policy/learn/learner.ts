import { Attempts } from './attempts.ts';
import { hostName, isLinkName } from './host-name.ts';
import type { KindProtocol, Peer } from './kinds.ts';
import { Kinds } from './kinds.ts';
import type { Place } from './places.ts';
import { Places, plain } from './places.ts';
import { Presence } from './presence.ts';
import type {
  DeviceProposal,
  GroupUse,
  LearnContext,
  LearnDevice,
  LearntFlow,
  Left,
  Proposal,
} from './proposal.ts';
import { propose } from './propose.ts';
import type { Beginning } from './tally.ts';

/** Group addresses and ports of one device that are kept apart. */
const GROUPS = 256;
/** DHCP's servers (RFC 2131 §4.1). */
const BOOTPS = 67;
const ICMPV6 = 58;
/** Below are services; an answer from there to above is one whose question was not seen. */
const SERVICES = 1024;

/** What is known of one device while flows come in. */
export interface Draft {
  readonly device: LearnDevice;
  readonly kinds: Kinds;
  readonly presence: Presence;
  readonly groups: Map<string, GroupUse>;
}

/** Proposes rules from flows in any order; one pass, bounded memory, the same result every time. */
export function learn(flows: Iterable<LearntFlow>, context: LearnContext): Proposal {
  const learner = new Learner(context);
  for (const flow of flows) learner.add(flow);
  return learner.proposal();
}

interface Ends {
  readonly client: Place;
  readonly server: Place;
  readonly port: number;
  readonly beginning: Beginning;
}

export class Learner {
  readonly #context: LearnContext;
  readonly #places: Places;
  readonly #attempts = new Attempts();
  readonly #drafts = new Map<string, Draft>();
  readonly #left: Record<Left, number> = { foreign: 0, ambiguous: 0, link: 0, full: 0, notIp: 0 };
  readonly #offset: number;

  constructor(context: LearnContext) {
    this.#context = context;
    this.#places = new Places(context);
    this.#offset = context.utcOffset * 60_000;
  }

  add(flow: LearntFlow): void {
    const source = this.#places.of(flow.source);
    const destination = this.#places.of(flow.destination);
    this.#notePresence(flow, source, destination);
    if (destination.kind === 'group') {
      if (source.kind === 'device') this.#noteGroup(flow, source.device, destination.address);
      return;
    }
    const why = whyLeft(flow, source, destination);
    if (why !== undefined) {
      this.#left[why] += 1;
      return;
    }
    const ends = endsOf(flow, source, destination);
    if (ends !== undefined) this.#noteKinds(flow, ends);
    else this.#noteInVain(flow, source, destination);
  }

  proposal(): Proposal {
    const devices: DeviceProposal[] = [...this.#drafts.values()]
      .sort((a, b) => (a.device.id < b.device.id ? -1 : 1))
      .map((draft) => propose(draft, this.#attempts, this.#context));
    return { devices, left: { ...this.#left } };
  }

  #draftOf(place: Place): Draft | undefined {
    if (place.kind !== 'device') return undefined;
    const { device } = place;
    if (this.#context.only?.has(device.id) === false) return undefined;
    const known = this.#drafts.get(device.id);
    if (known !== undefined) return known;
    const draft = {
      device,
      kinds: new Kinds(this.#offset),
      presence: new Presence(this.#offset),
      groups: new Map(),
    };
    this.#drafts.set(device.id, draft);
    return draft;
  }

  /** Whoever sent something was there. */
  #notePresence(flow: LearntFlow, source: Place, destination: Place): void {
    const sender = this.#draftOf(source)?.presence;
    sender?.note(flow);
    sender?.noteDownload(hostName(flow.name), flow.received.bytes, flow.sent.bytes);
    if (sender !== undefined && isBoot(flow)) sender.booted = true;
    if (flow.outcome === 'answered') this.#draftOf(destination)?.presence.note(flow);
  }

  #noteGroup(flow: LearntFlow, device: LearnDevice, address: string): void {
    const groups = this.#draftOf({ kind: 'device', device })?.groups;
    if (groups === undefined) return;
    const { transport, destination, lastSeen } = flow;
    const key = `${address} ${transport} ${destination.port}`;
    const known = groups.get(key);
    if (known === undefined && groups.size >= GROUPS) return;
    const flows = (known?.flows ?? 0) + 1;
    const last = Math.max(known?.lastSeen ?? lastSeen, lastSeen);
    groups.set(key, { address, transport, port: destination.port, flows, lastSeen: last });
  }

  #noteInVain(flow: LearntFlow, source: Place, destination: Place): void {
    // A service that DNS names and that is down is tried again and again.
    if (hostName(flow.name) !== undefined) return;
    const service = `${flow.transport}/${flow.destination.port}`;
    // Who is at home is asked by echo, of those too that are out.
    if (flow.transport === 'icmp') return;
    this.#attempts.inVain(flow.firstSeen, whoIs(source), whoIs(destination), service);
  }

  #noteKinds(flow: LearntFlow, { client, server, port, beginning }: Ends): void {
    const protocol = protocolOf(flow);
    if (beginning === 'silent') this.#noteInVain(flow, client, server);
    // Some sources put the type of ICMP where a port would be.
    const hasPorts = protocol === 'tcp' || protocol === 'udp';
    const seen = { protocol, port: hasPorts ? port : 0, flow, beginning };
    const opener = this.#draftOf(client);
    if (opener !== undefined) {
      const peer = this.#serverOf(opener, flow, server);
      if (peer !== undefined) this.#keep(opener, { ...seen, side: 'from-device', peer });
    }
    const served = this.#draftOf(server);
    const peer = peerOf(client);
    // What the router itself sends is not judged.
    if (served === undefined || peer === undefined || peer.kind === 'self') return;
    this.#keep(served, { ...seen, side: 'to-device', peer });
  }

  /** By its name, where it is no device: a device's endpoint follows it, and cannot be forged. */
  #serverOf({ kinds }: Draft, flow: LearntFlow, server: Place): Peer | undefined {
    const peer = peerOf(server);
    if (peer === undefined || (peer.kind !== 'local' && peer.kind !== 'public')) return peer;
    const name = flow.midStream === true ? undefined : hostName(flow.name);
    if (name === undefined || isLinkName(name)) return peer;
    kinds.name(peer.address, name);
    return { kind: 'name', name };
  }

  #keep(draft: Draft, observation: Parameters<Kinds['add']>[0]): void {
    if (draft.kinds.add(observation)) return;
    draft.presence.dropped += 1;
    this.#left.full += 1;
  }
}

function whyLeft(flow: LearntFlow, source: Place, destination: Place): Left | undefined {
  const kinds = [source.kind, destination.kind];
  if (kinds.includes('notIp') || kinds.includes('nobody')) return 'notIp';
  if (kinds.includes('ambiguous')) return 'ambiguous';
  // Neighbours find each other by ICMPv6 (RFC 4861): an answer there is no echo.
  const isNear = flow.ipProtocol === ICMPV6 && !kinds.includes('public');
  if (kinds.includes('link') || isNear) return 'link';
  return kinds.includes('device') ? undefined : 'foreign';
}

/** Who is client and who server; undefined where the flow shows no need. */
function endsOf(flow: LearntFlow, source: Place, destination: Place): Ends | undefined {
  const { transport, outcome } = flow;
  const [from, to] = [flow.source.port, flow.destination.port];
  if (outcome === 'refused' || (outcome === 'silent' && transport === 'tcp')) return undefined;
  if (outcome === 'silent') {
    return transport === 'udp'
      ? { client: source, server: destination, port: to, beginning: 'silent' }
      : undefined;
  }
  // The lower port is the server's where nothing better is known (RFC 6335 §6).
  const isTurned = from < to && (flow.midStream === true || isReply(flow));
  const isUnseen = flow.midStream === true || isTurned;
  const [client, server] = isTurned ? [destination, source] : [source, destination];
  const port = isTurned ? from : to;
  return { client, server, port, beginning: isUnseen ? 'midStream' : 'opened' };
}

/** A datagram from a service to a port of a caller: the question came before we listened. */
function isReply({ transport, source, destination }: LearntFlow): boolean {
  return transport === 'udp' && source.port < SERVICES && destination.port >= SERVICES;
}

function protocolOf({ transport, ipProtocol }: LearntFlow): KindProtocol {
  if (transport === 'tcp' || transport === 'udp') return transport;
  if (transport === 'other') return ipProtocol;
  return ipProtocol === ICMPV6 ? 'icmpv6' : 'icmp';
}

function peerOf(place: Place): Peer | undefined {
  switch (place.kind) {
    case 'device':
      return { kind: 'device', device: place.device };
    case 'self':
      return { kind: 'self' };
    case 'local':
    case 'public':
      return { kind: place.kind, address: place.address };
    default:
      return undefined;
  }
}

/** For counting attempts: one device is one, whatever its addresses. */
export function whoIs(place: Place): string {
  if (place.kind === 'device') return place.device.id;
  return 'address' in place ? place.address : place.kind;
}

/**
 * DHCPDISCOVER comes from no address (RFC 2131 §4.1), and so does the check for twins of an IPv6
 * address that was just made (RFC 4862 §5.4.2). A renewal has an address, and shows no start.
 */
function isBoot({ source, destination, transport }: LearntFlow): boolean {
  const from = plain(source.address);
  if (from === '::') return true;
  return from === '0.0.0.0' && transport === 'udp' && destination.port === BOOTPS;
}
