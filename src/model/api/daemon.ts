import type { Instant, Severity } from '../core.ts';
import type { Pace, ScanRecord } from '../scan.ts';

/** `GET status`: never green when blind. */
export interface StatusView {
  readonly version: string;
  readonly at: Instant;
  readonly startedAt: Instant;
  /** The worst of its parts. */
  readonly state: 'ok' | 'degraded' | 'blind';
  readonly parts: readonly StatusPart[];
  readonly capture?: CaptureView;
  readonly site: { readonly name: string; readonly scope: readonly string[] };
  readonly memoryBytes: number;
  readonly storeBytes: number;
  readonly outbox: { readonly waiting: number; readonly parked: number };
}

export interface StatusPart {
  readonly part: 'store' | 'capture' | 'enforce' | 'deliver' | 'schedule' | 'scan';
  readonly state: 'ok' | 'off' | 'degraded' | 'failed';
  readonly text: string;
  readonly since: Instant;
  readonly remedy?: string;
}

export interface CaptureView {
  readonly interface: string;
  readonly packets: number;
  readonly dropped: number;
  /** On the wire. */
  readonly bytes?: number;
  readonly packetsPerSecond: number;
  readonly flows: number;
  readonly lastPacketAt?: Instant;
  /** Seconds that the clock of the capture is ahead of the daemon's, as far as its packets tell. */
  readonly clockOffset?: number;
}

/** `POST scans` */
export interface ScanRequest {
  /** Addresses, networks, `device:…`, `zone:…`; by default the configured scope. */
  readonly targets?: readonly string[];
  readonly pace?: Pace;
  readonly ports?: string;
}

/** `GET scans/{id}`, and event `scan.progress`. */
export interface ScanView extends ScanRecord {
  /** `elsewhere`: another process runs it, and only that one knows how far it is. */
  readonly phase: 'elsewhere' | 'waiting' | 'discover' | 'ports' | 'identify' | 'done';
  readonly done: number;
  readonly total: number;
  /** Milliseconds that are left, as far as one can say. */
  readonly left?: number;
  readonly devices: number;
  readonly services: number;
  readonly current: string;
}

/** `GET events`: what a client hears, each with an id for `Last-Event-ID`. */
export type ApiEvent =
  | {
      readonly type: 'site.changed';
      readonly at: Instant;
      readonly what: readonly ('devices' | 'services' | 'ledger' | 'findings' | 'flows')[];
    }
  | {
      readonly type: 'alert.new' | 'alert.changed';
      readonly at: Instant;
      readonly id: string;
      readonly severity: Severity;
      readonly summary: string;
    }
  | {
      readonly type: 'change.state';
      readonly at: Instant;
      readonly id: string;
      readonly state: string;
      readonly deadline?: Instant;
    }
  | { readonly type: 'scan.progress'; readonly at: Instant; readonly scan: ScanView }
  | { readonly type: 'status'; readonly at: Instant; readonly state: StatusView['state'] }
  | {
      readonly type: 'policy.saved';
      readonly at: Instant;
      readonly version: string;
      readonly by: string;
    };

/** `GET settings` */
export interface SettingsView {
  readonly file: string;
  readonly entries: readonly {
    readonly key: string;
    readonly value: string;
    readonly origin: string;
  }[];
  readonly channels: readonly ChannelView[];
  readonly schedules: readonly {
    readonly id: string;
    readonly what: string;
    readonly when: string;
    readonly next?: Instant;
    readonly last?: Instant;
  }[];
}

export interface ChannelView {
  readonly id: string;
  readonly type: string;
  readonly state: 'ok' | 'failing' | 'unknown';
  readonly lastDelivered?: Instant;
  readonly waiting: number;
  readonly parked: number;
  readonly error?: string;
}

/** `POST channels/{id}/test` */
export interface ChannelTest {
  readonly ok: boolean;
  readonly text: string;
}

/** `GET reports`: what `GET reports/{id}` gives. */
export interface ReportItem {
  readonly id: string;
  readonly title: string;
  readonly extension: string;
}
