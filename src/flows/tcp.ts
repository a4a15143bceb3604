import type { Packet } from '../wire/packet.ts';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../wire/packet.ts';
import {
  ACCEPTED,
  ANSWERED,
  BEGUN,
  FINISHED,
  HAS_HOLE,
  KNOWS_NEXT,
  REFUSED,
  RESET,
  SOURCE_IS_HIGH,
} from './flow-state.ts';
import type { FlowTable } from './table.ts';

/** A jump of more octets is another connection or a forged number, and no gap. */
const JUMP_LIMIT = 1 << 24;
/** Gaps of one stream that are held open; of a further one the oldest counts as lost. */
const HOLES = 4;

/** Where the payload of a segment belongs in its stream. */
export interface Place {
  /** Octets at its start that were seen before; the first copy of an octet counts. */
  seen: number;
  /** Octets between what was seen last and its start. */
  ahead: number;
}

/**
 * Follows the two streams of a TCP flow with a few numbers each, whatever is kept of them: state of
 * the connection, and what is missing.
 *
 * The policy: octets are placed by their sequence numbers (RFC 9293 §3.4), and the first copy of an
 * octet counts. A gap is held open, up to four of each stream at a time, for segments that were
 * overtaken or sent again; what fills one is new, wherever it comes. What nothing fills counts as lost
 * when the flow ends, or when a fifth gap opens. What the other side acknowledges was sent, whether
 * we saw it or not. Of the streams themselves only the first octets are kept, in `Conversation`.
 */
export class TcpTracker {
  /** Of the last segment. */
  readonly place: Place = { seen: 0, ahead: 0 };
  readonly #table: FlowTable;
  /** Begin and end of each gap, the oldest first, of side 0 and of side 1; and how many there are. */
  readonly #holes: Int32Array;
  readonly #counts: Uint8Array;

  constructor(table: FlowTable) {
    this.#table = table;
    const streams = table.records.lost.length * 2;
    this.#holes = new Int32Array(streams * HOLES * 2);
    this.#counts = new Uint8Array(streams);
  }

  /** Takes a segment of `side` into account, before its payload is looked at. */
  segment(record: number, side: number, packet: Packet): void {
    const { place } = this;
    place.seen = 0;
    place.ahead = 0;
    const flags = packet.tcpFlags;
    if ((flags & TCP_RST) !== 0) {
      this.#reset(record, side);
      return;
    }
    if ((flags & TCP_SYN) !== 0) this.#open(record, side, packet);
    else this.#establish(record, side, packet);
    if ((flags & TCP_ACK) !== 0) this.#acknowledge(record, 1 - side, packet.acknowledgement);
    if (packet.payloadLength > 0 && (flags & TCP_SYN) === 0) this.#advance(record, side, packet);
    if ((flags & TCP_FIN) !== 0) this.#finish(record, side, packet);
  }

  /** What was still missing when the flow ended. */
  end(record: number): void {
    this.#loseAll(record, 0);
    this.#loseAll(record, 1);
  }

  #open(record: number, side: number, packet: Packet): void {
    const isAnswer = (packet.tcpFlags & TCP_ACK) !== 0;
    const { records } = this.#table;
    const state = records.state(record);
    // Whoever sends the SYN opened it, whatever the first packet was that we saw.
    const sourceSide = isAnswer ? 1 - side : side;
    const turned = sourceSide === 1 ? state | SOURCE_IS_HIGH : state & ~SOURCE_IS_HIGH;
    records.setState(record, turned | BEGUN | (isAnswer ? ACCEPTED : 0) | (KNOWS_NEXT << side));
    records.setNext(record, side, packet.sequence + 1);
    if (isAnswer) this.#table.establish(record);
  }

  /** Data or acknowledgements of both sides, without a SYN: it was open before we listened. */
  #establish(record: number, side: number, packet: Packet): void {
    const { records } = this.#table;
    const state = records.state(record);
    if ((state & BEGUN) === 0 && (state & ANSWERED) !== 0) this.#table.establish(record);
    if ((state & (KNOWS_NEXT << side)) !== 0) return;
    records.setState(record, state | (KNOWS_NEXT << side));
    records.setNext(record, side, packet.sequence);
  }

  #advance(record: number, side: number, packet: Packet): void {
    const { records } = this.#table;
    const next = records.next(record, side);
    const delta = (packet.sequence - next) | 0;
    const length = packet.payloadLength;
    if (delta > JUMP_LIMIT || delta < -JUMP_LIMIT) {
      records.setNext(record, side, packet.sequence + length);
      return;
    }
    if (delta >= 0) {
      if (delta > 0) this.#openHole(record, side, next, packet.sequence | 0);
      this.place.ahead = delta;
      records.setNext(record, side, packet.sequence + length);
      return;
    }
    this.place.seen = Math.min(length, -delta);
    if ((records.state(record) & (HAS_HOLE << side)) !== 0) {
      this.#fill(record, side, packet.sequence | 0, (packet.sequence + length) | 0);
    }
    if (delta + length > 0) records.setNext(record, side, packet.sequence + length);
  }

  /** What the other end has, it was sent, whether we saw it or not. */
  #acknowledge(record: number, side: number, number: number): void {
    const { records } = this.#table;
    const state = records.state(record);
    if ((state & (KNOWS_NEXT << side)) === 0) return;
    const next = records.next(record, side);
    const ahead = (number - next) | 0;
    if (ahead <= 0 || ahead > JUMP_LIMIT) return;
    // The number behind a FIN counts one (RFC 9293 §3.4).
    if (ahead === 1) return;
    this.#openHole(record, side, next, number | 0);
    records.setNext(record, side, number);
  }

  #finish(record: number, side: number, packet: Packet): void {
    const { records } = this.#table;
    records.setState(record, records.state(record) | (FINISHED << side));
    const end = (packet.sequence + packet.payloadLength + 1) | 0;
    if (((end - records.next(record, side)) | 0) === 1) records.setNext(record, side, end);
  }

  /** Refused, where it came before the other side had said anything else. */
  #reset(record: number, side: number): void {
    const { records } = this.#table;
    const state = records.state(record);
    const fromSource = side === records.sourceSide(record);
    const refuses = !fromSource && (state & ACCEPTED) === 0 && records.packets(record, side) === 1;
    records.setState(record, state | RESET | (refuses ? REFUSED : 0));
  }

  #openHole(record: number, side: number, from: number, to: number): void {
    const { records } = this.#table;
    const stream = record * 2 + side;
    const state = records.state(record);
    // Of a former flow of the record the number of gaps still stands here.
    let count = (state & (HAS_HOLE << side)) === 0 ? 0 : (this.#counts[stream] ?? 0);
    if (count === HOLES) {
      this.#lose(record, sizeOf(this.#holes, stream * HOLES * 2));
      this.#remove(stream, 0);
      count -= 1;
    }
    this.#insert(stream, count, from, to);
    records.setState(record, state | (HAS_HOLE << side));
  }

  /** A late segment takes from the gaps what it brings. */
  #fill(record: number, side: number, from: number, to: number): void {
    const stream = record * 2 + side;
    // From the last, so that what a gap leaves behind it is not looked at again.
    for (let hole = (this.#counts[stream] ?? 0) - 1; hole >= 0; hole -= 1) {
      const at = (stream * HOLES + hole) * 2;
      const reaches = ((to - (this.#holes[at] ?? 0)) | 0) > 0;
      const begins = (((this.#holes[at + 1] ?? 0) - from) | 0) > 0;
      if (reaches && begins) this.#shrink(record, stream, hole, [from, to]);
    }
    if (this.#counts[stream] !== 0) return;
    const { records } = this.#table;
    records.setState(record, records.state(record) & ~(HAS_HOLE << side));
  }

  #shrink(record: number, stream: number, hole: number, [from, to]: Range): void {
    const at = (stream * HOLES + hole) * 2;
    const [start, end] = [this.#holes[at] ?? 0, this.#holes[at + 1] ?? 0];
    this.place.seen = Math.max(0, (start - from) | 0);
    const isLeftBefore = ((from - start) | 0) > 0;
    const isLeftBehind = ((end - to) | 0) > 0;
    if (isLeftBefore) this.#holes[at + 1] = from;
    else if (isLeftBehind) this.#holes[at] = to;
    else this.#remove(stream, hole);
    if (isLeftBefore && isLeftBehind) this.#keepRest(record, stream, hole + 1, [to, end]);
  }

  /** What is left of a gap behind what came; where there is no room for a further one it is lost. */
  #keepRest(record: number, stream: number, hole: number, [from, to]: Range): void {
    if ((this.#counts[stream] ?? 0) < HOLES) this.#insert(stream, hole, from, to);
    else this.#lose(record, (to - from) | 0);
  }

  #loseAll(record: number, side: number): void {
    const { records } = this.#table;
    const state = records.state(record);
    if ((state & (HAS_HOLE << side)) === 0) return;
    const stream = record * 2 + side;
    for (let hole = (this.#counts[stream] ?? 0) - 1; hole >= 0; hole -= 1) {
      this.#lose(record, sizeOf(this.#holes, (stream * HOLES + hole) * 2));
    }
    records.setState(record, state & ~(HAS_HOLE << side));
  }

  #lose(record: number, octets: number): void {
    const { lost } = this.#table.records;
    lost[record] = (lost[record] ?? 0) + Math.max(0, octets);
  }

  #insert(stream: number, hole: number, from: number, to: number): void {
    const first = stream * HOLES * 2;
    const at = first + hole * 2;
    this.#holes.copyWithin(at + 2, at, first + HOLES * 2 - 2);
    this.#holes[at] = from;
    this.#holes[at + 1] = to;
    this.#counts[stream] = hole === 0 ? 1 : (this.#counts[stream] ?? 0) + 1;
  }

  #remove(stream: number, hole: number): void {
    const first = stream * HOLES * 2;
    const at = first + hole * 2;
    this.#holes.copyWithin(at, at + 2, first + HOLES * 2);
    this.#counts[stream] = (this.#counts[stream] ?? 1) - 1;
  }
}

/** Sequence numbers: of the first octet, and of the one behind the last. */
type Range = readonly [from: number, to: number];

function sizeOf(holes: Int32Array, at: number): number {
  return ((holes[at + 1] ?? 0) - (holes[at] ?? 0)) | 0;
}
