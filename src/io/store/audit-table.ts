import { z } from 'zod';
import type { AuditRecord, AuditVerdict } from './audit-chain.ts';
import { CHAIN_START, hashOf, verifyChain } from './audit-chain.ts';
import type { Driver, Row, Value } from './driver.ts';
import { damaged, guarded } from './sqlite-error.ts';
import type { AuditEntry } from './store.ts';

/** What was done with authority, each entry sealed by the next. */
export interface AuditTrail {
  append(entry: AuditEntry): void;
  /** Oldest first. */
  all(): Iterable<AuditRecord>;
  /** Newest first: those before a number. */
  newest(limit: number, before?: number): readonly AuditRecord[];
  /** The newest entry of which what was done begins so. */
  last(what: string): AuditRecord | undefined;
  count(): number;
  verify(): AuditVerdict;
}

const SELECT = 'SELECT id, at, who, what, why, old_value, new_value, hash FROM audit';
const PAGE = 1000;

export class AuditTable implements AuditTrail {
  readonly #location: string;
  readonly #driver: Driver;

  constructor(location: string, driver: Driver) {
    this.#location = location;
    this.#driver = driver;
  }

  append(entry: AuditEntry): void {
    guarded(this.#location, () => this.#driver.transaction(() => appendTo(this.#driver, entry)));
  }

  *all(): Iterable<AuditRecord> {
    for (let after = 0; ; ) {
      const page = this.#read(`${SELECT} WHERE id > ? ORDER BY id LIMIT ${PAGE}`, after);
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.seq ?? after;
    }
  }

  newest(limit: number, before = Number.MAX_SAFE_INTEGER): readonly AuditRecord[] {
    return this.#read(`${SELECT} WHERE id < ? ORDER BY id DESC LIMIT ?`, before, limit);
  }

  last(what: string): AuditRecord | undefined {
    const sql = `${SELECT} WHERE substr(what, 1, ?) = ? ORDER BY id DESC LIMIT 1`;
    return this.#read(sql, what.length, what)[0];
  }

  count(): number {
    return this.#number('SELECT count(*) AS value FROM audit');
  }

  verify(): AuditVerdict {
    const highest = this.#number("SELECT seq AS value FROM sqlite_sequence WHERE name = 'audit'");
    return verifyChain(this.all(), highest);
  }

  #number(sql: string): number {
    const [row] = guarded(this.#location, () => this.#driver.all(sql));
    return Number(row?.['value'] ?? 0);
  }

  #read(sql: string, ...values: readonly Value[]): readonly AuditRecord[] {
    return guarded(this.#location, () => this.#driver.all(sql, ...values)).map((row) => {
      try {
        return recordFromRow(row);
      } catch (error) {
        throw damaged(this.#location, 'a row of the audit log cannot be read', error);
      }
    });
  }
}

/** Within a transaction, so that two processes never continue from the same entry. */
function appendTo(driver: Driver, { at, who, what, why, before, after }: AuditEntry): void {
  const [last] = driver.all('SELECT hash FROM audit ORDER BY id DESC LIMIT 1');
  const [given] = driver.all("SELECT seq FROM sqlite_sequence WHERE name = 'audit'");
  const seq = Number(given?.['seq'] ?? 0) + 1;
  const previous = String(last?.['hash'] ?? CHAIN_START);
  const entry = wellFormed({ seq, at, who, what, why, ...optional(before, after) });
  driver.run(
    `INSERT INTO audit (id, at, who, what, why, old_value, new_value, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    seq,
    at,
    entry.who,
    entry.what,
    entry.why,
    entry.before ?? null,
    entry.after ?? null,
    hashOf(entry, previous),
  );
}

/**
 * What can be stored and read again as it was: half a pair of surrogates, where a name was cut, has no
 * form in UTF-8, and a NUL ends a text for some who read the file. Else a name would break the chain.
 */
function wellFormed<Entry extends AuditEntry>(entry: Entry): Entry {
  const texts = Object.entries(entry).map(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [key, value.replace(UNSTORABLE, '\ufffd')] : [key, value],
  );
  return { ...entry, ...Object.fromEntries(texts) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what it looks for
const UNSTORABLE = /[\p{Surrogate}\u0000]/gu;

/** Gives the entries of a store that had no chain yet their places in it, as they are. */
export function chainAudit(driver: Driver): void {
  driver.exec(`
    DROP TRIGGER audit_not_updated;
    ALTER TABLE audit ADD COLUMN old_value TEXT;
    ALTER TABLE audit ADD COLUMN new_value TEXT;
    ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';
  `);
  let previous = CHAIN_START;
  for (const row of driver.all(`${SELECT} ORDER BY id`)) {
    const record = recordFromRow(row);
    previous = hashOf(record, previous);
    driver.run('UPDATE audit SET hash = ? WHERE id = ?', previous, record.seq);
  }
  driver.exec(`
    CREATE TRIGGER audit_not_updated BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  `);
}

const auditRow = z.object({
  id: z.int().min(1),
  at: z.number(),
  who: z.string(),
  what: z.string(),
  why: z.string(),
  old_value: z.string().nullable(),
  new_value: z.string().nullable(),
  hash: z.string(),
});

function recordFromRow(row: Row): AuditRecord {
  const { id, old_value: before, new_value: after, ...rest } = auditRow.parse(row);
  return { seq: id, ...rest, ...optional(before ?? undefined, after ?? undefined) };
}

function optional(
  before: string | undefined,
  after: string | undefined,
): Pick<AuditEntry, 'before' | 'after'> {
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}
