import type { Instant } from './core.ts';

export type Pace = 'gentle' | 'polite' | 'normal' | 'fast';

/** What a scan was asked to do, what it did and what it cost the devices. */
export interface ScanRecord {
  /** `PTL-S-91B7`. */
  readonly id: string;
  readonly startedAt: Instant;
  /** Absent while it runs or where it was interrupted. */
  readonly endedAt?: Instant;
  readonly targets: readonly string[];
  /** In `formatPorts` form. */
  readonly tcpPorts: string;
  readonly udpPorts: string;
  readonly pace: Pace;
  /** Absent in records of former versions. */
  readonly sent?: ScanSent;
  readonly outcome: 'running' | 'complete' | 'interrupted' | 'partial';
  /** Reason given with `--i-am-authorised`, where the scope was widened. */
  readonly authorisation?: string;
  readonly budget: ScanBudget;
  /** What was left out and why, one sentence each. */
  readonly notes: readonly string[];
}

/** By what its traffic is known again in a capture. */
export interface ScanSent {
  /** Addresses of the machine that scanned. */
  readonly from: readonly string[];
  /** When it sent its last packet, or was interrupted; absent while it runs, and where it crashed. */
  readonly until?: Instant;
}

/** Measured, not planned. */
export interface ScanBudget {
  readonly devices: number;
  /** TCP connections opened. */
  readonly connections: number;
  /** Datagrams sent, multicast included. */
  readonly datagrams: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Highest number of connections open to one device at once. */
  readonly maxParallel: number;
  /** Highest number of connections and datagrams sent to one device within one second. */
  readonly maxPerSecond: number;
  /** The same over all devices. */
  readonly maxPerSecondOverall: number;
}
