import type { Packet } from '../wire/packet.ts';
import { TCP_ACK, TCP_SYN } from '../wire/packet.ts';
import {
  ESTABLISHED,
  FAMILY_4,
  FAMILY_6,
  FAMILY_LINK,
  FAMILY_MASK,
  FINISHED,
  ICMP,
  ICMPV6,
  LIVE,
  RESET,
  SOURCE_IS_HIGH,
  TCP,
  UDP,
} from './flow-state.ts';
import { closeHole, Interner, mix } from './interner.ts';
import { OpenQueue } from './open-queue.ts';
import { FlowRecords } from './records.ts';

export interface TableOptions {
  /** Flows at a time. */
  readonly capacity: number;
  /** Milliseconds without a packet after which a flow is over. */
  readonly idle: {
    readonly tcp: number;
    /** TCP that was never accepted. */
    readonly halfOpen: number;
    /** TCP after its end: late packets still belong to it. */
    readonly closed: number;
    readonly udp: number;
    readonly other: number;
  };
  /** Milliseconds that one has lasted when it is told of, and after which it is told again. */
  readonly active: number;
  /** Of the hash, drawn by the shell, so that nobody can aim at one place; it changes no result. */
  readonly seed: number;
}

export const TABLE_DEFAULTS: TableOptions = {
  capacity: 200_000,
  idle: { tcp: 300_000, halfOpen: 60_000, closed: 10_000, udp: 120_000, other: 120_000 },
  active: Number.POSITIVE_INFINITY,
  seed: 0x5eed,
};

/** What the table could not keep. */
export interface TableCounters {
  created: number;
  /** For want of room: flows that nobody had answered, and others. */
  evictedHalfOpen: number;
  evicted: number;
  /** Packets for which no flow could be made. */
  unplaced: number;
}

/** Places for flows found last, a power of two; and the bits there that are the hash's. */
const RECENT = 16_384;
const TAG = 0xff000000 | 0;

/** MACs that are told apart; frames of further ones have none. */
const MACS = 65_536;
/** Records among which the one that was silent longest is evicted. */
const SAMPLE = 64;
/** Microseconds of the packets' time between two looks for flows that are over. */
const SWEEP_EVERY = 5_000_000;
/** Records that such a look may cost for each packet since the last: so it never takes over. */
const SWEEP_SHARE = 64;

/**
 * The flows that are under way, found by open addressing. Nothing is allocated for a packet. A flood
 * of new flows pushes out first those that nobody answered, the oldest first.
 */
export class FlowTable {
  readonly records: FlowRecords;
  readonly ipv6: Interner;
  readonly macs: Interner;
  readonly counters: TableCounters = {
    created: 0,
    evictedHalfOpen: 0,
    evicted: 0,
    unplaced: 0,
  };
  /** Of the last packet that `locate` placed: which side sent it, and whether it began the flow. */
  side = 0;
  isNew = false;

  readonly #index: Int32Array;
  readonly #hashes: Int32Array;
  /** Flows found last: record + 1, and bits of the hash above. Small enough to stay in a cache. */
  readonly #recent = new Int32Array(RECENT);
  readonly #halfOpen: OpenQueue;
  readonly #free: Int32Array;
  readonly #capacity: number;
  readonly #seed: number;
  readonly #idle: TableOptions['idle'];
  readonly #onClose: (record: number) => void;
  readonly #onActive: (record: number) => void;
  readonly #active: number;
  #freed = 0;
  #used = 0;
  #hand = 0;
  #lastSweep = Number.NEGATIVE_INFINITY;
  #sinceSweep = 0;
  // The key of the packet at hand.
  #low = 0;
  #high = 0;
  #ports = 0;
  #kind = 0;

  /**
   * @param onClose called before a record is forgotten
   * @param onActive called for one that goes on, where `active` says how often
   */
  constructor(
    { capacity, idle, active, seed }: TableOptions,
    onClose: (record: number) => void,
    onActive: (record: number) => void,
  ) {
    const size = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.records = new FlowRecords(capacity);
    this.ipv6 = new Interner(16, size, seed);
    this.macs = new Interner(6, MACS, seed);
    this.#index = new Int32Array(size);
    this.#hashes = new Int32Array(capacity);
    this.#free = new Int32Array(capacity);
    this.#halfOpen = new OpenQueue(capacity);
    this.#capacity = capacity;
    this.#seed = seed;
    this.#idle = idle;
    this.#onClose = onClose;
    this.#onActive = onActive;
    this.#active = active * 1000;
  }

  /** Flows under way. */
  get size(): number {
    return this.#used - this.#freed;
  }

  /**
   * The record of the packet's flow, which counts it; a new one where there was none. -1 where the
   * packet belongs to no flow.
   */
  locate(packet: Packet): number {
    this.#sweepIfDue(packet.time);
    let record = this.#readKey(packet) ? this.#find() : -1;
    if (record >= 0 && this.#isOver(record, packet)) {
      this.close(record);
      record = -1;
    }
    this.isNew = record < 0;
    if (this.isNew) record = this.#create(packet);
    if (record < 0) {
      this.counters.unplaced += 1;
      return -1;
    }
    this.records.count(record, this.side, packet.payloadLength, packet.time, packet.frame);
    return record;
  }

  /** The record of a flow from the key of one of its packets; -1 for none. */
  lookUp(kind: number, source: number, destination: number, ports: number): number {
    this.#setKey(kind, source, destination, ports >>> 16, ports & 0xffff);
    return this.#find();
  }

  /** It is answered: no flood pushes it out while there are others. */
  establish(record: number): void {
    this.records.setState(record, this.records.state(record) | ESTABLISHED);
    this.#halfOpen.remove(record);
  }

  close(record: number): void {
    this.#onClose(record);
    this.#releaseAddresses(record);
    this.#halfOpen.remove(record);
    const mask = this.#index.length - 1;
    let at = (this.#hashes[record] ?? 0) & mask;
    while (this.#index[at] !== record + 1) at = (at + 1) & mask;
    closeHole(this.#index, this.#hashes, at);
    this.#recent[((this.#hashes[record] ?? 0) >>> 4) & (RECENT - 1)] = 0;
    this.records.setState(record, 0);
    this.#free[this.#freed] = record;
    this.#freed += 1;
  }

  /** Ends all, in the order in which they began. */
  closeAll(): void {
    const { records } = this;
    for (const record of this.#liveInOrder()) {
      this.#onClose(record);
      this.#releaseAddresses(record);
      this.#halfOpen.remove(record);
      records.setState(record, 0);
    }
    // At once, and not one hole after another.
    this.#index.fill(0);
    this.#recent.fill(0);
    this.#used = 0;
    this.#freed = 0;
  }

  /** Records are given in the order of their flows, as long as none comes back. */
  #liveInOrder(): Uint32Array {
    const { firstFrame } = this.records;
    const live = new Uint32Array(this.size);
    let count = 0;
    let isInOrder = true;
    for (let record = 0; record < this.#used; record += 1) {
      if (!this.#isLive(record)) continue;
      const before = count === 0 ? 0 : (firstFrame[live[count - 1] ?? 0] ?? 0);
      isInOrder &&= before <= (firstFrame[record] ?? 0);
      live[count] = record;
      count += 1;
    }
    return isInOrder ? live : live.sort((a, b) => (firstFrame[a] ?? 0) - (firstFrame[b] ?? 0));
  }

  #isLive(record: number): boolean {
    return (this.records.state(record) & LIVE) !== 0;
  }

  /** False where an address was never seen: then there is no flow. */
  #readKey(packet: Packet): boolean {
    const { protocol } = packet;
    if (packet.family === 4) {
      const { view } = packet;
      const source = view.getInt32(packet.source);
      const destination = view.getInt32(packet.destination);
      this.#setKey(FAMILY_4 | protocol, source, destination, portFrom(packet), portTo(packet));
      return true;
    }
    const isIp = packet.family === 6;
    if (!isIp && !hasLink(packet)) return false;
    const interner = isIp ? this.ipv6 : this.macs;
    const source = interner.find(packet.bytes, isIp ? packet.source : packet.sourceMac);
    const to = isIp ? packet.destination : packet.destinationMac;
    const destination = source < 0 ? -1 : interner.find(packet.bytes, to);
    if (destination < 0) return false;
    const kind = isIp ? FAMILY_6 | protocol : FAMILY_LINK | packet.etherType;
    this.#setKey(kind, source, destination, portFrom(packet), portTo(packet));
    return true;
  }

  #setKey(kind: number, from: number, to: number, fromPort: number, toPort: number): void {
    const swapped = from > to || (from === to && fromPort > toPort);
    this.side = swapped ? 1 : 0;
    this.#low = swapped ? to : from;
    this.#high = swapped ? from : to;
    this.#ports = swapped ? (toPort << 16) | fromPort : (fromPort << 16) | toPort;
    this.#kind = kind;
  }

  #hash(): number {
    let hash = Math.imul(this.#low ^ this.#seed, 0x9e3779b1);
    hash = mix(hash ^ this.#high);
    hash = Math.imul(hash ^ this.#ports, 0x85ebca6b);
    return mix(hash ^ this.#kind);
  }

  #find(): number {
    const hash = this.#hash();
    const place = (hash >>> 4) & (RECENT - 1);
    const recent = this.#recent[place] ?? 0;
    // Of another flow in the same place its record need not be fetched.
    if (((recent ^ hash) & TAG) === 0) {
      const guess = (recent & ~TAG) - 1;
      if (guess >= 0 && this.#isAt(guess)) return guess;
    }
    const record = this.#findInIndex(hash);
    if (record >= 0) this.#recent[place] = (hash & TAG) | (record + 1);
    return record;
  }

  #isAt(record: number): boolean {
    return this.records.matches(record, this.#low, this.#high, this.#ports, this.#kind);
  }

  #findInIndex(hash: number): number {
    const mask = this.#index.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const record = (this.#index[at] ?? 0) - 1;
      if (record < 0) return -1;
      if (this.#isAt(record)) return record;
    }
  }

  #create(packet: Packet): number {
    if (this.size === this.#capacity) this.#evict();
    if (!this.#holdAddresses(packet)) return -1;
    const record = this.#take();
    const { records } = this;
    records.begin(record, this.#low, this.#high, this.#ports, this.#kind);
    records.setState(record, LIVE | (this.side === 1 ? SOURCE_IS_HIGH : 0));
    records.firstSeen[record] = packet.time;
    records.toldAt[record] = packet.time;
    records.firstFrame[record] = packet.frame;
    records.vlan[record] = packet.vlan;
    const hash = this.#hash();
    const mask = this.#index.length - 1;
    let at = hash & mask;
    while (this.#index[at] !== 0) at = (at + 1) & mask;
    this.#index[at] = record + 1;
    this.#hashes[record] = hash;
    this.#halfOpen.push(record);
    this.counters.created += 1;
    return record;
  }

  /** Takes numbers for addresses that are not written in the record itself, and sets the key anew. */
  #holdAddresses(packet: Packet): boolean {
    if (packet.family === 4) return this.#readKey(packet);
    const isIp = packet.family === 6;
    if (!isIp && !hasLink(packet)) return false;
    const interner = isIp ? this.ipv6 : this.macs;
    const source = interner.hold(packet.bytes, isIp ? packet.source : packet.sourceMac);
    if (source < 0) return false;
    const to = isIp ? packet.destination : packet.destinationMac;
    const destination = interner.hold(packet.bytes, to);
    if (destination < 0) {
      interner.release(source);
      return false;
    }
    return this.#readKey(packet);
  }

  #releaseAddresses(record: number): void {
    const family = this.records.kind(record) & FAMILY_MASK;
    if (family === FAMILY_4) return;
    const interner = family === FAMILY_6 ? this.ipv6 : this.macs;
    interner.release(this.records.address(record, 0));
    interner.release(this.records.address(record, 1));
  }

  #take(): number {
    if (this.#freed > 0) {
      this.#freed -= 1;
      return this.#free[this.#freed] ?? 0;
    }
    this.#used += 1;
    return this.#used - 1;
  }

  #evict(): void {
    const halfOpen = this.#halfOpen.first;
    if (halfOpen >= 0) {
      this.counters.evictedHalfOpen += 1;
      this.close(halfOpen);
      return;
    }
    let victim = this.#hand;
    for (let step = 0; step < SAMPLE; step += 1) {
      this.#hand = (this.#hand + 1) % this.#capacity;
      const older = this.records.lastSeen(this.#hand) < this.records.lastSeen(victim);
      if (older) victim = this.#hand;
    }
    this.counters.evicted += 1;
    this.close(victim);
  }

  /** Whether a packet of the same key belongs to a flow of its own. */
  #isOver(record: number, packet: Packet): boolean {
    if (this.#isIdle(record, packet.time)) return true;
    if (packet.protocol !== TCP || packet.family === 0) return false;
    const opens = (packet.tcpFlags & (TCP_SYN | TCP_ACK)) === TCP_SYN;
    return opens && isEnded(this.records.state(record));
  }

  #isIdle(record: number, time: number): boolean {
    return time - this.records.lastSeen(record) > this.#limitOf(record) * 1000;
  }

  #limitOf(record: number): number {
    const kind = this.records.kind(record);
    if ((kind & FAMILY_MASK) === FAMILY_LINK) return this.#idle.other;
    const protocol = this.records.protocol(record);
    if (protocol === UDP) return this.#idle.udp;
    if (protocol !== TCP) return this.#idle.other;
    const state = this.records.state(record);
    if (isEnded(state)) return this.#idle.closed;
    return (state & ESTABLISHED) !== 0 ? this.#idle.tcp : this.#idle.halfOpen;
  }

  #sweepIfDue(time: number): void {
    this.#sinceSweep += 1;
    const since = time - this.#lastSweep;
    // A clock that was set back begins anew.
    if (since >= 0 && since < SWEEP_EVERY) return;
    if (this.#sinceSweep * SWEEP_SHARE < this.#used) return;
    this.#lastSweep = time;
    this.#sinceSweep = 0;
    for (let record = 0; record < this.#used; record += 1) {
      if (!this.#isLive(record)) continue;
      if (this.#isIdle(record, time)) this.close(record);
      else this.#tellIfDue(record);
    }
  }

  #tellIfDue(record: number): void {
    const { toldAt } = this.records;
    const last = this.records.lastSeen(record);
    if (last - (toldAt[record] ?? 0) < this.#active) return;
    toldAt[record] = last;
    this.#onActive(record);
  }
}

function hasLink(packet: Packet): boolean {
  return packet.sourceMac >= 0 && packet.destinationMac >= 0 && packet.etherType > 0;
}

/** ICMP has type and code there: all of them between two addresses are one flow. */
function portFrom({ protocol, sourcePort }: Packet): number {
  return protocol === ICMP || protocol === ICMPV6 ? 0 : sourcePort;
}

function portTo({ protocol, destinationPort }: Packet): number {
  return protocol === ICMP || protocol === ICMPV6 ? 0 : destinationPort;
}

/** TCP: both sides have finished, or one has broken it off. */
export function isEnded(state: number): boolean {
  const both = FINISHED | (FINISHED << 1);
  return (state & RESET) !== 0 || (state & both) === both;
}
