import { z } from 'zod';
import type {
  ChangeEvent,
  DeviceEdit,
  DeviceItem,
  DeviceView,
  EvidenceView,
  FindingItem,
  LedgerItem,
  MatrixView,
  Overview,
  ServiceItem,
} from '../../../model/api/site.ts';
import {
  answer,
  category,
  categoryOrNot,
  certainty,
  count,
  direction,
  instant,
  named,
  optional,
  severity,
  source,
  text,
  threat,
  transport,
  verdict,
} from './common.ts';

const policyState = z.enum(['none', 'observing', 'learned', 'trial', 'enforcing', 'quarantine']);

const device = {
  id: text,
  name: text,
  vendor: text,
  model: text,
  firmware: text,
  kind: text,
  category: categoryOrNot,
  zone: text,
  address: text,
  addresses: z.array(text),
  macs: z.array(text),
  risk: z.union([severity, z.literal('none')]),
  findings: count,
  alerts: count,
  services: z.array(z.object({ transport, port: count, protocol: text, verdict })),
  unused: count,
  needed: count,
  known: count,
  policy: policyState,
  reachable: z.boolean(),
  fragile: z.boolean(),
  firstSeen: instant,
  lastSeen: instant,
  behind: optional(text),
};

export const deviceItem: z.ZodType<DeviceItem> = z.object(device);

const cell = z.object({
  answer,
  because: text,
  at: optional(instant),
  evidence: optional(z.array(count)),
  citation: optional(text),
});

export const ledgerItem: z.ZodType<LedgerItem> = z.object({
  device: named,
  direction,
  transport,
  port: count,
  protocol: text,
  open: cell,
  used: cell,
  needed: cell,
  allowed: cell,
  verdict,
  advice: text,
});

export const serviceItem: z.ZodType<ServiceItem> = z.object({
  device: named,
  transport,
  port: count,
  state: z.enum(['open', 'closed', 'silent']),
  protocol: text,
  version: text,
  over: z.enum(['tcp', 'udp', 'tls', 'dtls']),
  access: z.enum(['open', 'credentials', 'unknown']),
  certainty,
  encrypted: z.boolean(),
  sources: z.array(source),
  details: z.array(z.object({ name: text, value: text })),
  firstSeen: instant,
  lastSeen: instant,
  verdict,
});

export const findingItem: z.ZodType<FindingItem> = z.object({
  id: text,
  rule: text,
  threat,
  severity,
  certainty,
  device: named,
  transport: optional(transport),
  port: optional(count),
  summary: text,
  impact: text,
  remedy: text,
  evidence: z.array(count),
  clauses: z.array(text),
  sources: z.array(text),
});

export const changeEvent: z.ZodType<ChangeEvent> = z.object({
  at: instant,
  kind: z.enum([
    'device-new',
    'port-opened',
    'port-closed',
    'protocol-changed',
    'attribute-changed',
    'alert',
    'change-applied',
  ]),
  device: optional(named),
  text,
});

export const deviceView: z.ZodType<DeviceView> = z.object({
  ...device,
  verdict: text,
  attributes: z.array(
    z.object({
      name: text,
      value: text,
      certainty,
      source,
      locked: z.boolean(),
      evidence: z.array(count),
    }),
  ),
  keys: z.array(text),
  robustness: text,
  robustnessReason: text,
  conflicts: z.array(text),
  rows: z.array(ledgerItem),
  serviceList: z.array(serviceItem),
  findingList: z.array(findingItem),
  alertList: z.array(named),
  children: z.array(named),
  history: z.array(changeEvent),
  dossier: optional(z.object({ title: text, citation: text })),
});

const word = z.string().trim().min(1).max(255).nullable();

export const deviceEdit: z.ZodType<DeviceEdit> = z.strictObject({
  name: optional(word),
  category: optional(category.nullable()),
  vendor: optional(word),
  model: optional(word),
  treatAs: optional(z.enum(['fragile', 'robust']).nullable()),
});

export const matrixView: z.ZodType<MatrixView> = z.object({
  columns: z.array(z.object({ transport, port: count, usual: text, devices: count })),
  rows: z.array(
    z.object({
      device: named,
      zone: text,
      category: categoryOrNot,
      cells: z.array(
        z.object({
          column: count,
          protocol: text,
          certainty,
          open: answer,
          used: answer,
          needed: answer,
          allowed: answer,
          verdict,
          advice: text,
          isNew: z.boolean(),
          wrongProtocol: z.boolean(),
        }),
      ),
    }),
  ),
  total: count,
});

export const evidenceView: z.ZodType<EvidenceView> = z.object({
  id: count,
  at: instant,
  source,
  observer: text,
  subject: text,
  certainty,
  kind: text,
  text,
  request: optional(text),
  response: optional(text),
});

export const overviewView: z.ZodType<Overview> = z.object({
  at: instant,
  needsYou: z.array(
    z.object({
      kind: z.enum(['alert', 'finding', 'unknown-device', 'change', 'blind']),
      severity,
      at: instant,
      text,
      id: text,
      device: optional(named),
    }),
  ),
  devices: count,
  devicesNew7d: count,
  byCategory: z.record(text, count),
  services: count,
  unused: count,
  unencrypted: count,
  reachableFromOutside: count,
  verdicts: z.record(verdict, count),
  findings: z.record(severity, count),
  alertsOpen: z.record(severity, count),
  policy: z.record(policyState, count),
  changed: z.array(changeEvent),
  traffic: z.array(z.object({ at: instant, bytes: count, flows: count })),
  topTalkers: z.array(z.object({ device: named, bytes: count, peer: text })),
});
