import type { Expectation, Signal } from './alert.ts';
import type { Instant, Severity } from './core.ts';

/**
 * What happened to an alert or an expectation, who did it and when. Alerts are folds over these:
 * nothing is edited, and a restart reads them again.
 */
export type AlertEvent = AlertOpened | AlertChange | ExpectationEvent;

interface Stamp {
  /** Id of the alert or of the expectation. */
  readonly subject: string;
  readonly at: Instant;
  /** `user:mira`, or `portolan` where nobody did anything. */
  readonly by: string;
}

export interface AlertOpened extends Stamp {
  readonly kind: 'opened';
  readonly incident: string;
  readonly signal: Signal;
  readonly severity: Severity;
  /** Why it is more severe than its signal. */
  readonly raised: readonly string[];
  /** Somebody is to be told. */
  readonly tell: boolean;
}

export type AlertChange =
  | Repeated
  | Worse
  | Reopened
  /** By which channels; none: there is none for it. Absent in what former versions wrote. */
  | Plain<'told', { readonly to?: readonly string[] }>
  | Plain<'acknowledged', { readonly note: string }>
  | Plain<'snoozed', { readonly until: Instant; readonly note: string }>
  /** By a person, or by its cause being gone. */
  | Plain<'resolved', { readonly note: string; readonly tell: boolean }>;

type Plain<Kind extends string, More> = Stamp & { readonly kind: Kind } & More;

interface Repeated extends Stamp {
  readonly kind: 'repeated';
  readonly signal: Signal;
  /** In all. Not every repeat is written down. */
  readonly count: number;
}

interface Worse extends Stamp {
  readonly kind: 'worse';
  readonly signal: Signal;
  readonly count: number;
  readonly severity: Severity;
  readonly raised: readonly string[];
  readonly tell: boolean;
}

interface Reopened extends Stamp {
  readonly kind: 'reopened';
  /** The signal that did; none where a person did, or a snooze ended. */
  readonly signal?: Signal;
  readonly count: number;
  readonly note: string;
  readonly tell: boolean;
}

export type ExpectationEvent =
  | Plain<'expected', { readonly expectation: Expectation }>
  | Plain<'withdrawn', { readonly note: string }>
  /** Signals that made no alert, in all since it was said. */
  | Plain<'hidden', { readonly count: number }>;
