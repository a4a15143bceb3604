import { z } from 'zod';
import type { Belief, Device } from '../../src/model/device.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { LedgerRow } from '../../src/model/ledger.ts';
import {
  access,
  attributeName,
  carrier,
  certainty,
  fact,
  foreign,
  instant,
  port,
  proof,
  robustness,
  scanRecord,
  signature,
  source,
  tlsFacts,
  transport,
} from '../../src/model/schema.ts';
import type { Service } from '../../src/model/service.ts';

/** What docs/reference/site.schema.json is made from: `npx vitest run test/reports -u` after a change. */
const id = z.string();
const ids = z.array(z.int().min(0)).meta({ description: 'Ids of evidence' });
const severity = z.enum(['info', 'low', 'medium', 'high', 'critical']);

const belief: z.ZodType<Belief> = z.object({ value: foreign, certainty, source, evidence: ids });

const device: z.ZodType<Device> = z.object({
  id,
  keys: z.array(z.string()),
  addresses: z.array(z.string()),
  macs: z.array(z.string()),
  attributes: z.partialRecord(attributeName, z.array(belief)),
  name: foreign,
  category: z.enum([
    'smart-home',
    'wearable',
    'industrial',
    'printer',
    'infrastructure',
    'general-purpose',
    'unknown',
  ]),
  robustness,
  robustnessReason: z.string(),
  firstSeen: instant,
  lastSeen: instant,
  behind: z.exactOptional(id),
  distressedAt: z.exactOptional(instant),
  conflicts: z.array(z.string()),
});

const bytes = z.int().min(0);

const service: z.ZodType<Service> = z.object({
  device: id,
  transport,
  port,
  state: z.enum(['open', 'closed', 'silent']),
  protocol: z.string(),
  version: z.string(),
  over: carrier,
  access: z.union([access, z.literal('unknown')]),
  certainty,
  details: z.array(z.object({ name: z.string(), value: foreign })),
  tls: z.exactOptional(tlsFacts),
  unrecognised: z.exactOptional(signature),
  amplification: z.exactOptional(z.object({ sent: bytes, received: bytes })),
  sources: z.array(source),
  firstSeen: instant,
  lastSeen: instant,
  evidence: ids,
});

const cell = z.object({
  answer: z.enum(['yes', 'no', 'unknown']),
  because: z.string(),
  at: z.exactOptional(instant),
  evidence: z.exactOptional(ids),
  citation: z.exactOptional(z.string()),
});

const ledgerRow: z.ZodType<LedgerRow> = z.object({
  device: id,
  direction: z.enum(['to-device', 'from-device']),
  transport,
  port,
  protocol: z.string(),
  open: cell,
  used: cell,
  needed: cell,
  allowed: cell,
  verdict: z.enum(['close', 'decide', 'broken', 'tighten', 'encrypt', 'look', 'fine', 'unknown']),
  advice: z.string(),
});

const finding: z.ZodType<Finding> = z.object({
  id,
  rule: z.string(),
  threat: z.enum(['unauthorised-access', 'interception', 'ddos', 'malware']),
  severity,
  certainty,
  device: id,
  transport: z.exactOptional(transport),
  port: z.exactOptional(port),
  summary: z.string(),
  impact: z.string(),
  remedy: z.string(),
  evidence: ids,
  clauses: z.array(z.string()),
  sources: z.array(z.string()),
});

const evidence: z.ZodType<Evidence> = z.object({
  id: z.int().min(0),
  at: instant,
  source,
  observer: z.string(),
  subject: z.object({
    address: z.string(),
    mac: z.exactOptional(z.string()),
    transport: z.exactOptional(transport),
    port: z.exactOptional(port),
    over: z.exactOptional(carrier),
  }),
  certainty,
  fact,
  proof: z.exactOptional(proof),
});

export const SITE_DOCUMENT = z
  .object({
    schema: z.literal('portolan/site/v1'),
    generated: z.iso.datetime(),
    generator: z.string(),
    at: instant,
    limits: z.array(z.string()).meta({ description: 'What could not be seen' }),
    devices: z.array(device),
    services: z.array(service),
    ledger: z.array(ledgerRow),
    findings: z.array(finding).meta({ description: 'Worst first' }),
    scans: z.array(scanRecord).meta({ description: 'Newest first' }),
    evidence: z.array(evidence).meta({ description: 'What the findings rest on' }),
  })
  .meta({
    title: 'portolan/site/v1',
    description:
      'Everything that portolan believes of one network. Members may be added; none is renamed, removed or given another meaning within v1.',
  });
