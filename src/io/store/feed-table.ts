import { untrusted } from '../../base/untrusted.ts';
import type { Instant } from '../../model/core.ts';
import type { AffectedEntry, Feed, FeedKind, FeedRecord } from '../../model/vulnerability.ts';
import type { Driver, Row } from './driver.ts';
import {
  affectedFromRow,
  DELETE_FEED,
  DELETE_VULNERABILITY,
  feedFromRow,
  feedToRow,
  INSERT_AFFECTED,
  INSERT_FEED,
  INSERT_VULNERABILITY,
  SELECT_AFFECTED,
  SELECT_FEEDS,
  SELECT_SAME,
  sameFromRow,
  UPDATE_FEED,
  vulnerabilityToRow,
} from './feed-rows.ts';
import { damaged, guarded } from './sqlite-error.ts';
import type { FeedStore, FeedWriter } from './store.ts';

/** Rows of one product that are read: no product of one maker has more vulnerabilities. */
const MOST = 5000;

export class FeedTable implements FeedStore {
  readonly #location: string;
  readonly #driver: Driver;

  constructor(location: string, driver: Driver) {
    this.#location = location;
    this.#driver = driver;
  }

  all(): readonly Feed[] {
    return this.#rows(() => this.#driver.all(SELECT_FEEDS), feedFromRow);
  }

  find(vendor: string, product: string): readonly AffectedEntry[] {
    return this.#rows(
      () => this.#driver.all(SELECT_AFFECTED, vendor, product, MOST),
      affectedFromRow,
    );
  }

  remove(id: string): boolean {
    const isThere = this.all().some((feed) => feed.id === id);
    if (isThere) {
      guarded(this.#location, () => this.#driver.transaction(() => this.#delete(id)));
    }
    return isThere;
  }

  /** One transaction from here to `commit`: whoever is killed between leaves what was before. */
  begin(kind: FeedKind, id: string, importedAt: Instant): FeedWriter {
    guarded(this.#location, () => {
      this.#driver.exec('BEGIN IMMEDIATE');
      this.#delete(id);
      this.#driver.run(INSERT_FEED, ...feedToRow({ kind, id, title: untrusted('') }, importedAt));
    });
    return {
      add: (record) => guarded(this.#location, () => this.#add(kind, id, record)),
      commit: (head) =>
        guarded(this.#location, () => {
          this.#driver.run(UPDATE_FEED, String(head.title), head.dated ?? null, id);
          this.#driver.exec('COMMIT');
        }),
      abort: () => {
        try {
          this.#driver.exec('ROLLBACK');
        } catch {
          // A full disk has ended the transaction already.
        }
      },
    };
  }

  #add(kind: FeedKind, feed: string, record: FeedRecord): void {
    if (!this.#makeRoom(kind, record)) return;
    const row = this.#driver.run(INSERT_VULNERABILITY, ...vulnerabilityToRow(feed, record));
    for (const { vendor, product, part, conditional, ranges } of record.affected) {
      const flag = conditional ? 1 : 0;
      this.#driver.run(INSERT_AFFECTED, vendor, product, row, part, flag, JSON.stringify(ranges));
    }
  }

  /**
   * Of NVD's records each CVE is kept once, as it was changed last. Advisories stay side by side.
   *
   * @returns false where a newer one is there
   */
  #makeRoom(kind: FeedKind, { cve, modified }: FeedRecord): boolean {
    if (kind !== 'nvd') return true;
    for (const same of this.#driver.all(SELECT_SAME, cve, kind).map(sameFromRow)) {
      if (same.modified > modified) return false;
      for (const sql of DELETE_VULNERABILITY) this.#driver.run(sql, same.id);
    }
    return true;
  }

  #delete(id: string): void {
    for (const sql of DELETE_FEED) this.#driver.run(sql, id);
  }

  #rows<T>(select: () => readonly Row[], read: (row: Row) => T): readonly T[] {
    return guarded(this.#location, select).map((row) => {
      try {
        return read(row);
      } catch (error) {
        throw damaged(this.#location, 'a row of a feed cannot be read', error);
      }
    });
  }
}
