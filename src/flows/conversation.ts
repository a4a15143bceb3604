import type { Protocol } from '../protocols/protocol.ts';
import type { FirstBytesStore } from './first-bytes.ts';
import type { Verdict } from './recognise.ts';

/** Segments that came early, of one conversation; and octets of all of one side. */
const EARLY = 8;
/** Datagrams of a side whose beginnings are kept. */
const HEADS = 8;

interface Early {
  readonly side: number;
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** What it had on the wire: more where the capture cut it. */
  readonly length: number;
}

/**
 * What is known of a conversation that nobody has recognised yet. TCP is put in order: the first
 * copy of an octet counts, a segment that came early waits for what is missing before it, and a gap
 * that nothing fills ends what is kept of that side.
 */
export class Conversation {
  record = -1;
  /** Packets with payload, and times that the protocols were asked. */
  parts = 0;
  asked = 0;
  /** Times that it was begun anew with a later message. */
  restarts = 0;
  best: Verdict | undefined;
  /** It is recognised, and its values are wanted. */
  collects: Protocol | undefined;
  /** How they are read. */
  reads: Protocol['fields'];
  /** Datagrams of which the values were read, since it is recognised. */
  collected = 0;
  /** Datagrams of a greeting that takes several, of each side. */
  readonly greeting: readonly [Uint8Array[], Uint8Array[]] = [[], []];
  /** Beginnings of each side's datagrams, for who believes only several: an unbroken series. */
  readonly heads: readonly [Uint8Array[], Uint8Array[]] = [[], []];
  readonly #store: FirstBytesStore;
  readonly slot: number;
  readonly #expected: [number, number] = [0, 0];
  readonly #begun: [boolean, boolean] = [false, false];
  readonly #cut: [boolean, boolean] = [false, false];
  #early: Early[] = [];

  constructor(store: FirstBytesStore, slot: number) {
    this.#store = store;
    this.slot = slot;
  }

  reset(record: number): void {
    this.record = record;
    this.parts = 0;
    this.asked = 0;
    this.restarts = 0;
    this.best = undefined;
    this.collects = undefined;
    this.collected = 0;
    for (const said of this.greeting) if (said.length > 0) said.length = 0;
    for (const heads of this.heads) if (heads.length > 0) heads.length = 0;
    this.#clearSide(0);
    this.#clearSide(1);
  }

  /** Forgets what was said, to begin with what comes next. */
  restart(): void {
    this.restarts += 1;
    this.parts = 0;
    this.asked = 0;
    this.#clearSide(0);
    this.#clearSide(1);
  }

  length(side: number): number {
    return this.#store.length(this.slot, side);
  }

  read(side: number): Uint8Array {
    return this.#store.read(this.slot, side);
  }

  /** Whether nothing more of this side will be kept. */
  isClosed(side: number): boolean {
    return this.#cut[side === 0 ? 0 : 1] || this.#store.isFull(this.slot, side);
  }

  /** The payload of a datagram, whole. */
  datagram(side: number, bytes: Uint8Array, from: number, captured: number): void {
    this.#store.append(this.slot, side, bytes, from, captured);
  }

  /** @param octets of its beginning to keep; none ends the series of that side */
  keepHead(side: 0 | 1, bytes: Uint8Array, from: number, octets: number): void {
    const heads = this.heads[side];
    if (octets === 0) heads.length = 0;
    else if (heads.length < HEADS) heads.push(bytes.slice(from, from + octets));
  }

  /**
   * A segment, with what the tracker found missing before it.
   *
   * @returns octets that the kept stream has now more
   */
  segment(side: 0 | 1, sequence: number, ahead: number, payload: Payload): number {
    if (this.isClosed(side)) return 0;
    if (!this.#begun[side]) {
      this.#begun[side] = true;
      this.#expected[side] = (sequence - ahead) | 0;
    }
    const before = this.length(side);
    const delta = (sequence - (this.#expected[side] ?? 0)) | 0;
    if (delta > 0) {
      this.#keepEarly(side, sequence, payload);
    } else {
      this.#append(side, -delta, payload);
      this.#drain(side);
    }
    return this.length(side) - before;
  }

  /** Nothing more will come: of a side of which the start is missing the rest is better than nothing. */
  settleGaps(): void {
    this.#skipGap(0);
    this.#skipGap(1);
  }

  #clearSide(side: 0 | 1): void {
    this.#store.clear(this.slot, side);
    this.#begun[side] = false;
    this.#cut[side] = false;
    if (this.#early.length > 0) this.#early = [];
  }

  #append(side: 0 | 1, skip: number, { bytes, from, captured, length }: Payload): void {
    if (skip >= length) return;
    if (skip < captured) {
      this.#store.append(this.slot, side, bytes, from + skip, captured - skip);
    }
    if (captured < length) this.#cut[side] = true;
    this.#expected[side] = ((this.#expected[side] ?? 0) + length - skip) | 0;
  }

  #keepEarly(side: 0 | 1, sequence: number, { bytes, from, captured, length }: Payload): void {
    if (this.#early.length === EARLY) {
      this.#skipGap(side);
      return;
    }
    const copy = bytes.slice(from, from + Math.min(captured, this.#store.perSide));
    this.#early.push({ side, sequence, bytes: copy, length });
  }

  /** Appends what waited for the octets that have come. */
  #drain(side: 0 | 1): void {
    if (this.#early.length === 0) return;
    for (let again = true; again; ) {
      const at = this.#early.findIndex(
        (one) => one.side === side && this.#distance(side, one.sequence) <= 0,
      );
      again = at >= 0;
      const [early] = again ? this.#early.splice(at, 1) : [];
      if (early !== undefined) this.#appendEarly(side, early);
    }
  }

  #appendEarly(side: 0 | 1, { sequence, bytes, length }: Early): void {
    const skip = -this.#distance(side, sequence);
    this.#append(side, skip, { bytes, from: 0, captured: bytes.length, length });
  }

  #distance(side: 0 | 1, sequence: number): number {
    return (sequence - (this.#expected[side] ?? 0)) | 0;
  }

  #skipGap(side: 0 | 1): void {
    const waiting = this.#early.filter((one) => one.side === side);
    if (waiting.length === 0) return;
    if (this.length(side) > 0) {
      this.#cut[side] = true;
      return;
    }
    const nearest = waiting.reduce((a, b) =>
      this.#distance(side, a.sequence) <= this.#distance(side, b.sequence) ? a : b,
    );
    this.#expected[side] = nearest.sequence | 0;
    this.#drain(side);
  }
}

/** Octets of a packet: where they are, how many were captured, and how many there were. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly captured: number;
  readonly length: number;
}
