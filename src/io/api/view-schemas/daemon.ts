import { z } from 'zod';
import type {
  ChannelTest,
  ReportItem,
  ScanRequest,
  ScanView,
  SettingsView,
} from '../../../model/api/daemon.ts';
import type { CompletionView } from '../../../model/api/query.ts';
import { count, instant, optional, text } from './common.ts';

const pace = z.enum(['gentle', 'polite', 'normal', 'fast']);

export const scanRequest: z.ZodType<ScanRequest> = z.strictObject({
  targets: optional(z.array(z.string().min(1).max(255)).max(256)),
  pace: optional(pace),
  ports: optional(z.string().max(1000)),
});

export const scanView: z.ZodType<ScanView> = z.object({
  id: text,
  startedAt: instant,
  endedAt: optional(instant),
  targets: z.array(text),
  tcpPorts: text,
  udpPorts: text,
  pace,
  outcome: z.enum(['running', 'complete', 'interrupted', 'partial']),
  authorisation: optional(text),
  budget: z.object({
    devices: count,
    connections: count,
    datagrams: count,
    bytesSent: count,
    bytesReceived: count,
    maxParallel: count,
    maxPerSecond: count,
    maxPerSecondOverall: count,
  }),
  notes: z.array(text),
  phase: z.enum(['elsewhere', 'waiting', 'discover', 'ports', 'identify', 'done']),
  done: count,
  total: count,
  left: optional(count),
  devices: count,
  services: count,
  current: text,
});

export const settingsView: z.ZodType<SettingsView> = z.object({
  file: text,
  entries: z.array(z.object({ key: text, value: text, origin: text })),
  channels: z.array(
    z.object({
      id: text,
      type: text,
      state: z.enum(['ok', 'failing', 'unknown']),
      lastDelivered: optional(instant),
      waiting: count,
      parked: count,
      error: optional(text),
    }),
  ),
  schedules: z.array(
    z.object({
      id: text,
      what: text,
      when: text,
      next: optional(instant),
      last: optional(instant),
    }),
  ),
});

export const channelTest: z.ZodType<ChannelTest> = z.object({
  ok: z.boolean(),
  text,
});

export const reportItem: z.ZodType<ReportItem> = z.object({
  id: text,
  title: text,
  extension: text,
});

export const completionView: z.ZodType<CompletionView> = z.object({
  problem: optional(z.object({ at: count, message: text })),
  suggestions: z.array(z.object({ insert: text, from: count, help: text })),
});
