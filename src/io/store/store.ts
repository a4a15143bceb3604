import type { PortolanError } from '../../base/errors.ts';
import type { OwnScans } from '../../flows/own-scans.ts';
import type { AlertEvent } from '../../model/alert-event.ts';
import type { Direction, Transport } from '../../model/core.ts';
import type { Evidence, NewEvidence } from '../../model/evidence.ts';
import type { FirewallReading } from '../../model/firewall-reading.ts';
import type { Flow } from '../../model/flow.ts';
import type { ScanRecord } from '../../model/scan.ts';
import type {
  Feed,
  FeedHead,
  FeedKind,
  FeedRecord,
  VulnerabilityLookup,
} from '../../model/vulnerability.ts';
import type { AccessStore } from './access.ts';
import type { NumberedAlertEvent } from './alert-rows.ts';
import type { AuditTrail } from './audit-table.ts';
import type { StoreCopy } from './copy.ts';
import type { FlowTotals } from './flow-totals.ts';
import type { Outbox } from './outbox.ts';

/** What is kept between runs. One process owns it at a time. */
export interface Store {
  /** File name, or `:memory:`. */
  readonly location: string;
  /** After a crash, where it was left to whoever opened it (`checkLater`) to have it looked through. */
  readonly needsCheck: boolean;
  /** From now on nothing is written: whoever tries is given this. What can be read still can. */
  refuse(error: PortolanError): void;
  /** Whether another process wrote since this was asked last. */
  changedElsewhere(): boolean;
  /** Appends in one transaction and returns the same evidence with ids; all or nothing. */
  append(evidence: readonly NewEvidence[]): readonly Evidence[];
  /** In order of id: those after `after`, up to and with `until`; both are ids. */
  evidence(options?: { readonly after?: number; readonly until?: number }): Iterable<Evidence>;
  /**
   * Adds flows in one transaction. One that is there already (same observer, start and ends) stays,
   * or is what it has become where it went on.
   */
  appendFlows(flows: readonly Flow[], observer: string): void;
  /** Newest first. */
  flows(query?: FlowQuery): Iterable<StoredFlow>;
  /** Removes conversations that were over before then, so many at most. @returns how many */
  forgetFlows(before: number, most: number): number;
  /**
   * Each port of each address on which a conversation took place: what fills the ledger's *used*.
   *
   * @param after only those that are others since this `seq`; with no flow where there is none any more
   */
  uses(after?: number): readonly StoredUse[];
  /** With whom each address talked, by port, in so many of the newest flows. */
  peers(newest: number): readonly StoredPeer[];
  saveScan(record: ScanRecord): void;
  /** Newest first. */
  scans(): readonly ScanRecord[];
  /** Those that were under way between then and now, to tell their traffic from that of others. */
  ownScans(since: number, until: number): OwnScans;
  /** What a scan had done when it was interrupted, for `--resume`; undefined removes it. */
  saveProgress(scan: string, progress: string | undefined): void;
  progress(scan: string): string | undefined;
  saveFirewall(reading: Omit<FirewallReading, 'id'>): void;
  /** The newest reading of each firewall. */
  firewalls(): readonly FirewallReading[];
  /** Known vulnerabilities, from documents that somebody imported. */
  readonly feeds: FeedStore;
  /** Appends to the log of alerts and expectations, in one transaction. */
  appendAlerts(events: readonly AlertEvent[]): void;
  /** In the order in which they were appended; of one alert or expectation, or of all. */
  alerts(subject?: string): Iterable<AlertEvent>;
  /** What came after the event with that number (0: all), each with its own. */
  alertsAfter(number: number): Iterable<NumberedAlertEvent>;
  /** Sums over the flows. */
  readonly totals: FlowTotals;
  /** What is to be told to whom, until it is. */
  readonly outbox: Outbox;
  /** Append-only record of what was done with authority: widened scopes, applied changes. */
  audit(entry: AuditEntry): void;
  auditLog(): readonly AuditEntry[];
  /** The same record with its chain of hashes. */
  readonly trail: AuditTrail;
  /** Who may use the daemon: accounts, sessions, tokens. */
  readonly access: AccessStore;
  /** Copies everything, as it is now, to a file that is not there yet. @throws PortolanError as `copyStore` */
  copy(file: string): StoreCopy;
  close(): void;
}

/** A flow as it is kept: its facts became evidence. */
export interface StoredFlow extends Omit<Flow, 'facts'> {
  readonly id: number;
  readonly observer: string;
  /** Of the scan of ours that made it. */
  readonly scan?: string;
}

export interface FlowQuery {
  /** Either end has this address. */
  readonly address?: string;
  readonly protocol?: string;
  /** Either end has this port. */
  readonly port?: number;
  /** Last seen at or after, in milliseconds. */
  readonly since?: number;
  /** Without what scans of ours made: it says nothing of what is done on the network. */
  readonly byOthers?: true;
  /** Only those that come after this one in the order of the list. */
  readonly after?: { readonly lastSeen: number; readonly id: number };
  readonly limit?: number;
}

export interface StoredUse {
  readonly address: string;
  readonly direction: Direction;
  readonly transport: Transport;
  readonly port: number;
  readonly flows: number;
  /** Milliseconds of its first conversation and of its last. */
  readonly first: number;
  readonly last: number;
  /** Of the last conversation. */
  readonly peer: string;
  /** Higher than that of all that changed before. */
  readonly seq: number;
}

export interface StoredPeer {
  readonly address: string;
  readonly transport: string;
  readonly port: number;
  readonly peer: string;
}

export interface AuditEntry {
  readonly at: number;
  /** Account that ran the command. */
  readonly who: string;
  readonly what: string;
  readonly why: string;
  /** What was there, and what is there now, where that can be said in a line. */
  readonly before?: string;
  readonly after?: string;
}

export interface FeedStore extends VulnerabilityLookup {
  /** Newest import first. */
  all(): readonly Feed[];
  /** Begins to replace a feed. Nothing else may be written before `commit` or `abort`. */
  begin(kind: FeedKind, id: string, importedAt: number): FeedWriter;
  /** Whether there was one of that id. */
  remove(id: string): boolean;
}

/** Records of one document, which replace its former version all together or not at all. */
export interface FeedWriter {
  add(record: FeedRecord): void;
  commit(head: FeedHead): void;
  abort(): void;
}
