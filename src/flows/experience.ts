import { FAMILY_4, FAMILY_MASK, TCP } from './flow-state.ts';
import { PairIndex } from './pair-index.ts';
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
  #services = new PairIndex();
  /** By number of the service: that of its protocol. */
  readonly #protocols = new Int16Array(CAPACITY);
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
    if (this.#services.size === CAPACITY) this.#services = new PairIndex();
    this.#protocols[this.#find(record) ?? this.#add(record)] = protocol;
  }

  /** Number of the protocol that the service spoke last; -1 for none. */
  protocolOf(record: number): number {
    const service = this.#find(record);
    return service === undefined ? -1 : (this.#protocols[service] ?? -1);
  }

  isHopeless(record: number): boolean {
    return (this.#refused[this.#portOf(record)] ?? 0) >= ENOUGH;
  }

  #portOf(record: number): number {
    const { records } = this.#table;
    const port = records.port(record, 1 - records.sourceSide(record));
    return (records.protocol(record) === TCP ? 65_536 : 0) + port;
  }

  #find(record: number): number | undefined {
    const number = this.#services.find(this.#addressOf(record), this.#placeOf(record));
    return number < 0 ? undefined : number;
  }

  #add(record: number): number {
    return this.#services.add(this.#addressOf(record), this.#placeOf(record));
  }

  #addressOf(record: number): number {
    const { records } = this.#table;
    return records.address(record, 1 - records.sourceSide(record));
  }

  /** Family, carrier and port. */
  #placeOf(record: number): number {
    const family = (this.#table.records.kind(record) & FAMILY_MASK) === FAMILY_4 ? 0 : 2 * 65_536;
    return family + this.#portOf(record);
  }
}
