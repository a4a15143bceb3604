import { z } from 'zod';
import { instant } from '../../model/schema.ts';
import type { Notice, NoticeDevice } from '../../notifiers/notifier.ts';
import { alert } from './alert-rows.ts';
import type { Row } from './driver.ts';
import type { OutboxEntry, OutboxTotal } from './outbox.ts';

/**
 * What is to be told and to whom. Rows of a channel are sent in the order of their ids; a claim
 * keeps two processes from sending one row, and ends by itself where its owner was killed.
 */
export const OUTBOX_SCHEMA = `
  CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    TEXT NOT NULL,
    notice_id  TEXT NOT NULL,
    notice     TEXT NOT NULL,
    state      TEXT NOT NULL,
    queued_at  REAL NOT NULL,
    tries      INTEGER NOT NULL,
    not_before REAL NOT NULL,
    tried_at   REAL,
    claimed_at REAL,
    claim      TEXT,
    error      TEXT
  ) STRICT;
  CREATE UNIQUE INDEX outbox_once ON outbox (channel, notice_id);
  CREATE INDEX outbox_by_state ON outbox (channel, state, id);
  CREATE TABLE outbox_total (
    channel TEXT NOT NULL,
    result  TEXT NOT NULL,
    times   INTEGER NOT NULL,
    PRIMARY KEY (channel, result)
  ) STRICT, WITHOUT ROWID;
`;

const text = z.string();

const device: z.ZodType<NoticeDevice> = z.object({
  id: text,
  name: text,
  macs: z.array(text),
  addresses: z.array(text),
  vendor: z.exactOptional(text),
  model: z.exactOptional(text),
  firmware: z.exactOptional(text),
  services: z.exactOptional(z.number()),
  openAlerts: z.exactOptional(z.number()),
  lastAlert: z.exactOptional(text),
  online: z.exactOptional(z.boolean()),
  risk: z.exactOptional(z.enum(['none', 'info', 'low', 'medium', 'high', 'critical'])),
});

const notice = z.object({
  id: text,
  kind: z.enum(['opened', 'worse', 'resolved', 'digest', 'test']),
  alerts: z.array(alert),
  names: z.array(z.tuple([text, text])),
  devices: z.exactOptional(z.array(z.tuple([text, device]))),
  more: z.exactOptional(z.number()),
  link: z.exactOptional(text),
});

export function noticeToText({ names, devices, ...rest }: Notice): string {
  return JSON.stringify({
    ...rest,
    names: [...names],
    ...(devices === undefined ? {} : { devices: [...devices] }),
  });
}

/** @throws where it is not what we write */
function noticeFromText(stored: string): Notice {
  const parsed: unknown = JSON.parse(stored);
  const { names, devices, ...rest } = notice.parse(parsed);
  return {
    ...rest,
    names: new Map(names),
    ...(devices === undefined ? {} : { devices: new Map(devices) }),
  };
}

const row = z.object({
  id: z.int().min(1),
  channel: text,
  notice: text,
  state: z.enum(['waiting', 'sent', 'parked', 'dropped']),
  queued_at: instant,
  tries: z.int().min(0),
  not_before: instant,
  tried_at: instant.nullable(),
  claimed_at: instant.nullable(),
  error: text.nullable(),
});

export const SELECT_OUTBOX =
  'SELECT id, channel, notice, state, queued_at, tries, not_before, tried_at, claimed_at, error FROM outbox';

/** @throws where the row is not what we write */
export function outboxFromRow(stored: Row): OutboxEntry {
  const read = row.parse(stored);
  return {
    id: read.id,
    channel: read.channel,
    notice: noticeFromText(read.notice),
    state: read.state,
    queuedAt: read.queued_at,
    tries: read.tries,
    notBefore: read.not_before,
    ...(read.tried_at === null ? {} : { triedAt: read.tried_at }),
    ...(read.error === null ? {} : { error: read.error }),
  };
}

const total = z.object({
  channel: text,
  result: z.enum(['sent', 'failed', 'parked', 'dropped']),
  times: z.int().min(0),
});

export function totalFromRow(stored: Row): OutboxTotal {
  return total.parse(stored);
}
