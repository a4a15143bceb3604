import type { Evidence, NewEvidence } from '../../model/evidence.ts';
import type { ScanRecord } from '../../model/scan.ts';

/** What is kept between runs. One process owns it at a time. */
export interface Store {
  /** File name, or `:memory:`. */
  readonly location: string;
  /** Appends in one transaction and returns the same evidence with ids; all or nothing. */
  append(evidence: readonly NewEvidence[]): readonly Evidence[];
  /** In order of id: those after `after`, up to and with `until`; both are ids. */
  evidence(options?: { readonly after?: number; readonly until?: number }): Iterable<Evidence>;
  saveScan(record: ScanRecord): void;
  /** Newest first. */
  scans(): readonly ScanRecord[];
  /** What a scan had done when it was interrupted, for `--resume`; undefined removes it. */
  saveProgress(scan: string, progress: string | undefined): void;
  progress(scan: string): string | undefined;
  /** Append-only record of what was done with authority: widened scopes, applied changes. */
  audit(entry: AuditEntry): void;
  auditLog(): readonly AuditEntry[];
  close(): void;
}

export interface AuditEntry {
  readonly at: number;
  /** Account that ran the command. */
  readonly who: string;
  readonly what: string;
  readonly why: string;
}
