import { z } from 'zod';
import type { Alert, Expectation, Signal } from '../../model/alert.ts';
import type { AlertEvent } from '../../model/alert-event.ts';
import { instant, port, transport } from '../../model/schema.ts';
import type { Row, Value } from './driver.ts';

export const INSERT_ALERT_EVENT =
  'INSERT INTO alert_event (at, subject, kind, who, detail) VALUES (?, ?, ?, ?, ?)';

export const SELECT_ALERT_EVENTS =
  'SELECT id, at, subject, kind, who, detail FROM alert_event WHERE id > ? ORDER BY id LIMIT ?';

export const SELECT_SUBJECT_EVENTS =
  'SELECT id, at, subject, kind, who, detail FROM alert_event WHERE subject = ? ORDER BY id';

const severity = z.enum(['info', 'low', 'medium', 'high', 'critical']);
const count = z.int().min(0);
const text = z.string();

const signal: z.ZodType<Signal> = z.object({
  type: text,
  at: instant,
  severity,
  threat: z.enum(['unauthorised-access', 'interception', 'ddos', 'malware']),
  devices: z.array(text),
  peer: z.exactOptional(text),
  port: z.exactOptional(port),
  transport: z.exactOptional(transport),
  key: text,
  summary: text,
  usual: text,
  evidence: z.object({
    frames: z.array(count),
    flows: z.array(text),
    facts: z.array(z.object({ name: text, value: text })),
    count,
  }),
  unseen: z.array(text),
  remedy: text,
  reasons: z.array(text),
});

/** An alert as it is told outside of the store. */
export const alert: z.ZodType<Alert> = z.object({
  id: text,
  incident: text,
  first: signal,
  last: signal,
  severity,
  raised: z.exactOptional(z.array(text)),
  count,
  state: z.enum(['open', 'acknowledged', 'snoozed', 'resolved']),
  snoozedUntil: z.exactOptional(instant),
  changedAt: instant,
  changedBy: z.exactOptional(text),
  note: z.exactOptional(text),
});

const expectation: z.ZodType<Expectation> = z.object({
  id: text,
  at: instant,
  until: z.exactOptional(instant),
  type: z.exactOptional(text),
  device: z.exactOptional(text),
  peer: z.exactOptional(text),
  port: z.exactOptional(port),
  by: text,
  note: text,
});

const raised = z.array(text);
const tell = z.boolean();
const stamp = { subject: text, at: instant, by: text };
const kind = <const Kind extends string>(name: Kind) => ({ ...stamp, kind: z.literal(name) });

const alertEvent: z.ZodType<AlertEvent> = z.discriminatedUnion('kind', [
  z.object({ ...kind('opened'), incident: text, signal, severity, raised, tell }),
  z.object({ ...kind('repeated'), signal, count }),
  z.object({ ...kind('worse'), signal, count, severity, raised, tell }),
  z.object({ ...kind('reopened'), signal: z.exactOptional(signal), count, note: text, tell }),
  z.object({ ...kind('told'), to: z.exactOptional(z.array(text)) }),
  z.object({ ...kind('acknowledged'), note: text }),
  z.object({ ...kind('snoozed'), until: instant, note: text }),
  z.object({ ...kind('resolved'), note: text, tell }),
  z.object({ ...kind('expected'), expectation }),
  z.object({ ...kind('withdrawn'), note: text }),
  z.object({ ...kind('hidden'), count }),
]);

export function alertEventToRow(event: AlertEvent): readonly Value[] {
  const { at, subject, kind: what, by, ...detail } = event;
  // Escapes NUL and lone surrogates, which SQLite's C interface would cut at or replace.
  return [at, subject, what, by, JSON.stringify(detail)];
}

/** An event with its place in the log. */
export interface NumberedAlertEvent {
  readonly number: number;
  readonly event: AlertEvent;
}

const row = z.object({ at: instant, subject: text, kind: text, who: text, detail: text });

/** @throws where the row is not what we write */
export function alertEventFromRow(stored: Row): AlertEvent {
  const { detail, who: by, at, subject, kind: what } = row.parse(stored);
  const parsed: unknown = JSON.parse(detail);
  return alertEvent.parse({ ...Object(parsed), at, subject, kind: what, by });
}
