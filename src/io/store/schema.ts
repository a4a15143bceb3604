import { z } from 'zod';
import type { Evidence, NewEvidence, Subject } from '../../model/evidence.ts';
import type { ScanRecord } from '../../model/scan.ts';
import {
  carrier,
  certainty,
  fact,
  port,
  proof,
  scanRecord,
  source,
  transport,
} from '../../model/schema.ts';
import type { Row, Value } from './driver.ts';

/** The columns of a row of evidence but its id, in the order in which `toRow` gives them. */
export const EVIDENCE_COLUMNS = [
  'at',
  'source',
  'observer',
  'address',
  'mac',
  'transport',
  'port',
  'carrier',
  'certainty',
  'kind',
  'fact',
  'proof',
] as const;

export function toRow({
  at,
  source: from,
  observer,
  subject,
  certainty: sure,
  fact: what,
  proof: bytes,
}: NewEvidence): Value[] {
  return [
    at,
    from,
    observer,
    subject.address,
    subject.mac ?? null,
    subject.transport ?? null,
    subject.port ?? null,
    subject.over ?? null,
    sure,
    what.kind,
    // Escapes NUL and lone surrogates, which SQLite's C interface would cut at or replace.
    JSON.stringify(what),
    bytes === undefined ? null : JSON.stringify(bytes),
  ];
}

const evidenceRow = z.object({
  id: z.int().min(1),
  at: z.number(),
  source,
  observer: z.string(),
  address: z.string(),
  mac: z.string().nullable(),
  transport: transport.nullable(),
  port: port.nullable(),
  carrier: carrier.nullable(),
  certainty,
  fact: json().pipe(fact),
  proof: z.nullable(json().pipe(proof)),
});

const scanRow = z.object({ record: json().pipe(scanRecord) });

/** @throws ZodError where the row is not what we write */
export function fromRow(row: Row): Evidence {
  const {
    address,
    mac,
    transport: over4,
    port: number,
    carrier: over,
    proof: bytes,
    ...rest
  } = evidenceRow.parse(row);
  const subject: Subject = {
    address,
    ...(mac === null ? {} : { mac }),
    ...(over4 === null ? {} : { transport: over4 }),
    ...(number === null ? {} : { port: number }),
    ...(over === null ? {} : { over }),
  };
  return { ...rest, subject, ...(bytes === null ? {} : { proof: bytes }) };
}

export function scanFromRow(row: Row): ScanRecord {
  return scanRow.parse(row).record;
}

function json() {
  return z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('is no JSON');
      return z.NEVER;
    }
  });
}
