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

/** Where the payload of a segment belongs in its stream. */
export interface Place {
  /** Octets at its start that were seen before; the first copy of an octet counts. */
  seen: number;
  /** Octets between what was seen last and its start. */
  ahead: number;
}

/**
 * Follows the two streams of a TCP flow with a few numbers each, whatever is kept of them: state of
 * the connection, and what is missing. A gap counts as lost when nothing fills it: it is held open
 * until the next one, so that segments that merely overtook each other are not counted.
 */
export class TcpTracker {
  /** Of the last segment. */
  readonly place: Place = { seen: 0, ahead: 0 };
  readonly #table: FlowTable;

  constructor(table: FlowTable) {
    this.#table = table;
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
    this.#loseHole(record, 0);
    this.#loseHole(record, 1);
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
    this.#fill(record, side, packet.sequence | 0, (packet.sequence + length) | 0);
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
    this.#loseHole(record, side);
    const { records } = this.#table;
    const at = record * 4 + side * 2;
    records.holes[at] = from;
    records.holes[at + 1] = to;
    records.setState(record, records.state(record) | (HAS_HOLE << side));
  }

  #loseHole(record: number, side: number): void {
    const { records } = this.#table;
    const state = records.state(record);
    if ((state & (HAS_HOLE << side)) === 0) return;
    const at = record * 4 + side * 2;
    const size = ((records.holes[at + 1] ?? 0) - (records.holes[at] ?? 0)) | 0;
    records.lost[record] = (records.lost[record] ?? 0) + Math.max(0, size);
    records.setState(record, state & ~(HAS_HOLE << side));
  }

  /** A late segment takes from the gap what it brings; one in its middle counts from its start. */
  #fill(record: number, side: number, from: number, to: number): void {
    const { records } = this.#table;
    if ((records.state(record) & (HAS_HOLE << side)) === 0) return;
    const at = record * 4 + side * 2;
    const start = records.holes[at] ?? 0;
    const end = records.holes[at + 1] ?? 0;
    const last = end + Math.min(0, (to - end) | 0);
    const first = start + Math.max(0, (from - start) | 0);
    const overlap = (last - first) | 0;
    if (overlap <= 0) return;
    const left = ((end - start) | 0) - overlap;
    records.holes[at] = (end - Math.max(0, left)) | 0;
  }
}
