import type { PortolanError } from '../../base/errors.ts';
import { OwnScans, SCAN_SLACK } from '../../flows/own-scans.ts';
import type { AlertEvent } from '../../model/alert-event.ts';
import type { Evidence, NewEvidence } from '../../model/evidence.ts';
import type { FirewallReading } from '../../model/firewall-reading.ts';
import type { Flow } from '../../model/flow.ts';
import { ACTIVE_TIMEOUT } from '../../model/flow.ts';
import type { ScanRecord } from '../../model/scan.ts';
import { AccessTable } from './access-table.ts';
import type { NumberedAlertEvent } from './alert-rows.ts';
import {
  alertEventFromRow,
  alertEventToRow,
  INSERT_ALERT_EVENT,
  SELECT_ALERT_EVENTS,
  SELECT_SUBJECT_EVENTS,
} from './alert-rows.ts';
import { AuditTable } from './audit-table.ts';
import type { StoreCopy } from './copy.ts';
import { copyStore } from './copy.ts';
import type { Driver, Row } from './driver.ts';
import { FeedTable } from './feed-table.ts';
import {
  firewallFromRow,
  INSERT_FIREWALL,
  PRUNE_FIREWALLS,
  SELECT_FIREWALLS,
} from './firewall-rows.ts';
import {
  DELETE_TURNED,
  FORGET_FLOWS,
  flowFromRow,
  flowToRow,
  INSERT_FLOW,
  selectFlows,
  turnedKey,
} from './flow-rows.ts';
import { FlowTotalsTable } from './flow-totals.ts';
import { OutboxTable } from './outbox-table.ts';
import { ownScanFromRow, SELECT_OWN_SCANS } from './scan-rows.ts';
import { EVIDENCE_COLUMNS, fromRow, scanFromRow, toRow } from './schema.ts';
import { damaged, guarded } from './sqlite-error.ts';
import type { AuditEntry, FlowQuery, Store, StoredFlow, StoredPeer, StoredUse } from './store.ts';
import { peerFromRow, SELECT_PEERS, SELECT_USES, useFromRow } from './use-rows.ts';

const INSERT = `INSERT INTO evidence (${EVIDENCE_COLUMNS.join(', ')})
  VALUES (${EVIDENCE_COLUMNS.map(() => '?').join(', ')})`;

const SELECT = `SELECT id, ${EVIDENCE_COLUMNS.join(', ')} FROM evidence
  WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`;

/** Rows read at once: the store is never in memory whole, and may be appended to meanwhile. */
const PAGE = 1000;

export class SqliteStore implements Store {
  readonly location: string;
  readonly needsCheck: boolean;
  readonly feeds: FeedTable;
  readonly outbox: OutboxTable;
  readonly totals: FlowTotalsTable;
  readonly trail: AuditTable;
  readonly access: AccessTable;
  readonly #driver: Driver;
  readonly #close: () => void;
  #closed = false;
  #dataVersion: unknown;

  /** @param close closes the database and gives its lock back */
  constructor(location: string, driver: Driver, close: () => void, needsCheck = false) {
    this.location = location;
    this.needsCheck = needsCheck;
    this.#driver = driver;
    this.feeds = new FeedTable(location, driver);
    this.outbox = new OutboxTable(location, driver);
    this.totals = new FlowTotalsTable(location, driver);
    this.trail = new AuditTable(location, driver);
    this.access = new AccessTable(location, driver);
    this.#close = close;
    this.#dataVersion = this.#version();
  }

  changedElsewhere(): boolean {
    const version = this.#version();
    const changed = version !== this.#dataVersion;
    this.#dataVersion = version;
    return changed;
  }

  /** SQLite counts it up at each commit of another connection. */
  #version(): unknown {
    return this.#all('PRAGMA data_version')[0]?.['data_version'];
  }

  append(evidence: readonly NewEvidence[]): readonly Evidence[] {
    if (evidence.length === 0) return [];
    return this.#guarded(() =>
      this.#driver.transaction(() =>
        evidence.map((one) => ({ ...one, id: this.#driver.run(INSERT, ...toRow(one)) })),
      ),
    );
  }

  *evidence(
    options: { readonly after?: number; readonly until?: number } = {},
  ): Iterable<Evidence> {
    const until = options.until ?? Number.MAX_SAFE_INTEGER;
    let after = options.after ?? 0;
    for (;;) {
      const page = this.#guarded(() =>
        this.#driver.all(SELECT, after, until, PAGE).map((row) => this.#read(row, fromRow)),
      );
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.id ?? until;
    }
  }

  appendFlows(flows: readonly Flow[], observer: string): void {
    if (flows.length === 0) return;
    this.#guarded(() =>
      this.#driver.transaction(() => {
        const first = flows.reduce((least, one) => Math.min(least, one.firstSeen), Infinity);
        const last = flows.reduce((most, one) => Math.max(most, one.firstSeen), 0);
        const scans = this.ownScans(first, last);
        for (const flow of flows) this.#keepFlow(flow, observer, scans);
      }),
    );
  }

  #keepFlow(flow: Flow, observer: string, scans: OwnScans): void {
    const { firstSeen, lastSeen, source, destination } = flow;
    const mayBeKnown = lastSeen - firstSeen >= ACTIVE_TIMEOUT;
    const hasEnds = source.address !== destination.address || source.port !== destination.port;
    if (mayBeKnown && hasEnds) this.#driver.run(DELETE_TURNED, ...turnedKey(flow, observer));
    const { transport, midStream = false } = flow;
    const scan = scans.of({ at: firstSeen, source, destination, transport, midway: midStream });
    this.#driver.run(INSERT_FLOW, ...flowToRow(flow, observer, scan));
  }

  *flows(query: FlowQuery = {}): Iterable<StoredFlow> {
    const limit = query.limit ?? Number.MAX_SAFE_INTEGER;
    for (let given = 0; given < limit; given += PAGE) {
      const size = Math.min(PAGE, limit - given);
      const [sql, values] = selectFlows(query, size, given);
      const rows = this.#all(sql, ...values).map((row) => this.#read(row, flowFromRow));
      yield* rows;
      if (rows.length < size) return;
    }
  }

  forgetFlows(before: number, most: number): number {
    return this.#guarded(() =>
      this.#driver.transaction(() => {
        this.#driver.run(FORGET_FLOWS, before, most);
        return Number(this.#driver.all('SELECT changes() AS gone')[0]?.['gone']);
      }),
    );
  }

  uses(after = -1): readonly StoredUse[] {
    return this.#all(SELECT_USES, after)
      .map((row) => this.#read(row, useFromRow))
      .filter(({ flows }) => flows > 0 || after >= 0);
  }

  peers(newest: number): readonly StoredPeer[] {
    return this.#all(SELECT_PEERS, newest).map((row) => this.#read(row, peerFromRow));
  }

  saveScan(record: ScanRecord): void {
    this.#run(
      'INSERT INTO scan (id, started_at, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
      record.id,
      record.startedAt,
      JSON.stringify(record),
    );
  }

  scans(): readonly ScanRecord[] {
    return this.#all('SELECT id, record FROM scan ORDER BY started_at DESC, id').map((row) =>
      this.#read(row, scanFromRow),
    );
  }

  ownScans(since: number, until: number): OwnScans {
    const rows = this.#all(SELECT_OWN_SCANS, since - SCAN_SLACK, until + SCAN_SLACK);
    return new OwnScans(rows.map((row) => this.#read(row, ownScanFromRow)));
  }

  saveProgress(scan: string, progress: string | undefined): void {
    if (progress === undefined) this.#run('DELETE FROM progress WHERE scan = ?', scan);
    else this.#run('INSERT OR REPLACE INTO progress (scan, done) VALUES (?, ?)', scan, progress);
  }

  progress(scan: string): string | undefined {
    const done = this.#all('SELECT done FROM progress WHERE scan = ?', scan)[0]?.['done'];
    return typeof done === 'string' ? done : undefined;
  }

  saveFirewall({ at, origin, target, text, links }: Omit<FirewallReading, 'id'>): void {
    this.#guarded(() =>
      this.#driver.transaction(() => {
        this.#driver.run(INSERT_FIREWALL, at, origin, target, text, JSON.stringify(links));
        this.#driver.run(PRUNE_FIREWALLS, origin, target, origin, target);
      }),
    );
  }

  firewalls(): readonly FirewallReading[] {
    return this.#all(SELECT_FIREWALLS).map((row) => this.#read(row, firewallFromRow));
  }

  appendAlerts(events: readonly AlertEvent[]): void {
    if (events.length === 0) return;
    this.#guarded(() =>
      this.#driver.transaction(() => {
        for (const event of events) this.#driver.run(INSERT_ALERT_EVENT, ...alertEventToRow(event));
      }),
    );
  }

  *alerts(subject?: string): Iterable<AlertEvent> {
    if (subject !== undefined) {
      const rows = this.#all(SELECT_SUBJECT_EVENTS, subject);
      yield* rows.map((row) => this.#read(row, alertEventFromRow));
      return;
    }
    for (const { event } of this.alertsAfter(0)) yield event;
  }

  *alertsAfter(number: number): Iterable<NumberedAlertEvent> {
    for (let after = number; ; ) {
      const rows = this.#all(SELECT_ALERT_EVENTS, after, PAGE);
      for (const row of rows) {
        after = Number(row['id']);
        yield { number: after, event: this.#read(row, alertEventFromRow) };
      }
      if (rows.length < PAGE) return;
    }
  }

  audit(entry: AuditEntry): void {
    this.trail.append(entry);
  }

  auditLog(): readonly AuditEntry[] {
    return [...this.trail.all()].map(({ seq: _, hash: __, ...entry }) => entry);
  }

  copy(file: string): StoreCopy {
    return copyStore(this.#driver, file);
  }

  refuse(error: PortolanError): void {
    this.#driver.refuse(error);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#guarded(() => this.#close());
  }

  #run(sql: string, ...values: readonly (string | number)[]): void {
    this.#guarded(() => this.#driver.run(sql, ...values));
  }

  #all(sql: string, ...values: readonly (string | number)[]): readonly Row[] {
    return this.#guarded(() => this.#driver.all(sql, ...values));
  }

  /** A row that is not what we write is damage: to skip it would lose evidence in silence. */
  #read<T>(row: Row, read: (row: Row) => T): T {
    try {
      return read(row);
    } catch (error) {
      throw damaged(this.location, `the row ${String(row['id'])} cannot be read`, error);
    }
  }

  #guarded<T>(work: () => T): T {
    return guarded(this.location, work);
  }
}
