import type { Field } from '../model/flow.ts';
import type { FirstBytes, Protocol } from '../protocols/protocol.ts';
import type { Packet } from '../wire/packet.ts';
import { Conversation } from './conversation.ts';
import type { StoreOptions } from './first-bytes.ts';
import { FirstBytesStore } from './first-bytes.ts';
import { BEGUN, SETTLED } from './flow-state.ts';
import { carrierOf } from './flow-view.ts';
import { Judge } from './judge.ts';
import type { FlowTransport, Recogniser, Verdict } from './recognise.ts';
import { SeenFilter } from './seen-filter.ts';
import type { FlowTable } from './table.ts';

/** Messages with which a conversation without a beginning is tried, one after another. */
const TRIES = 4;
/** Segments for which a conversation that all refuse is kept. */
const PATIENCE = 6;
/** Datagrams of which one side waits for an answer. */
const UNANSWERED = 4;
/** Segments after which what is believed is settled. */
const SEGMENTS = 64;
/** Times that all are asked as each segment comes; later only as their number doubles. */
const EAGER = 8;
/** Datagrams of a flow of which the values are read, after it is recognised. */
const DATAGRAMS = 4096;

/** What was said first. */
export interface Said {
  /** It is all that the verdict was given on, and what has the same verdict said the same. */
  readonly isJudged: boolean;
  read(): FirstBytes;
}

/**
 * Which named values of a flow are wanted: all, those that say something of a device, or only what
 * its first messages hold.
 */
export type Wanted = 'all' | 'device' | 'first' | 'none';

export interface Listener {
  /** A conversation was recognised, or given up: then without a verdict. */
  onSettled(record: number, verdict: Verdict | undefined, first: Said): void;
  wants(record: number, protocol: Protocol): Wanted;
  onFields(record: number, protocol: Protocol, fields: readonly Field[]): void;
}

/**
 * Finds out what the flows are: keeps the first octets of each side, asks the protocols when there
 * is something new to be asked, and lets go as soon as it is settled.
 */
export class Conversations {
  /** Conversations that were settled early for want of room. */
  hurried = 0;
  readonly #table: FlowTable;
  readonly #store: FirstBytesStore;
  readonly #listener: Listener;
  readonly #judge: Judge;
  readonly #recogniser: Recogniser;
  readonly #read = new SeenFilter(16_384);
  /** What devices say again and again has one verdict, and these values. */
  readonly #fields = new WeakMap<Verdict, readonly Field[]>();
  readonly #bySlot: Conversation[] = [];
  #hand = 0;

  constructor(table: FlowTable, recogniser: Recogniser, options: StoreOptions, listener: Listener) {
    this.#table = table;
    this.#store = new FirstBytesStore(options);
    this.#listener = listener;
    this.#recogniser = recogniser;
    this.#judge = new Judge(table, recogniser, this.#store);
  }

  /** A packet with payload of a flow that is not settled. */
  packet(record: number, side: number, packet: Packet, ahead: number): void {
    const conversation = this.#of(record);
    const side01 = side === 0 ? 0 : 1;
    const isStream = carrierOf(this.#table, record) === 'tcp';
    if (conversation.collects !== undefined) this.#collect(conversation, side01, packet, ahead);
    else if (isStream) this.#segment(conversation, side01, packet, ahead);
    else this.#datagram(conversation, side01, packet);
  }

  /** What a side said before, in another flow that this one answers. */
  seed(record: number, side: number, question: Uint8Array): void {
    this.#of(record).datagram(side === 0 ? 0 : 1, question, 0, question.length);
  }

  /** The flow ends: what was said is all there is. */
  end(record: number): void {
    const slot = this.#table.records.slot[record] ?? -1;
    const conversation = slot < 0 ? undefined : this.#bySlot[slot];
    if (conversation === undefined) return;
    if (conversation.collects === undefined) this.#conclude(conversation);
    // To conclude may be to begin to collect.
    if (conversation.record === record) this.#release(conversation);
  }

  #of(record: number): Conversation {
    const { slot } = this.#table.records;
    const at = slot[record] ?? -1;
    const known = at < 0 ? undefined : this.#bySlot[at];
    if (known !== undefined) return known;
    let free = this.#store.open();
    if (free < 0) {
      this.#hurry();
      free = this.#store.open();
    }
    const conversation = this.#bySlot[free] ?? new Conversation(this.#store, free);
    this.#bySlot[free] = conversation;
    conversation.reset(record);
    this.#judge.forget(conversation);
    slot[record] = free;
    return conversation;
  }

  /** Settles another conversation, by turns, with what it has. */
  #hurry(): void {
    this.hurried += 1;
    this.#hand = (this.#hand + 1) % this.#bySlot.length;
    const other = this.#bySlot[this.#hand];
    if (other !== undefined) this.end(other.record);
  }

  #segment(conversation: Conversation, side: 0 | 1, packet: Packet, ahead: number): void {
    const grown = conversation.segment(side, packet.sequence, ahead, payloadOf(packet));
    conversation.parts += 1;
    const bothFull = conversation.isClosed(0) && conversation.isClosed(1);
    if (bothFull || conversation.parts >= SEGMENTS) this.#conclude(conversation);
    else if (grown > 0 && isTimely(conversation)) this.#ask(conversation);
  }

  #ask(conversation: Conversation): void {
    conversation.asked += 1;
    const { verdict, undecided } = this.#judge.answer(conversation);
    const bothSpoke = conversation.length(0) > 0 && conversation.length(1) > 0;
    const isSure = verdict?.certainty === 'proved' || (bothSpoke && !undecided);
    if (verdict !== undefined) {
      if (isSure) this.#settle(conversation, verdict, true);
      else conversation.best = verdict;
    } else if (!undecided) {
      this.#refusedByAll(conversation);
    }
  }

  /** What has a beginning and is refused is unknown; without one, a later message may begin better. */
  #refusedByAll(conversation: Conversation): void {
    const begun = (this.#table.records.state(conversation.record) & BEGUN) !== 0;
    // What breaks the rules at first may be known by what comes after.
    if (begun && conversation.parts < PATIENCE) return;
    if (begun || conversation.restarts === TRIES - 1) {
      this.#settle(conversation, conversation.best);
      return;
    }
    conversation.restart();
    this.#judge.forget(conversation);
  }

  #datagram(conversation: Conversation, side: 0 | 1, packet: Packet): void {
    conversation.parts += 1;
    this.#keepHead(conversation, side, packet);
    if (conversation.length(side) > 0 && this.#isKept(conversation)) {
      this.#readAside(conversation, side, packet);
      return;
    }
    if (conversation.record < 0) return;
    const { bytes, payload, payloadCaptured } = packet;
    conversation.datagram(side, bytes, payload, payloadCaptured);
    if (conversation.length(1 - side) > 0) this.#askPair(conversation);
  }

  #keepHead(conversation: Conversation, side: 0 | 1, packet: Packet): void {
    const { bytes, payload, payloadCaptured } = packet;
    const octets = payloadCaptured === 0 ? 0 : this.#recogniser.headOf(bytes[payload] ?? 0);
    conversation.keepHead(side, bytes, payload, Math.min(octets, payloadCaptured));
  }

  /** What several datagrams show together is more than what one of them is likely to be. */
  #followed({ heads }: Conversation, verdict: Verdict | undefined): Verdict | undefined {
    if (verdict?.certainty === 'proved') return verdict;
    const [one, other] = heads.map((side) => this.#recogniser.follow(side));
    return (one?.certainty === 'proved' ? one : (other ?? one)) ?? verdict;
  }

  /** A datagram that does not take the place of the first has values of its own. */
  #readAside(conversation: Conversation, side: 0 | 1, packet: Packet): void {
    const { record } = conversation;
    const protocol = conversation.collects ?? conversation.best?.protocol;
    if (record < 0 || protocol?.fields === undefined) return;
    const { bytes, payload, payloadCaptured } = packet;
    const said = bytes.subarray(payload, payload + payloadCaptured);
    const transport = carrierOf(this.#table, record);
    if (isGreeted(protocol, transport)) {
      gather(conversation, protocol, side, said);
      return;
    }
    const asks = side === this.#table.records.sourceSide(record);
    const [client, server] = asks ? [said, NOTHING] : [NOTHING, said];
    this.#listener.onFields(record, protocol, protocol.fields({ transport, client, server }));
  }

  /**
   * A side speaks again and had no answer. What it said first is kept where it is likely to be
   * something, for the answer may still come; else what it says now takes its place.
   */
  #isKept(conversation: Conversation): boolean {
    if (conversation.best === undefined && !this.#isOnlySeries(conversation)) {
      const { verdict } = this.#judge.answer(conversation, true);
      conversation.best = verdict;
    }
    if (conversation.best !== undefined) {
      const isSettled = conversation.best.certainty === 'proved' || conversation.parts > UNANSWERED;
      if (isSettled) this.#settle(conversation, conversation.best);
      return true;
    }
    return this.#tryNext(conversation);
  }

  /** A question and its answer, as far as we know. */
  #askPair(conversation: Conversation): void {
    const isAsked = !this.#isOnlySeries(conversation);
    const verdict = isAsked ? this.#judge.answer(conversation, true).verdict : undefined;
    const best = verdict ?? conversation.best;
    if (best === undefined) this.#tryNext(conversation);
    else this.#settle(conversation, best, verdict !== undefined);
  }

  /** @returns whether it was given up instead */
  #tryNext(conversation: Conversation): boolean {
    const tries =
      !isSeries(conversation) && this.#judge.isHopeless(conversation.record) ? 1 : TRIES;
    if (conversation.restarts >= tries - 1) {
      this.#settle(conversation, undefined);
      return true;
    }
    conversation.restart();
    this.#judge.forget(conversation);
    return false;
  }

  /** After one try on a port where nobody recognised anything, the rest is for who follows a series. */
  #isOnlySeries(conversation: Conversation): boolean {
    return (
      conversation.restarts > 0 &&
      isSeries(conversation) &&
      this.#judge.isHopeless(conversation.record)
    );
  }

  #conclude(conversation: Conversation): void {
    conversation.settleGaps();
    const spoken = conversation.length(0) + conversation.length(1) > 0;
    const isAsked = spoken && !this.#isOnlySeries(conversation);
    const verdict = isAsked ? this.#judge.answer(conversation, true).verdict : undefined;
    const better = verdict?.certainty === 'proved' ? verdict : (conversation.best ?? verdict);
    this.#settle(conversation, better, better === verdict);
  }

  /** @param isWhole the verdict was given on all that is kept now */
  #settle(conversation: Conversation, judged: Verdict | undefined, isWhole = false): void {
    const { record } = conversation;
    const verdict = this.#followed(conversation, judged);
    const isJudged = isWhole && verdict === judged;
    const source = this.#table.records.sourceSide(record);
    const client = verdict?.turned === true ? 1 - source : source;
    this.#judge.note(record, verdict);
    const said = { isJudged, read: () => this.#judge.question(conversation, client) };
    this.#listener.onSettled(record, verdict, said);
    if (verdict === undefined || !this.#collects(conversation, verdict, isJudged)) {
      this.#release(conversation);
      return;
    }
    conversation.collects = verdict.protocol;
    if (carrierOf(this.#table, record) === 'tcp') return;
    if (isGreeted(verdict.protocol, carrierOf(this.#table, record)))
      this.#gatherFirst(conversation);
    else this.#tellFields(conversation);
  }

  /** Whether its values are read as long as it lasts; else, where they are wanted, at once. */
  #collects(conversation: Conversation, verdict: Verdict, isJudged: boolean): boolean {
    const { record } = conversation;
    const { protocol } = verdict;
    if (protocol.fields === undefined) return false;
    const wanted = this.#listener.wants(record, protocol);
    conversation.reads = wanted === 'device' ? protocol.deviceFields : protocol.fields;
    if (wanted !== 'first') return wanted !== 'none';
    const source = this.#table.records.sourceSide(record);
    if (!this.#isReadBefore(record, conversation.read(source))) {
      const fields = isJudged ? this.#fields.get(verdict) : undefined;
      const read = fields ?? protocol.fields(this.#judge.question(conversation, source));
      if (isJudged) this.#fields.set(verdict, read);
      this.#listener.onFields(record, protocol, read);
    }
    return false;
  }

  /** The same client asked for the same. */
  #isReadBefore(record: number, client: Uint8Array): boolean {
    const { records } = this.#table;
    const source = records.sourceSide(record);
    this.#read.begin(records.address(record, source) ^ records.port(record, 1 - source));
    this.#read.add(client, 0, client.length);
    return this.#read.isRepeated();
  }

  /** What was said first waited here while later datagrams were gathered. */
  #gatherFirst(conversation: Conversation): void {
    for (const side of [0, 1] as const) {
      const first = conversation.read(side);
      if (first.length > 0) conversation.greeting[side].unshift(first.slice());
    }
    conversation.restart();
  }

  /** Values are wanted: a stream is kept further, a datagram is read at once. */
  #collect(conversation: Conversation, side: 0 | 1, packet: Packet, ahead: number): void {
    conversation.parts += 1;
    if (carrierOf(this.#table, conversation.record) === 'tcp') {
      conversation.segment(side, packet.sequence, ahead, payloadOf(packet));
      const isFull = conversation.isClosed(0) && conversation.isClosed(1);
      if (isFull || this.#isRead(conversation)) this.#release(conversation);
      return;
    }
    const { bytes, payload, payloadCaptured } = packet;
    const { collects } = conversation;
    if (
      collects !== undefined &&
      isGreeted(collects, carrierOf(this.#table, conversation.record))
    ) {
      gather(conversation, collects, side, bytes.subarray(payload, payload + payloadCaptured));
      if (isGathered(conversation, collects)) this.#release(conversation);
      return;
    }
    conversation.datagram(side, bytes, payload, payloadCaptured);
    this.#tellFields(conversation);
    conversation.collected += 1;
    if (conversation.collected >= DATAGRAMS) this.#release(conversation);
  }

  #isRead(conversation: Conversation): boolean {
    const { collects, record } = conversation;
    if (collects?.isRead === undefined) return false;
    const source = this.#table.records.sourceSide(record);
    return collects.isRead(this.#judge.question(conversation, source));
  }

  #tellFields(conversation: Conversation): void {
    const { record, collects, reads } = conversation;
    const first = this.#judge.question(conversation, this.#table.records.sourceSide(record));
    const fields = reads?.(first) ?? [];
    if (collects !== undefined) this.#listener.onFields(record, collects, fields);
    conversation.restart();
  }

  #tellGreeting(conversation: Conversation, protocol: Protocol): void {
    const { record, greeting } = conversation;
    const source = this.#table.records.sourceSide(record) === 0 ? 0 : 1;
    const [client, server] = source === 0 ? greeting : [greeting[1], greeting[0]];
    const first = { client: client[0] ?? NOTHING, server: server[0] ?? NOTHING };
    const fields = protocol.fields?.({ ...first, datagrams: { client, server } }) ?? [];
    this.#listener.onFields(record, protocol, fields);
  }

  #release(conversation: Conversation): void {
    const { record, slot, collects } = conversation;
    const { records } = this.#table;
    if (collects !== undefined && conversation.length(0) + conversation.length(1) > 0) {
      this.#tellFields(conversation);
    }
    const isGreeting = conversation.greeting[0].length + conversation.greeting[1].length > 0;
    if (collects !== undefined && isGreeting) this.#tellGreeting(conversation, collects);
    records.setState(record, records.state(record) | SETTLED);
    records.slot[record] = -1;
    conversation.record = -1;
    conversation.best = undefined;
    conversation.collects = undefined;
    this.#store.close(slot);
  }
}

/** Whether the values of a protocol are read from several datagrams at once. */
function isGreeted({ greeting }: Protocol, transport: FlowTransport): boolean {
  return greeting !== undefined && transport === 'udp';
}

/** Keeps a datagram of a greeting, as many as the protocol wants of each side. */
function gather(
  conversation: Conversation,
  { greeting = 0 }: Protocol,
  side: 0 | 1,
  said: Uint8Array,
): void {
  const kept = conversation.greeting[side];
  if (kept.length < greeting) kept.push(said.slice());
}

/** When both sides have said enough, or one so much that the other will say no more. */
function isGathered(
  { greeting, parts }: Conversation,
  { greeting: wanted = 0 }: Protocol,
): boolean {
  return greeting.every(({ length }) => length >= wanted) || parts > 4 * wanted;
}

/** Whether what a side says may be one of a series. */
function isSeries({ heads }: Conversation): boolean {
  return heads[0].length > 0 || heads[1].length > 0;
}

const NOTHING = new Uint8Array(0);

/** Not with every segment: when both sides spoke, or one for long; and ever more seldom. */
function isTimely(conversation: Conversation): boolean {
  const { parts, asked } = conversation;
  const isPower = (parts & (parts - 1)) === 0;
  const bothSpoke = conversation.length(0) > 0 && conversation.length(1) > 0;
  if (bothSpoke) return asked < EAGER || isPower;
  return parts >= UNANSWERED && isPower;
}

function payloadOf(packet: Packet): Parameters<Conversation['segment']>[3] {
  return {
    bytes: packet.bytes,
    from: packet.payload,
    captured: packet.payloadCaptured,
    length: packet.payloadLength,
  };
}
