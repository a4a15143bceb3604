import { ACCESS_SCHEMA } from './access-rows.ts';
import { chainAudit } from './audit-table.ts';
import type { Driver } from './driver.ts';
import { OUTBOX_SCHEMA } from './outbox-rows.ts';
import { OWN_SCANS_SCHEMA, USE_SCHEMA } from './use-rows.ts';

/** "PTLN": in the file's header, so that `file` and we can tell ours from everybody else's. */
export const APPLICATION_ID = 0x50544c4e;

/** Statements, or a function for what SQL alone cannot do. */
export type Migration = string | ((driver: Driver) => void);

/**
 * One entry a version of the schema, oldest first; entry n leads from version n to n + 1. An entry
 * that was released is never edited: the next one mends it.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE evidence (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        REAL NOT NULL,
    source    TEXT NOT NULL,
    observer  TEXT NOT NULL,
    address   TEXT NOT NULL,
    mac       TEXT,
    transport TEXT,
    port      INTEGER,
    carrier   TEXT,
    certainty TEXT NOT NULL,
    kind      TEXT NOT NULL,
    fact      TEXT NOT NULL,
    proof     TEXT
  ) STRICT;
  CREATE TRIGGER evidence_not_updated BEFORE UPDATE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
  CREATE TRIGGER evidence_not_deleted BEFORE DELETE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;

  CREATE TABLE scan (
    id         TEXT PRIMARY KEY,
    started_at REAL NOT NULL,
    record     TEXT NOT NULL
  ) STRICT;

  CREATE TABLE progress (
    scan TEXT PRIMARY KEY,
    done TEXT NOT NULL
  ) STRICT;

  CREATE TABLE audit (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    at   REAL NOT NULL,
    who  TEXT NOT NULL,
    what TEXT NOT NULL,
    why  TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_not_updated BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  `,
  // Flows (RFC 7011) of imports and of watching: what is *used*. One file that is read twice gives
  // the same flows, hence the unique index.
  `
  CREATE TABLE flow (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    observer         TEXT NOT NULL,
    first_seen       REAL NOT NULL,
    last_seen        REAL NOT NULL,
    source           TEXT NOT NULL,
    source_port      INTEGER NOT NULL,
    source_mac       TEXT,
    destination      TEXT NOT NULL,
    destination_port INTEGER NOT NULL,
    destination_mac  TEXT,
    transport        TEXT NOT NULL,
    ip_protocol      INTEGER NOT NULL,
    vlan             INTEGER,
    sent_packets     INTEGER NOT NULL,
    sent_bytes       INTEGER NOT NULL,
    received_packets INTEGER NOT NULL,
    received_bytes   INTEGER NOT NULL,
    outcome          TEXT NOT NULL,
    protocol         TEXT NOT NULL,
    version          TEXT NOT NULL,
    carrier          TEXT NOT NULL,
    certainty        TEXT NOT NULL,
    sni              TEXT,
    name             TEXT,
    community_id     TEXT NOT NULL,
    first_frame      INTEGER NOT NULL,
    last_frame       INTEGER NOT NULL,
    lost             INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX flow_by_time ON flow (last_seen);
  CREATE UNIQUE INDEX flow_once
    ON flow (observer, first_seen, source, source_port, destination, destination_port, transport, ip_protocol);
  `,
  // Who opened a connection decides what is learned of it. Of what was stored before it is not known.
  'ALTER TABLE flow ADD COLUMN mid_stream INTEGER NOT NULL DEFAULT 0',
  // Feeds of known vulnerabilities (NVD, CSAF, KEV): facts of others, replaced as a whole, so that
  // they are no evidence and nothing is kept of a former version.
  `
  CREATE TABLE feed (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    title       TEXT NOT NULL,
    dated       REAL,
    imported_at REAL NOT NULL
  ) STRICT;
  CREATE TABLE vulnerability (
    id        INTEGER PRIMARY KEY,
    feed      TEXT NOT NULL,
    cve       TEXT NOT NULL,
    title     TEXT NOT NULL,
    published TEXT NOT NULL,
    modified  REAL NOT NULL,
    score     REAL,
    vector    TEXT,
    exploited INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX vulnerability_by_cve ON vulnerability (cve);
  CREATE INDEX vulnerability_by_feed ON vulnerability (feed);
  CREATE TABLE affected (
    vendor        TEXT NOT NULL,
    product       TEXT NOT NULL,
    vulnerability INTEGER NOT NULL,
    part          TEXT NOT NULL,
    conditional   INTEGER NOT NULL,
    ranges        TEXT NOT NULL,
    PRIMARY KEY (vendor, product, vulnerability)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX affected_by_vulnerability ON affected (vulnerability);
  `,
  // Rules of firewalls as they were read: what is *allowed*. The newest of an origin counts.
  `
  CREATE TABLE firewall (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     REAL NOT NULL,
    origin TEXT NOT NULL,
    target TEXT NOT NULL,
    rules  TEXT NOT NULL,
    links  TEXT NOT NULL
  ) STRICT;
  CREATE INDEX firewall_by_origin ON firewall (origin, target, id);
  `,
  // What happened to alerts and expectations, by whom and when: both are folds over it.
  `
  CREATE TABLE alert_event (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      REAL NOT NULL,
    subject TEXT NOT NULL,
    kind    TEXT NOT NULL,
    who     TEXT NOT NULL,
    detail  TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_event_by_subject ON alert_event (subject, id);
  CREATE TRIGGER alert_event_not_updated BEFORE UPDATE ON alert_event
    BEGIN SELECT RAISE(ABORT, 'the log of alerts is append-only'); END;
  CREATE TRIGGER alert_event_not_deleted BEFORE DELETE ON alert_event
    BEGIN SELECT RAISE(ABORT, 'the log of alerts is append-only'); END;
  `,
  // Notices that are to be delivered, and what became of them.
  OUTBOX_SCHEMA,
  // Accounts, sessions and tokens of the daemon.
  ACCESS_SCHEMA,
  // The audit log becomes a chain: an entry that is changed or taken away is noticed.
  chainAudit,
  // What is *used*, as sums that are kept while flows come and go.
  USE_SCHEMA,
  // What a scan of ours asks is not *used* by anybody.
  OWN_SCANS_SCHEMA,
];
