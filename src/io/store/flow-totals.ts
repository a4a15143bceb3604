import { z } from 'zod';
import type { Instant, Transport } from '../../model/core.ts';
import type { Driver, Row } from './driver.ts';
import { damaged, guarded } from './sqlite-error.ts';

/** Sums over the flows that are kept: made in the database, which need not give out each of them. */
export interface FlowTotals {
  /**
   * Who talked to whom since then, by service; most octets first, and without scans of ours.
   *
   * @param options `from` is how far back one looks to tell what is new; flows before `since` are not
   * counted
   */
  talks(options: TalkQuery): readonly Talk[];
  /** Octets and flows by the hour in which they began, oldest first; an hour without any is left out. */
  hours(since: Instant): readonly HourTotal[];
  /** How many there are, as far as ids tell: what was left out at the end of its time is not counted. */
  count(): number;
}

/** The same for who can wait for them: made at once, or beside everything else. */
export interface FlowSums {
  talks(options: TalkQuery): readonly Talk[] | Promise<readonly Talk[]>;
  hours(since: Instant): readonly HourTotal[] | Promise<readonly HourTotal[]>;
  count(): number;
}

export interface TalkQuery {
  readonly since: Instant;
  readonly from?: Instant;
  readonly limit: number;
}

export interface Talk {
  readonly source: string;
  readonly destination: string;
  readonly transport: Transport | 'icmp' | 'other';
  readonly ipProtocol: number;
  readonly port: number;
  /** Of the newest one. */
  readonly protocol: string;
  readonly name: string;
  readonly flows: number;
  readonly answered: number;
  readonly bytes: number;
  readonly first: Instant;
  readonly last: Instant;
}

export interface HourTotal {
  readonly at: Instant;
  readonly bytes: number;
  readonly flows: number;
}

const HOUR = 3_600_000;

/** SQLite gives, beside `max(x)`, the other columns of the row that has it (sqlite.org/lang_select.html). */
const SELECT_TALKS = `SELECT source, destination, transport, ip_protocol,
    destination_port AS port, protocol, coalesce(sni, name, '') AS name,
    sum(last_seen >= ?1) AS flows, sum(last_seen >= ?1 AND outcome = 'answered') AS answered,
    sum(iif(last_seen >= ?1, sent_bytes + received_bytes, 0)) AS bytes,
    min(first_seen) AS first, max(last_seen) AS last
  FROM flow WHERE last_seen >= ?2 AND scan IS NULL
  GROUP BY source, destination, transport, ip_protocol, destination_port
  HAVING flows > 0 ORDER BY bytes DESC, flows DESC LIMIT ?3`;

const SELECT_HOURS = `SELECT CAST(first_seen / ${HOUR} AS INTEGER) AS hour, count(*) AS flows,
    sum(sent_bytes + received_bytes) AS bytes
  FROM flow WHERE last_seen >= ? AND first_seen >= ? GROUP BY hour ORDER BY hour`;

const SELECT_COUNT = 'SELECT coalesce(max(id) - min(id) + 1, 0) AS count FROM flow';

const shared = {
  source: z.string(),
  destination: z.string(),
  transport: z.enum(['tcp', 'udp', 'icmp', 'other']),
  port: z.int(),
  protocol: z.string(),
  name: z.string(),
  flows: z.number(),
  answered: z.number(),
  bytes: z.number(),
  first: z.number(),
  last: z.number(),
};

const talkRow = z.object({ ...shared, ip_protocol: z.int() });

/** As another process hands them over. */
export const talkList: z.ZodType<readonly Talk[]> = z.array(
  z.object({ ...shared, ipProtocol: z.int() }),
);

const hourRow = z.object({ hour: z.number(), flows: z.number(), bytes: z.number() });

export const hourTotals: z.ZodType<readonly HourTotal[]> = z.array(
  z.object({ at: z.number(), bytes: z.number(), flows: z.number() }),
);

export class FlowTotalsTable implements FlowTotals {
  readonly #location: string;
  readonly #driver: Driver;

  constructor(location: string, driver: Driver) {
    this.#location = location;
    this.#driver = driver;
  }

  talks({ since, from = since, limit }: TalkQuery): readonly Talk[] {
    return this.#read(SELECT_TALKS, [since, Math.min(from, since), limit], (row) => {
      const { ip_protocol: ipProtocol, ...talk } = talkRow.parse(row);
      return { ...talk, ipProtocol };
    });
  }

  hours(since: Instant): readonly HourTotal[] {
    return this.#read(SELECT_HOURS, [since, since], (row) => {
      const { hour, flows, bytes } = hourRow.parse(row);
      return { at: Math.floor(hour) * HOUR, bytes, flows };
    });
  }

  count(): number {
    return this.#read(SELECT_COUNT, [], (row) => Number(row['count']))[0] ?? 0;
  }

  #read<T>(sql: string, values: readonly number[], read: (row: Row) => T): readonly T[] {
    return guarded(this.#location, () =>
      this.#driver.all(sql, ...values).map((row) => {
        try {
          return read(row);
        } catch (error) {
          throw damaged(this.#location, 'a sum of flows cannot be read', error);
        }
      }),
    );
  }
}
