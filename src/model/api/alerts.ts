import type { AlertState } from '../alert.ts';
import type { Instant, Severity, Threat } from '../core.ts';
import type { Named } from './common.ts';

/** An item of `GET alerts`. */
export interface AlertItem {
  readonly id: string;
  readonly incident: string;
  readonly type: string;
  readonly severity: Severity;
  readonly threat: Threat;
  readonly summary: string;
  readonly devices: readonly Named[];
  readonly peer?: string;
  readonly port?: number;
  readonly transport?: 'tcp' | 'udp';
  readonly count: number;
  readonly state: AlertState;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly changedBy?: string;
}

/** `GET alerts/{id}` */
export interface AlertView extends AlertItem {
  readonly usual: string;
  readonly reasons: readonly string[];
  readonly raised: readonly string[];
  readonly remedy: string;
  /** What could not be seen and might change the judgement. */
  readonly unseen: readonly string[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly frames: readonly number[];
  readonly flowIds: readonly string[];
  readonly observations: number;
  readonly timeline: readonly TimelineEntry[];
  readonly log: readonly LogEntry[];
  readonly others: readonly AlertItem[];
  readonly note?: string;
  readonly snoozedUntil?: Instant;
  /** `GET alerts/{id}/evidence.pcapng` has something. */
  readonly hasPackets: boolean;
  readonly displayFilter: string;
  /** The containments that are prepared, with what each would have stopped in recorded traffic. */
  readonly containable: boolean;
}

export interface TimelineEntry {
  readonly at: Instant;
  readonly kind: 'alert' | 'flow' | 'evidence' | 'state';
  readonly text: string;
}

export interface LogEntry {
  readonly at: Instant;
  readonly by: string;
  readonly text: string;
}

/** `POST alerts/{id}/ack`, `…/resolve`, `…/reopen`, `…/snooze`. */
export interface AlertAct {
  readonly note?: string;
  /** For `snooze`. */
  readonly until?: Instant;
}

/** `POST alerts/{id}/expect`; with `?dry_run=true` nothing is taught, and one sees what it would hide. */
export interface ExpectRequest {
  /** What of the alert it covers; the device always. */
  readonly type: boolean;
  readonly peer: boolean;
  readonly port: boolean;
  readonly days?: number;
  readonly note?: string;
}

export interface ExpectPreview {
  readonly sentence: string;
  readonly hides: number;
  readonly alerts: readonly AlertItem[];
}

export interface ExpectationView {
  readonly id: string;
  readonly sentence: string;
  readonly at: Instant;
  readonly until?: Instant;
  readonly by: string;
  readonly hidden: number;
}
