import { FAMILY_4, FAMILY_MASK } from './flow-state.ts';
import type { FlowTable } from './table.ts';

/** Services that are remembered. */
const CAPACITY = 65_536;
/** Conversations with one service that nobody recognised, after which the next gets one try. */
const ENOUGH = 32;

/**
 * What was found on a service before orders who is asked first, on whatever port it is; and where
 * many conversations were recognised by nobody, the next ones are not tried four times.
 */
export class Experience {
  readonly #table: FlowTable;
  /** Service → number of its protocol, or less than 0: conversations that nobody recognised. */
  #known = new Map<number, number>();

  constructor(table: FlowTable) {
    this.#table = table;
  }

  note(record: number, protocol: number | undefined): void {
    const key = this.#keyOf(record);
    const before = this.#known.get(key);
    if (protocol === undefined && before !== undefined && before >= 0) return;
    if (this.#known.size >= CAPACITY) this.#known = new Map();
    this.#known.set(key, protocol ?? (before ?? 0) - 1);
  }

  /** Number of the protocol that the service spoke last. */
  protocolOf(record: number): number | undefined {
    const known = this.#known.get(this.#keyOf(record));
    return known === undefined || known < 0 ? undefined : known;
  }

  isHopeless(record: number): boolean {
    return (this.#known.get(this.#keyOf(record)) ?? 0) <= -ENOUGH;
  }

  /** Address, port and carrier of the destination as a whole number of less than 2^53. */
  #keyOf(record: number): number {
    const { records } = this.#table;
    const side = 1 - records.sourceSide(record);
    const family = (records.kind(record) & FAMILY_MASK) === FAMILY_4 ? 0 : 2;
    const carrier = family + (records.protocol(record) === 6 ? 1 : 0);
    const address = records.address(record, side) >>> 0;
    return (carrier * 2 ** 32 + address) * 65_536 + records.port(record, side);
  }
}
