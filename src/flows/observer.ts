import type { Endpoint, Flow, Volume } from '../model/flow.ts';
import type { Observation, Opened, Progress, Recognised } from '../model/observation.ts';
import type { Packet } from '../wire/packet.ts';
import type { AddressText } from './address-text.ts';
import type { DialogueContext } from './dialogues/dialogue.ts';
import { Dialogues } from './dialogues/dialogues.ts';
import { dialogueKinds } from './dialogues/index.ts';
import { BEGUN, FAMILY_LINK, FAMILY_MASK, ICMP, ICMPV6, REFUSED, TCP, UDP } from './flow-state.ts';
import type { KnownEnds } from './flow-view.ts';
import { isGroup } from './flow-view.ts';
import { LinkObserver } from './link-observer.ts';
import type { Names } from './names.ts';
import type { Settled } from './settled.ts';
import type { FlowTable } from './table.ts';
import { isEnded } from './table.ts';

/** Microseconds between two looks at what went on. */
const LOOK_EVERY = 2_000_000;
/**
 * Microseconds after which it is told what a flow moved: soon once, so that it is known what it is,
 * then every minute; and packets from which on it is told at once.
 */
const TELL_FIRST = 10_000_000;
const TELL_AFTER = 60_000_000;
const TELL_PACKETS = 64;
/**
 * Fewer packets than these are told every minute at most, and with the flow's end where no more come:
 * most flows are a question and its answer, of which nothing else is to be told.
 */
const FEW = 4;

/** What was told of a record. */
const TOLD_ANSWER = 1;
const IS_DIRTY = 2;
const IS_TOLD = 4;

interface Ends {
  readonly sourceSide: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

export interface ObserverTools {
  readonly table: FlowTable;
  readonly text: AddressText;
  readonly names: Names;
  /** What a record was found to be. */
  found(record: number): Settled | undefined;
}

/**
 * Says what happens on the network while it happens (`Observation`), for those who watch for what is
 * wrong. It exists only where somebody listens. Of a flow that lasts it tells every minute
 * of the packets' time what was moved, within two seconds where that is much: only records with new
 * packets are looked at.
 */
export class FlowObserver {
  readonly #tools: ObserverTools;
  readonly #tell: (observation: Observation) => void;
  readonly #link: LinkObserver;
  readonly #dialogues: Dialogues;
  readonly #flags: Uint8Array;
  /** By record: what was told already; packets and octets of both sides, and when. */
  readonly #packets: Uint32Array;
  readonly #octets: Float64Array;
  readonly #toldAt: Float64Array;
  readonly #ends: (Ends | undefined)[] = [];
  /** By record: the name by which its source had asked for its destination. */
  readonly #nameOf: (string | undefined)[] = [];
  /** Numbers that flows are known by, and the next of them. */
  readonly #numbers: Int32Array;
  readonly #freeNumbers: number[] = [];
  #numbersUsed = 0;
  #dirty: number[] = [];
  #lastLook = Number.NEGATIVE_INFINITY;

  constructor(tools: ObserverTools, capacity: number, tell: (observation: Observation) => void) {
    this.#tools = tools;
    this.#tell = tell;
    this.#link = new LinkObserver(tools.text, tell);
    this.#dialogues = new Dialogues(dialogueKinds, tell);
    this.#flags = new Uint8Array(capacity);
    this.#packets = new Uint32Array(capacity * 2);
    this.#octets = new Float64Array(capacity * 2);
    this.#toldAt = new Float64Array(capacity);
    this.#numbers = new Int32Array(capacity);
  }

  /** A frame that is no IP. */
  arp(packet: Packet): void {
    this.#look(packet.time);
    this.#link.arp(packet);
  }

  /**
   * A packet of a flow, after all else was done with it.
   *
   * @param answersGroup it answers what was asked of everybody
   * @param repeated octets at its start that were seen before
   */
  packet(
    record: number,
    side: number,
    packet: Packet,
    { isNew, answersGroup, repeated, ahead }: Place,
  ): void {
    this.#look(packet.time);
    const { records } = this.#tools.table;
    if ((records.kind(record) & FAMILY_MASK) === FAMILY_LINK) return;
    if (isNew) this.#open(record, side, packet, answersGroup);
    else this.#answer(record, side, packet);
    this.#touch(record);
    if (packet.payloadCaptured > 0) this.#hear(record, side, packet, repeated, ahead);
    else if (packet.protocol === ICMPV6) this.#link.icmpv6(packet);
    // Late packets belong to it for a while; what was said is known now.
    if (packet.protocol === TCP && isEnded(records.state(record))) {
      this.#endDialogue(record, packet.time);
    }
  }

  /** A router or the host itself says that it cannot be reached. */
  refused(record: number, packet: Packet): void {
    this.#answered(record, packet, true);
  }

  recognised(record: number, found: Settled, time: number): void {
    if ((this.#flagsOf(record) & IS_TOLD) === 0) return;
    const { protocol, version, over, certainty, sni } = found;
    const { source, destination } = this.#endsOf(record);
    const recognised: Draft<Recognised> = {
      kind: 'recognised',
      at: milli(time),
      flow: this.#numbers[record] ?? 0,
      source,
      destination,
      ipProtocol: this.#tools.table.records.protocol(record),
      protocol,
      version,
      over,
      certainty,
    };
    if (sni !== undefined) recognised.sni = sni;
    this.#tell(recognised);
  }

  /** The flow is over. @param flow makes it, where it was told that it began, of what is known of it */
  closed(record: number, time: number, flow: (known: KnownEnds) => Flow): void {
    if ((this.#flagsOf(record) & IS_TOLD) === 0) return;
    this.#endDialogue(record, time);
    const number = this.#numbers[record] ?? 0;
    const { source, destination, sourceSide } = this.#endsOf(record);
    const sent = this.#movedBy(record, sourceSide);
    const received = this.#movedBy(record, 1 - sourceSide);
    const ended = flow({ source, destination, name: this.#nameOf[record] });
    this.#tell({ kind: 'closed', at: milli(time), flow: number, record: ended, sent, received });
    this.#freeNumbers.push(number);
    this.#flags[record] = 0;
    this.#ends[record] = undefined;
  }

  #endDialogue(record: number, time: number): void {
    if (!this.#dialogues.listens(record)) return;
    const { records } = this.#tools.table;
    const side = this.#sourceSide(record);
    const [sent, received] = [records.octets(record, side), records.octets(record, 1 - side)];
    this.#dialogues.closed(record, this.#contextOf(record, milli(time)), { sent, received });
  }

  #open(record: number, side: number, packet: Packet, answersGroup: boolean): void {
    const { table, names } = this.#tools;
    const { records } = table;
    this.#flags[record] = IS_TOLD;
    this.#ends[record] = undefined;
    this.#packets[record * 2] = 0;
    this.#packets[record * 2 + 1] = 0;
    this.#octets[record * 2] = 0;
    this.#octets[record * 2 + 1] = 0;
    this.#toldAt[record] = packet.time;
    this.#numbers[record] = this.#takeNumber();
    const { source, destination } = this.#endsOf(record);
    const { protocol } = packet;
    const name = names.get(source.address, destination.address);
    this.#nameOf[record] = name;
    const isIcmp = protocol === ICMP || protocol === ICMPV6;
    this.#dialogues.opened(record);
    const opened: Draft<Opened> = {
      kind: 'opened',
      at: milli(packet.time),
      flow: this.#numbers[record] ?? 0,
      source,
      destination,
      ipProtocol: records.protocol(record),
      frame: packet.frame,
      midway: protocol === TCP && (records.state(record) & BEGUN) === 0,
      group: answersGroup || isGroup(table, record, 1 - records.sourceSide(record)),
      octets: packet.payloadLength,
      stateless: isStateless(packet),
    };
    if (name !== undefined) opened.name = name;
    if (isIcmp) opened.icmpType = packet.sourcePort;
    this.#tell(opened);
    if (answersGroup || side !== records.sourceSide(record)) this.#answered(record, packet, false);
  }

  /** Flows of other families are told by nobody: so a number says nothing of a record. */
  #takeNumber(): number {
    const free = this.#freeNumbers.pop();
    if (free !== undefined) return free;
    this.#numbersUsed += 1;
    return this.#numbersUsed;
  }

  #answer(record: number, side: number, packet: Packet): void {
    if ((this.#flagsOf(record) & TOLD_ANSWER) !== 0) return;
    const { records } = this.#tools.table;
    if (side === records.sourceSide(record)) return;
    this.#answered(record, packet, (records.state(record) & REFUSED) !== 0);
  }

  #answered(record: number, packet: Packet, refused: boolean): void {
    const flags = this.#flagsOf(record);
    if ((flags & IS_TOLD) === 0 || (flags & TOLD_ANSWER) !== 0) return;
    this.#flags[record] = flags | TOLD_ANSWER;
    // The MAC of whoever answered is known only now.
    this.#ends[record] = undefined;
    const { source, destination } = this.#endsOf(record);
    this.#tell({
      kind: 'answered',
      at: milli(packet.time),
      flow: this.#numbers[record] ?? 0,
      source,
      destination,
      ipProtocol: this.#tools.table.records.protocol(record),
      frame: packet.frame,
      refused,
    });
  }

  #hear(record: number, side: number, packet: Packet, repeated: number, ahead: number): void {
    if (packet.protocol === UDP) {
      if (this.#link.hears(packet)) this.#link.datagram(packet, this.#endsOf(record));
    } else if (packet.protocol === ICMPV6) {
      this.#link.icmpv6(packet);
    }
    const from = side === this.#sourceSide(record) ? 'client' : 'server';
    if (!this.#dialogues.listens(record, from) || repeated >= packet.payloadLength) return;
    const { bytes, payload, payloadCaptured } = packet;
    this.#dialogues.said(
      record,
      from,
      bytes.subarray(payload + repeated, payload + payloadCaptured),
      this.#contextOf(record, milli(packet.time), packet.frame),
      { ahead, isCut: packet.payloadCaptured < packet.payloadLength },
    );
  }

  #touch(record: number): void {
    const flags = this.#flagsOf(record);
    if ((flags & IS_DIRTY) !== 0) return;
    this.#flags[record] = flags | IS_DIRTY;
    this.#dirty.push(record);
  }

  /** Tells what was moved, where it is time. */
  #look(time: number): void {
    const since = time - this.#lastLook;
    // A clock that was set back begins anew.
    if (since >= 0 && since < LOOK_EVERY) return;
    this.#lastLook = time;
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const record of dirty) {
      const flags = this.#flagsOf(record);
      if ((flags & IS_DIRTY) === 0) continue;
      const due = this.#due(record, time);
      if (due === 'later') this.#dirty.push(record);
      else this.#flags[record] = flags & ~IS_DIRTY;
      if (due === 'now') this.#progress(record, time);
    }
  }

  /** When it is told what went on. `with more`: once another packet comes, or with its end. */
  #due(record: number, time: number): 'now' | 'later' | 'with more' {
    const since = time - (this.#toldAt[record] ?? 0);
    const { records } = this.#tools.table;
    const packets = records.packets(record, 0) + records.packets(record, 1);
    const told = (this.#packets[record * 2] ?? 0) + (this.#packets[record * 2 + 1] ?? 0);
    const news = packets - told;
    if (news >= TELL_PACKETS || since < 0 || (since >= TELL_AFTER && news >= FEW)) return 'now';
    if (since < TELL_FIRST) return 'later';
    if (told === 0 && news >= FEW) return 'now';
    if (news < FEW && time - records.lastSeen(record) > LOOK_EVERY) return 'with more';
    return since >= TELL_AFTER ? 'now' : 'later';
  }

  #progress(record: number, time: number): void {
    const { source, destination, sourceSide } = this.#endsOf(record);
    const { records } = this.#tools.table;
    const name = this.#nameOf[record];
    this.#toldAt[record] = time;
    const progress: Draft<Progress> = {
      kind: 'progress',
      at: milli(time),
      flow: this.#numbers[record] ?? 0,
      source,
      destination,
      ipProtocol: records.protocol(record),
      frame: records.lastFrame(record),
      sent: this.#movedBy(record, sourceSide),
      received: this.#movedBy(record, 1 - sourceSide),
      protocol: this.#tools.found(record)?.protocol ?? 'unknown',
    };
    if (name !== undefined) progress.name = name;
    this.#tell(progress);
  }

  /** What went one way since it was asked last. */
  #movedBy(record: number, side: number): Volume {
    const { records } = this.#tools.table;
    const at = record * 2 + side;
    const [packets, bytes] = [records.packets(record, side), records.octets(record, side)];
    const volume = {
      packets: packets - (this.#packets[at] ?? 0),
      bytes: bytes - (this.#octets[at] ?? 0),
    };
    this.#packets[at] = packets;
    this.#octets[at] = bytes;
    return volume;
  }

  #contextOf(record: number, at: number, frame?: number): DialogueContext {
    const { source, destination } = this.#endsOf(record);
    const transport = this.#tools.table.records.protocol(record) === TCP ? 'tcp' : 'other';
    return { at, frame, client: source, server: destination, transport };
  }

  /** Made once, and again where it turned out that the other side had begun. */
  #endsOf(record: number): Ends {
    const sourceSide = this.#sourceSide(record);
    const known = this.#ends[record];
    if (known !== undefined && known.sourceSide === sourceSide) return known;
    const ends = {
      sourceSide,
      source: this.#endpoint(record, sourceSide),
      destination: this.#endpoint(record, 1 - sourceSide),
    };
    this.#ends[record] = ends;
    return ends;
  }

  #endpoint(record: number, side: number): Endpoint {
    const { table, text } = this.#tools;
    const { records } = table;
    const mac = text.mac(records.macOf[record * 2 + side] ?? -1);
    const address = text.of(record, side);
    const port = records.port(record, side);
    return mac === undefined ? { address, port } : { address, port, mac };
  }

  #sourceSide(record: number): number {
    return this.#tools.table.records.sourceSide(record);
  }

  #flagsOf(record: number): number {
    return this.#flags[record] ?? 0;
  }
}

/** What the engine found out about a packet. */
export interface Place {
  readonly isNew: boolean;
  readonly answersGroup: boolean;
  readonly repeated: number;
  /** Octets that are missing before it. */
  readonly ahead: number;
}

/**
 * Before it is told. Observations of one kind are made with the same fields in the same order, and what
 * not all have is added behind: everybody who reads them finds each field in one place.
 */
type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

/** Mirai's scanner keeps no state: what it looks for is the sequence number of its SYN. */
function isStateless({ family, protocol, tcpFlags, sequence, view, destination }: Packet): boolean {
  const isSyn = protocol === TCP && (tcpFlags & 0x12) === 0x02;
  return isSyn && family === 4 && sequence === view.getUint32(destination);
}

function milli(time: number): number {
  return Math.floor(time / 1000);
}
