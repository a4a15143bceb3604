import { appendFileSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forJson } from '../../base/encode.ts';
import type { Alert } from '../../model/alert.ts';
import type { AlertEvent } from '../../model/alert-event.ts';

const FILE = 'alerts.jsonl';
/** Octets after which the file gives way to a new one; the one before is kept. */
const MOST = 8 * 1024 * 1024;

/** One thing that happened, with the alert as it was then. */
export interface JournalLine {
  readonly at: number;
  readonly event: AlertEvent['kind'];
  readonly by: string;
  readonly alert: Alert;
}

/**
 * What happened to alerts, a line each, beside the database: whoever owns that keeps everybody else
 * out, and `tail` follows this. It can be removed at any time.
 */
export class AlertJournal {
  readonly #file: string;

  /** @param database file name of the store */
  constructor(database: string) {
    this.#file = journalOf(dirname(database));
  }

  write(lines: readonly JournalLine[]): void {
    if (lines.length === 0) return;
    try {
      appendFileSync(this.#file, lines.map((line) => `${forJson(line)}\n`).join(''), {
        mode: 0o600,
      });
      if (statSync(this.#file).size > MOST) renameSync(this.#file, `${this.#file}.1`);
    } catch {
      // The store has it all; a full disk is told by the next thing that is stored.
    }
  }
}

export function journalOf(folder: string): string {
  return join(folder, FILE);
}
