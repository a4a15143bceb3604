import type { FlowTable } from './table.ts';

/** What of streams was not seen: counted when a flow of TCP ends. */
export class StreamCounts {
  readonly #table: FlowTable;
  #lost = 0;
  #streamed = 0;
  #oneSided = 0;

  constructor(table: FlowTable) {
    this.#table = table;
  }

  add(record: number): void {
    const { records } = this.#table;
    this.#lost += records.lost[record] ?? 0;
    this.#streamed += records.octets(record, 0) + records.octets(record, 1);
    const [sent, received] = [records.packets(record, 0), records.packets(record, 1)];
    const isLong = sent + received > 3;
    if (isLong && (sent === 0 || received === 0)) this.#oneSided += 1;
  }

  /** Octets that are missing and all octets; streams of which one side only was seen. */
  get counts(): { readonly lost: number; readonly streamed: number; readonly oneSided: number } {
    return { lost: this.#lost, streamed: this.#streamed, oneSided: this.#oneSided };
  }
}
