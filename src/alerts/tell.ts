import type { Alert } from '../model/alert.ts';
import type { AlertEvent } from '../model/alert-event.ts';
import type { Instant } from '../model/core.ts';
import { compareSeverity } from '../model/core.ts';
import type { Known } from './book.ts';

/** Alerts in one digest: what a person reads, and what a message holds. */
const DIGEST = 100;

export type News = 'opened' | 'worse' | 'resolved';

/** A notice without the names, which the shell knows; `events` say that it was handed over. */
export interface Told {
  /** Stable for one notice: a sink can drop a double. */
  readonly id: string;
  readonly kind: News | 'digest';
  readonly alerts: readonly Alert[];
  /** To be stored when it is in the outbox: so nothing that was not sent counts as told. */
  readonly events: readonly AlertEvent[];
}

/** @param known the alert that it is about, and others of its incident */
export function notice(kind: News, known: readonly Known[], at: Instant): Told {
  const alerts = known.map(({ alert }) => alert);
  const [first] = alerts;
  return {
    id: `${first?.id ?? ''}-${kind}-${first?.count ?? 0}-${at}`,
    kind,
    alerts,
    events: toldEvents(alerts, at),
  };
}

export interface Digest {
  readonly notice: Told;
  readonly included: readonly Known[];
  /** How many wait for the next one. */
  readonly left: number;
}

/** Undefined where nobody is owed anything. */
export function digestNotice(owed: readonly Known[], at: Instant): Digest | undefined {
  if (owed.length === 0) return undefined;
  const included = owed
    .toSorted(
      ({ alert: a }, { alert: b }) =>
        compareSeverity(b.severity, a.severity) || a.first.at - b.first.at,
    )
    .slice(0, DIGEST);
  const alerts = included.map(({ alert }) => alert);
  const id = `digest-${alerts[0]?.id ?? ''}-${at}`;
  return {
    notice: { id, kind: 'digest', alerts, events: toldEvents(alerts, at) },
    included,
    left: owed.length - included.length,
  };
}

function toldEvents(alerts: readonly Alert[], at: Instant): readonly AlertEvent[] {
  return alerts.map(({ id }) => ({ kind: 'told', subject: id, at, by: 'portolan' }));
}
