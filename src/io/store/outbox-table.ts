import type { Instant } from '../../model/core.ts';
import type { Notice } from '../../notifiers/notifier.ts';
import type { Driver, Row, Value } from './driver.ts';
import type { Outbox, OutboxEntry, OutboxState, OutboxTotal, Settlement } from './outbox.ts';
import { noticeToText, outboxFromRow, SELECT_OUTBOX, totalFromRow } from './outbox-rows.ts';
import { damaged, guarded } from './sqlite-error.ts';

/** Entries of a channel that are kept once they are done: for `notify list`, and to know a double. */
const KEPT = 1000;

/** Milliseconds: a clock that is behind by so much was set. */
const SET_BACK = 60_000;

const STATES: readonly OutboxState[] = ['waiting', 'sent', 'parked', 'dropped'];

const FIRST_WAITING = `${SELECT_OUTBOX} WHERE channel = ? AND state = 'waiting' ORDER BY id LIMIT 1`;

const COUNT = `INSERT INTO outbox_total (channel, result, times) VALUES (?, ?, ?)
  ON CONFLICT (channel, result) DO UPDATE SET times = times + excluded.times`;

const PRUNE = `DELETE FROM outbox WHERE channel = ? AND state IN ('sent', 'dropped') AND id <= (
  SELECT id FROM outbox WHERE channel = ? AND state IN ('sent', 'dropped')
  ORDER BY id DESC LIMIT 1 OFFSET ${KEPT})`;

export class OutboxTable implements Outbox {
  readonly #location: string;
  readonly #driver: Driver;

  constructor(location: string, driver: Driver) {
    this.#location = location;
    this.#driver = driver;
  }

  add(channel: string, notice: Notice, at: Instant, notBefore: Instant = at): number | undefined {
    return this.#within(() => {
      const known = 'SELECT id FROM outbox WHERE channel = ? AND notice_id = ?';
      if (this.#driver.all(known, channel, notice.id).length > 0) return undefined;
      return this.#driver.run(
        `INSERT INTO outbox (channel, notice_id, notice, state, queued_at, tries, not_before)
         VALUES (?, ?, ?, 'waiting', ?, 0, ?)`,
        channel,
        notice.id,
        noticeToText(notice),
        at,
        notBefore,
      );
    });
  }

  grow(channel: string, prefix: string, merge: (waiting: Notice) => Notice): boolean {
    return this.#within(() => {
      const [found] = this.#entries(
        `${SELECT_OUTBOX} WHERE channel = ? AND state = 'waiting' AND tries = 0
         AND claimed_at IS NULL AND substr(notice_id, 1, ?) = ? ORDER BY id DESC LIMIT 1`,
        channel,
        prefix.length,
        prefix,
      );
      if (found === undefined) return false;
      const grown = noticeToText({ ...merge(found.notice), id: found.notice.id });
      this.#driver.run('UPDATE outbox SET notice = ? WHERE id = ?', grown, found.id);
      return true;
    });
  }

  countSince(channel: string, since: Instant): number {
    return this.#number(
      'SELECT count(*) AS n FROM outbox WHERE channel = ? AND queued_at > ?',
      channel,
      since,
    );
  }

  claim(channel: string, owner: string, now: Instant, lease: number): OutboxEntry | undefined {
    return this.#within(() => {
      const [row] = this.#driver.all(FIRST_WAITING, channel);
      if (row === undefined || !isDue(row, now) || isClaimed(row, now, lease)) return undefined;
      const entry = this.#read(row, outboxFromRow);
      this.#driver.run(
        'UPDATE outbox SET claimed_at = ?, claim = ?, tried_at = ?, tries = tries + 1 WHERE id = ?',
        now,
        owner,
        now,
        entry.id,
      );
      return { ...entry, tries: entry.tries + 1, triedAt: now };
    });
  }

  settle(id: number, owner: string, how: Settlement, now: Instant): boolean {
    return this.#within(() => {
      const [row] = this.#driver.all(
        "SELECT channel FROM outbox WHERE id = ? AND claim = ? AND state = 'waiting'",
        id,
        owner,
      );
      if (row === undefined) return false;
      const channel = String(row['channel']);
      this.#driver.run(
        `UPDATE outbox SET state = ?, error = ?, not_before = ?, tried_at = ?, claimed_at = NULL,
         claim = NULL WHERE id = ?`,
        how.kind === 'failed' ? 'waiting' : how.kind,
        how.kind === 'sent' ? null : how.error.slice(0, 500),
        how.kind === 'failed' ? how.notBefore : now,
        now,
        id,
      );
      if (how.kind === 'parked') this.#driver.run(COUNT, channel, 'failed', 1);
      this.#driver.run(COUNT, channel, how.kind, 1);
      this.#driver.run(PRUNE, channel, channel);
      return true;
    });
  }

  nextDue(channels: readonly string[], now: Instant): Instant | undefined {
    const times = channels.flatMap((channel) => {
      const [row] = this.#all(FIRST_WAITING, channel);
      return row === undefined ? [] : [isDue(row, now) ? now : Number(row['not_before'])];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  list({
    channel,
    limit = 200,
  }: {
    channel?: string;
    limit?: number;
  } = {}): readonly OutboxEntry[] {
    return channel === undefined
      ? this.#entries(`${SELECT_OUTBOX} ORDER BY id DESC LIMIT ?`, limit)
      : this.#entries(
          `${SELECT_OUTBOX} WHERE channel = ? ORDER BY id DESC LIMIT ?`,
          channel,
          limit,
        );
  }

  counts(): readonly { channel: string; state: OutboxState; count: number }[] {
    const rows = this.#all(
      'SELECT channel, state, count(*) AS n FROM outbox GROUP BY channel, state ORDER BY channel, state',
    );
    return rows.flatMap((row) => {
      const state = STATES.find((one) => one === row['state']);
      return state === undefined
        ? []
        : [{ channel: String(row['channel']), state, count: Number(row['n']) }];
    });
  }

  totals(): readonly OutboxTotal[] {
    const rows = this.#all(
      'SELECT channel, result, times FROM outbox_total ORDER BY channel, result',
    );
    return rows.map((row) => this.#read(row, totalFromRow));
  }

  retry(ids: readonly number[] | 'parked', now: Instant): number {
    return this.#within(() => {
      const states = ids === 'parked' ? "'parked'" : "'parked', 'waiting'";
      const found = this.#chosen(ids, states);
      for (const id of found) {
        this.#driver.run(
          "UPDATE outbox SET state = 'waiting', tries = 0, not_before = ? WHERE id = ?",
          now,
          id,
        );
      }
      return found.length;
    });
  }

  drop(ids: readonly number[] | 'parked'): number {
    return this.#within(() => {
      const states = ids === 'parked' ? "'parked'" : "'parked', 'waiting'";
      const found = this.#chosen(ids, states);
      for (const id of found) {
        this.#driver.run(
          `INSERT INTO outbox_total (channel, result, times)
           SELECT channel, 'dropped', 1 FROM outbox WHERE id = ?
           ON CONFLICT (channel, result) DO UPDATE SET times = times + 1`,
          id,
        );
        this.#driver.run("UPDATE outbox SET state = 'dropped', claim = NULL WHERE id = ?", id);
      }
      return found.length;
    });
  }

  #chosen(ids: readonly number[] | 'parked', states: string): readonly number[] {
    const rows = this.#driver.all(`SELECT id FROM outbox WHERE state IN (${states}) ORDER BY id`);
    const all = rows.map((row) => Number(row['id']));
    return ids === 'parked' ? all : all.filter((id) => ids.includes(id));
  }

  #number(sql: string, ...values: readonly Value[]): number {
    return Number(this.#all(sql, ...values)[0]?.['n'] ?? 0);
  }

  #entries(sql: string, ...values: readonly Value[]): readonly OutboxEntry[] {
    return this.#all(sql, ...values).map((row) => this.#read(row, outboxFromRow));
  }

  #all(sql: string, ...values: readonly Value[]): readonly Row[] {
    return guarded(this.#location, () => this.#driver.all(sql, ...values));
  }

  #within<T>(work: () => T): T {
    return guarded(this.#location, () => this.#driver.transaction(work));
  }

  #read<T>(row: Row, read: (row: Row) => T): T {
    try {
      return read(row);
    } catch (error) {
      throw damaged(this.#location, `a row of the outbox cannot be read`, error);
    }
  }
}

/**
 * A clock that was set back frees what waits for a time that is far away now. What is ahead of us by
 * less is another process that looked at the same clock a moment later.
 */
function isDue(row: Row, now: Instant): boolean {
  const triedAt = row['tried_at'];
  return (
    now >= Number(row['not_before']) || (typeof triedAt === 'number' && now < triedAt - SET_BACK)
  );
}

function isClaimed(row: Row, now: Instant, lease: number): boolean {
  const claimedAt = row['claimed_at'];
  return typeof claimedAt === 'number' && Math.abs(now - claimedAt) < lease;
}
