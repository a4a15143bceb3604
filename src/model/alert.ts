import type { Instant, Severity, Threat } from './core.ts';

/**
 * What a detector has to say, at the moment at which it can be said. Names from the network are in
 * `subject` and `facts`, never in the words.
 */
export interface Signal {
  /** Id of the detector's kind: `port_scan_vertical`. */
  readonly type: string;
  readonly at: Instant;
  readonly severity: Severity;
  readonly threat: Threat;
  /** Addresses or MAC addresses of the devices that it is about, the actor first. */
  readonly devices: readonly string[];
  readonly peer?: string;
  readonly port?: number;
  readonly transport?: 'tcp' | 'udp';
  /** Signals with one key are one alert that repeats: `type|device|peer|port`, as the detector likes. */
  readonly key: string;
  /** One sentence: who did what to whom. Foreign text in it is quoted. */
  readonly summary: string;
  /** One sentence: what this device usually does, or that nothing is known of it yet. */
  readonly usual: string;
  readonly evidence: AlertEvidence;
  /** What was not seen and could change the judgement: `replies were not captured`. */
  readonly unseen: readonly string[];
  readonly remedy: string;
  /** Why this severity, each a short clause. */
  readonly reasons: readonly string[];
}

export interface AlertEvidence {
  /** Frames of the capture, at most 16. */
  readonly frames: readonly number[];
  /** Conversations, as community ids, at most 16. */
  readonly flows: readonly string[];
  /** Figures that were compared: `ports tried: 15`, `usual: 2`. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** How many observations are behind it. */
  readonly count: number;
}

export type AlertState = 'open' | 'acknowledged' | 'snoozed' | 'resolved';

/** An event that was worth telling; the same again raises its counter. */
export interface Alert {
  /** `PTL-A-7F3K`. */
  readonly id: string;
  readonly incident: string;
  readonly first: Signal;
  readonly last: Signal;
  readonly severity: Severity;
  /** Why it is more severe than its signals, if it is: what else the same device did. */
  readonly raised?: readonly string[];
  /** How often it was signalled. */
  readonly count: number;
  readonly state: AlertState;
  readonly snoozedUntil?: Instant;
  readonly changedAt: Instant;
  readonly changedBy?: string;
  readonly note?: string;
}

/** A person's word that something is expected: it teaches, and ends by itself. */
export interface Expectation {
  /** `PTL-E-7F3K`. */
  readonly id: string;
  readonly at: Instant;
  readonly until?: Instant;
  /** What it covers; what is absent is not asked. At least one of device and type is there. */
  readonly type?: string;
  readonly device?: string;
  readonly peer?: string;
  readonly port?: number;
  readonly by: string;
  readonly note: string;
}
