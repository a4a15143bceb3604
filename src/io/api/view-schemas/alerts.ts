import { z } from 'zod';
import type {
  AlertAct,
  AlertItem,
  AlertView,
  ExpectationView,
  ExpectPreview,
  ExpectRequest,
} from '../../../model/api/alerts.ts';
import { count, instant, named, optional, severity, text, threat, transport } from './common.ts';

const item = {
  id: text,
  incident: text,
  type: text,
  severity,
  threat,
  summary: text,
  devices: z.array(named),
  peer: optional(text),
  port: optional(count),
  transport: optional(transport),
  count,
  state: z.enum(['open', 'acknowledged', 'snoozed', 'resolved']),
  firstAt: instant,
  lastAt: instant,
  changedBy: optional(text),
};

export const alertItem: z.ZodType<AlertItem> = z.object(item);

export const alertView: z.ZodType<AlertView> = z.object({
  ...item,
  usual: text,
  reasons: z.array(text),
  raised: z.array(text),
  remedy: text,
  unseen: z.array(text),
  facts: z.array(z.object({ name: text, value: text })),
  frames: z.array(count),
  flowIds: z.array(text),
  observations: count,
  timeline: z.array(
    z.object({ at: instant, kind: z.enum(['alert', 'flow', 'evidence', 'state']), text }),
  ),
  log: z.array(z.object({ at: instant, by: text, text })),
  others: z.array(alertItem),
  note: optional(text),
  snoozedUntil: optional(instant),
  hasPackets: z.boolean(),
  displayFilter: text,
  containable: z.boolean(),
});

const note = z.string().max(500);

export const alertAct: z.ZodType<AlertAct> = z.strictObject({
  note: optional(note),
  until: optional(z.int().min(0)),
});

export const expectRequest: z.ZodType<ExpectRequest> = z.strictObject({
  type: z.boolean(),
  peer: z.boolean(),
  port: z.boolean(),
  days: optional(z.int().min(1).max(3650)),
  note: optional(note),
});

export const expectPreview: z.ZodType<ExpectPreview> = z.object({
  sentence: text,
  hides: count,
  alerts: z.array(alertItem),
});

export const expectationView: z.ZodType<ExpectationView> = z.object({
  id: text,
  sentence: text,
  at: instant,
  until: optional(instant),
  by: text,
  hidden: count,
});
