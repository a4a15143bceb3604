import { FAMILY_4, FAMILY_MASK, TCP } from './flow-state.ts';
import type { FlowTable } from './table.ts';

/** Services that are remembered. */
const CAPACITY = 65_536;
/** Conversations on one port that nobody recognised, one after another; the next gets one try. */
const ENOUGH = 32;

/**
 * What was found on a service before orders who is asked first, on whatever port it is; and where
 * many conversations were recognised by nobody, the next ones are not tried four times.
 */
export class Experience {
  readonly #table: FlowTable;
  /** Service → number of its protocol. */
  #known = new Map<number, number>();
  /** By port, of UDP and then of TCP. */
  readonly #refused = new Uint8Array(2 * 65_536);

  constructor(table: FlowTable) {
    this.#table = table;
  }

  note(record: number, protocol: number | undefined): void {
    const at = this.#portOf(record);
    if (protocol === undefined) {
      this.#refused[at] = Math.min(ENOUGH, (this.#refused[at] ?? 0) + 1);
      return;
    }
    this.#refused[at] = 0;
    if (this.#known.size >= CAPACITY) this.#known = new Map();
    this.#known.set(this.#keyOf(record), protocol);
  }

  /** Number of the protocol that the service spoke last; -1 for none. */
  protocolOf(record: number): number {
    return this.#known.get(this.#keyOf(record)) ?? -1;
  }

  isHopeless(record: number): boolean {
    return (this.#refused[this.#portOf(record)] ?? 0) >= ENOUGH;
  }

  #portOf(record: number): number {
    const { records } = this.#table;
    const port = records.port(record, 1 - records.sourceSide(record));
    return (records.protocol(record) === TCP ? 65_536 : 0) + port;
  }

  /** Address, port and carrier of the destination as a whole number of less than 2^53. */
  #keyOf(record: number): number {
    const { records } = this.#table;
    const side = 1 - records.sourceSide(record);
    const family = (records.kind(record) & FAMILY_MASK) === FAMILY_4 ? 0 : 2;
    const carrier = family + (records.protocol(record) === TCP ? 1 : 0);
    const address = records.address(record, side) >>> 0;
    return (carrier * 2 ** 32 + address) * 65_536 + records.port(record, side);
  }
}
