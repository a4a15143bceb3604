import type { Instant } from './core.ts';
import type { Device } from './device.ts';
import type { Finding } from './finding.ts';
import type { LedgerRow } from './ledger.ts';
import type { ScanRecord } from './scan.ts';
import type { Service } from './service.ts';

/** Everything that is believed at one moment: what every command, report and page is a view of. */
export interface Site {
  readonly at: Instant;
  readonly devices: readonly Device[];
  readonly services: readonly Service[];
  readonly ledger: readonly LedgerRow[];
  readonly findings: readonly Finding[];
  /** Newest first. */
  readonly scans: readonly ScanRecord[];
}
