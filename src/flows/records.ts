import { PROTOCOL_MASK, SOURCE_IS_HIGH, STATE_WORD } from './flow-state.ts';

/** Words of a record: one cache line. */
const WORDS = 16;
const DOUBLES = WORDS / 2;
const LOW = 0;
const HIGH = 1;
const PORTS = 2;
const KIND = 3;
/** Octets of side 0 and of side 1, and the last packet's time: doubles on the same memory. */
const OCTETS = 2;
const LAST_SEEN = 4;
const LAST_FRAME = 11;
/** Of side 0 and of side 1. */
const PACKETS = 12;
const NEXT = 14;

/**
 * The memory of the flow table: what every packet touches in records of 64 octets, what is needed
 * only when a flow begins or ends in arrays beside them.
 */
export class FlowRecords {
  /** Microseconds since 1970, and number of the frame. */
  readonly firstSeen: Float64Array;
  readonly firstFrame: Uint32Array;
  /** Until when it was told of; microseconds, as `firstSeen`. */
  readonly toldAt: Float64Array;
  /** Numbers of the MACs of side 0 and side 1, -1 for none. */
  readonly macOf: Int32Array;
  readonly vlan: Int16Array;
  /** Of ICMP the first type and code. */
  readonly icmp: Uint16Array;
  /** Octets that are missing in the streams. */
  readonly lost: Float64Array;
  /** Where its first bytes are kept; -1 for nowhere. */
  readonly slot: Int32Array;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor(capacity: number) {
    const buffer = new ArrayBuffer(capacity * WORDS * 4);
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    this.firstSeen = new Float64Array(capacity);
    this.firstFrame = new Uint32Array(capacity);
    this.toldAt = new Float64Array(capacity);
    this.macOf = new Int32Array(capacity * 2);
    this.vlan = new Int16Array(capacity);
    this.icmp = new Uint16Array(capacity);
    this.lost = new Float64Array(capacity);
    this.slot = new Int32Array(capacity);
  }

  /** Makes an empty record of it. */
  begin(record: number, low: number, high: number, ports: number, kind: number): void {
    const at = record * WORDS;
    // `fill` costs more than these few.
    for (let word = at; word < at + WORDS; word += 1) this.#words[word] = 0;
    this.#words[at + LOW] = low;
    this.#words[at + HIGH] = high;
    this.#words[at + PORTS] = ports;
    this.#words[at + KIND] = kind;
    this.macOf[record * 2] = -1;
    this.macOf[record * 2 + 1] = -1;
    this.lost[record] = 0;
    this.icmp[record] = 0;
    this.slot[record] = -1;
  }

  matches(record: number, low: number, high: number, ports: number, kind: number): boolean {
    const at = record * WORDS;
    return (
      this.#words[at + LOW] === low &&
      this.#words[at + HIGH] === high &&
      this.#words[at + PORTS] === ports &&
      this.#words[at + KIND] === kind
    );
  }

  count(record: number, side: number, octets: number, time: number, frame: number): void {
    const at = record * WORDS;
    this.#words[at + PACKETS + side] = (this.#words[at + PACKETS + side] ?? 0) + 1;
    this.#words[at + LAST_FRAME] = frame;
    const double = record * DOUBLES;
    this.#doubles[double + OCTETS + side] = (this.#doubles[double + OCTETS + side] ?? 0) + octets;
    this.#doubles[double + LAST_SEEN] = time;
  }

  state(record: number): number {
    return this.#words[record * WORDS + STATE_WORD] ?? 0;
  }

  setState(record: number, state: number): void {
    this.#words[record * WORDS + STATE_WORD] = state;
  }

  kind(record: number): number {
    return this.#words[record * WORDS + KIND] ?? 0;
  }

  protocol(record: number): number {
    return this.kind(record) & PROTOCOL_MASK;
  }

  /** IPv4 as a number of 32 bits with sign, or the number of an IPv6 address or a MAC. */
  address(record: number, side: number): number {
    return this.#words[record * WORDS + (side === 0 ? LOW : HIGH)] ?? 0;
  }

  port(record: number, side: number): number {
    const ports = this.#words[record * WORDS + PORTS] ?? 0;
    return side === 0 ? ports >>> 16 : ports & 0xffff;
  }

  octets(record: number, side: number): number {
    return this.#doubles[record * DOUBLES + OCTETS + side] ?? 0;
  }

  packets(record: number, side: number): number {
    return (this.#words[record * WORDS + PACKETS + side] ?? 0) >>> 0;
  }

  lastSeen(record: number): number {
    return this.#doubles[record * DOUBLES + LAST_SEEN] ?? 0;
  }

  lastFrame(record: number): number {
    return (this.#words[record * WORDS + LAST_FRAME] ?? 0) >>> 0;
  }

  next(record: number, side: number): number {
    return this.#words[record * WORDS + NEXT + side] ?? 0;
  }

  setNext(record: number, side: number, sequence: number): void {
    this.#words[record * WORDS + NEXT + side] = sequence | 0;
  }

  /** Which side opened it: 0 or 1. */
  sourceSide(record: number): number {
    return (this.state(record) & SOURCE_IS_HIGH) === 0 ? 0 : 1;
  }
}
