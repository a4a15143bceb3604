import type { RemoteInfo, Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAddress } from '../../base/address.ts';
import type { PresenceVia, Proof } from '../../model/evidence.ts';
import type { Protocol, Search, Sighting } from '../../protocols/protocol.ts';
import { DescriptionReader } from './description-reader.ts';
import type { Link } from './interfaces.ts';
import { broadcastOf, isLinkLocal, ownAddress } from './interfaces.ts';
import type { Job } from './job.ts';
import { canonical } from './recorder.ts';

/** Milliseconds after which the question is put again: one lost datagram must not hide a device. */
const REPEAT = 1000;
/** Milliseconds for which answers are taken after the last question (SSDP: MX, at most 2 s here). */
const COLLECT = 2200;
/** Datagrams of one sender that are read. */
const SENDER_CAP = 200;
/** Bytes of all senders together that are read. */
const TOTAL_CAP = 4 * 1024 * 1024;
/** A question reaches every device of the link, so that it weighs more than one to a single device. */
const QUESTION_PACKETS = 5;
/** Questions raised by answers to one search: a network has a few dozen service types. */
const RAISED_CAP = 64;
/** Bytes of a side that are kept as proof. */
const PROOF_CAP = 512;

/**
 * Answers do not leave the link, and neither may questions: UPnP's usual 2 (UDA 2.0 §1.3.2) would
 * cross a multicast router into networks outside the scope.
 */
const HOPS = 1;

/** Presence has its own word for these; what answers another search was found by `udp`. */
const VIA: ReadonlyMap<string, PresenceVia> = new Map([
  ['mdns', 'mdns'],
  ['ssdp', 'ssdp'],
  ['ws-discovery', 'ws-discovery'],
  ['bacnet', 'bacnet'],
]);

export interface SearchResult {
  readonly outsideScope: number;
  readonly flooded: number;
}

interface Question {
  readonly protocol: Protocol;
  readonly socket: Socket;
  readonly to: string;
  readonly port: number;
  readonly payload: Uint8Array;
}

/** Asks everybody on the links by every protocol that has a question to everybody. */
export async function searchLinks(
  links: readonly Link[],
  quiet: ReadonlySet<string>,
  job: Job,
): Promise<SearchResult> {
  const searches = new Searches(links, quiet, job);
  try {
    await searches.open();
    await searches.ask();
    return await searches.finish();
  } finally {
    searches.close();
  }
}

class Searches {
  readonly #links: readonly Link[];
  readonly #quiet: ReadonlySet<string>;
  readonly #job: Job;
  readonly #sockets: Socket[] = [];
  readonly #questions: Question[] = [];
  readonly #perSender = new Map<string, number>();
  readonly #descriptions: DescriptionReader;
  /** Per protocol, in hex. */
  readonly #raised = new Map<Protocol, Set<string>>();
  readonly #raising: Promise<void>[] = [];
  /** `address port` of our own sockets: multicast loops back. */
  readonly #own = new Set<string>();
  #bytes = 0;
  #closed = false;
  #outsideScope = 0;
  #flooded = 0;

  constructor(links: readonly Link[], quiet: ReadonlySet<string>, job: Job) {
    this.#links = links;
    this.#quiet = quiet;
    this.#job = job;
    this.#descriptions = new DescriptionReader(job);
  }

  async open(): Promise<void> {
    for (const protocol of this.#job.context.protocols) {
      const { search } = protocol;
      if (search === undefined) continue;
      const questions = search.questions(this.#job.context.nonce());
      const listeners = await this.#listen(protocol, search, questions);
      for (const link of senders(this.#links, search)) {
        await this.#prepare(protocol, search, link, questions, listeners.get(link.family));
      }
    }
  }

  /** Puts every question twice, a second apart. */
  async ask(): Promise<void> {
    const { signal } = this.#job.context;
    for (const round of [0, 1]) {
      if (round > 0) await sleep(REPEAT, undefined, { signal });
      for (const question of this.#questions) await this.#put(question);
    }
  }

  async finish(): Promise<SearchResult> {
    if (this.#questions.length > 0) {
      await sleep(COLLECT, undefined, { signal: this.#job.context.signal });
    }
    await Promise.all(this.#raising);
    await this.#descriptions.finish();
    return { outsideScope: this.#outsideScope, flooded: this.#flooded };
  }

  async #put({ socket, to, port, payload }: Question): Promise<void> {
    await this.#job.pacer.turn(QUESTION_PACKETS, this.#job.context.signal);
    // A network that is down or forbidden (EPERM) is one where nobody answers.
    if (!this.#closed) socket.send(payload, port, to, () => {});
  }

  /** Puts what an answer raises to everybody who was asked by this protocol, each question once. */
  #raise(protocol: Protocol, datagram: Uint8Array): void {
    const raised = this.#raised.get(protocol) ?? new Set<string>();
    this.#raised.set(protocol, raised);
    for (const payload of protocol.search?.raises?.(datagram) ?? []) {
      const key = Buffer.from(payload).toString('hex');
      if (raised.has(key) || raised.size >= RAISED_CAP) continue;
      raised.add(key);
      const asked = this.#questions.filter((question) => question.protocol === protocol);
      // Several first questions went to one place: that place is asked once.
      const places = new Map(
        asked.map((question) => [`${question.to} ${question.port}`, question]),
      );
      for (const question of places.values()) {
        const putting = this.#put({ ...question, payload });
        // Awaited in `finish`; until then an abort must not count as unhandled.
        putting.catch(() => {});
        this.#raising.push(putting);
      }
    }
  }

  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) socket.close();
  }

  /**
   * A socket on the protocol's own port for each family: some answer to the group or by broadcast
   * (BACnet's I-Am, SSDP's NOTIFY). Another program that holds the port is no obstacle.
   */
  async #listen(
    protocol: Protocol,
    search: Search,
    questions: readonly Uint8Array[],
  ): Promise<ReadonlyMap<4 | 6, Socket>> {
    const listeners = new Map<4 | 6, Socket>();
    for (const family of [4, 6] as const) {
      const links = this.#links.filter((link) => link.family === family);
      if (links.length === 0 || !asksFamily(search, family)) continue;
      const socket = await this.#socket(family, protocol, questions, { port: search.port });
      if (socket === undefined) continue;
      listeners.set(family, socket);
      for (const link of links) joinAll(socket, groupsOf(search, family), link);
    }
    return listeners;
  }

  async #prepare(
    protocol: Protocol,
    search: Search,
    link: Link,
    questions: readonly Uint8Array[],
    listener: Socket | undefined,
  ): Promise<void> {
    const groups = groupsOf(search, link.family);
    if (groups.length > 0) {
      const address = link.family === 4 ? link.address : '::';
      const socket = await this.#socket(link.family, protocol, questions, { port: 0, address });
      if (socket !== undefined && aim(socket, link)) {
        this.#own.add(`${ownAddress(link)} ${socket.address().port}`);
        this.#queue(
          { protocol, socket, port: search.port },
          questions,
          groups.map((group) => zoned(group, link)),
        );
      }
    }
    const broadcast = search.groups.includes('broadcast') ? broadcastOf(link) : undefined;
    if (broadcast === undefined || this.#quiet.has(link.name)) return;
    // From the protocol's port: many answer there and not to the port that asked.
    const socket =
      listener ?? (await this.#socket(4, protocol, questions, { port: 0, address: link.address }));
    if (socket === undefined) return;
    socket.setBroadcast(true);
    this.#own.add(`${ownAddress(link)} ${socket.address().port}`);
    this.#queue({ protocol, socket, port: search.port }, questions, [broadcast]);
  }

  #queue(
    from: Pick<Question, 'protocol' | 'socket' | 'port'>,
    questions: readonly Uint8Array[],
    destinations: readonly string[],
  ): void {
    for (const to of destinations) {
      for (const payload of questions) this.#questions.push({ ...from, to, payload });
    }
  }

  async #socket(
    family: 4 | 6,
    protocol: Protocol,
    questions: readonly Uint8Array[],
    at: { readonly port: number; readonly address?: string },
  ): Promise<Socket | undefined> {
    const socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      reuseAddr: at.port !== 0,
      ipv6Only: family === 6,
    });
    const bound = await new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind(at, () => resolve(true));
    });
    // After that an error is a network that went away: nobody answers.
    socket.on('error', () => {});
    if (!bound) {
      socket.close();
      return undefined;
    }
    this.#sockets.push(socket);
    const request = questions[0] ?? new Uint8Array(0);
    socket.on('message', (datagram, sender) => this.#take(protocol, request, datagram, sender));
    return socket;
  }

  #take(protocol: Protocol, request: Uint8Array, datagram: Buffer, info: RemoteInfo): void {
    const address = canonical(info.address);
    if (this.#own.has(`${address} ${info.port}`)) return;
    if (!this.#job.plan.scope.allows(address)) {
      this.#outsideScope += 1;
      return;
    }
    const count = (this.#perSender.get(address) ?? 0) + 1;
    this.#perSender.set(address, count);
    if (count > SENDER_CAP || this.#bytes + datagram.length > TOTAL_CAP) {
      this.#flooded += 1;
      return;
    }
    this.#bytes += datagram.length;
    const proof: Proof = { request: hex(request), response: hex(datagram) };
    const sightings = protocol.search?.read(datagram, { address, port: info.port }) ?? [];
    for (const sighting of sightings) this.#record(protocol, sighting, address, proof);
    this.#raise(protocol, datagram);
  }

  /** What a device says of itself is likely; what it says of another address is no more than a hint. */
  #record(protocol: Protocol, sighting: Sighting, sender: string, proof: Proof): void {
    const { recorder } = this.#job;
    const address = canonical(sighting.address);
    const own = address === sender;
    const via = VIA.get(protocol.id) ?? 'udp';
    if (own) recorder.present(address, via, { proof });
    const subject = {
      address,
      ...(sighting.transport === undefined ? {} : { transport: sighting.transport }),
      ...(sighting.port === undefined ? {} : { port: sighting.port }),
    };
    recorder.say(subject, own ? 'likely' : 'hint', sighting.facts, proof);
    if (own && sighting.description !== undefined) {
      this.#descriptions.want(sighting.description, sender);
    }
  }
}

function groupsOf(search: Search, family: 4 | 6): readonly string[] {
  return search.groups.filter((group) => parseAddress(group)?.family === family);
}

function asksFamily(search: Search, family: 4 | 6): boolean {
  return (
    groupsOf(search, family).length > 0 || (family === 4 && search.groups.includes('broadcast'))
  );
}

/** IPv6 groups are asked once an interface, link-local where that is inside the scope. */
function senders(links: readonly Link[], search: Search): readonly Link[] {
  const byInterface = new Map<string, Link>();
  for (const link of links.filter(({ family }) => family === 6)) {
    if (!byInterface.has(link.name) || isLinkLocal(link)) byInterface.set(link.name, link);
  }
  return [...links.filter(({ family }) => family === 4), ...byInterface.values()].filter(
    ({ family }) => asksFamily(search, family),
  );
}

function aim(socket: Socket, link: Link): boolean {
  try {
    socket.setMulticastInterface(link.family === 4 ? link.address : `::%${link.name}`);
    socket.setMulticastTTL(HOPS);
    return true;
  } catch {
    return false; // The interface has gone meanwhile.
  }
}

function joinAll(socket: Socket, groups: readonly string[], link: Link): void {
  for (const group of groups) {
    try {
      socket.addMembership(group, link.family === 4 ? link.address : `::%${link.name}`);
    } catch {
      // The interface has gone, or its groups are used up (igmp_max_memberships): answers that
      // come to the asking socket are still read.
    }
  }
}

function zoned(group: string, link: Link): string {
  return link.family === 6 ? `${group}%${link.name}` : group;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, PROOF_CAP)).toString('hex');
}
