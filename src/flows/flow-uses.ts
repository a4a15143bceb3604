import type { Flow } from '../model/flow.ts';
import type { AddressText } from './address-text.ts';
import { FAMILY_4, FAMILY_MASK } from './flow-state.ts';
import { outcomeOf } from './flow-view.ts';
import type { FlowTable } from './table.ts';
import type { AddressKey, Usage } from './usage.ts';

/** Notes of each answered flow that its port was used. */
export class FlowUses {
  readonly #table: FlowTable;
  readonly #text: AddressText;
  readonly #usage: Usage;

  constructor(table: FlowTable, text: AddressText, usage: Usage) {
    this.#table = table;
    this.#text = text;
    this.#usage = usage;
  }

  note(record: number, at: number, transport: Flow['transport']): void {
    if (transport !== 'tcp' && transport !== 'udp') return;
    if (outcomeOf(this.#table, record) !== 'answered') return;
    const { records } = this.#table;
    const side = records.sourceSide(record);
    const port = records.port(record, 1 - side);
    this.#usage.note(at, this.#keyOf(record, side), this.#keyOf(record, 1 - side), transport, port);
  }

  #keyOf(record: number, side: number): AddressKey {
    const { records } = this.#table;
    return (records.kind(record) & FAMILY_MASK) === FAMILY_4
      ? records.address(record, side) >>> 0
      : this.#text.of(record, side);
  }
}
