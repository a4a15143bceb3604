import { createHash } from 'node:crypto';
import type { AuditEntry } from './store.ts';

/** An entry as it is kept, with its place in the chain. */
export interface AuditRecord extends AuditEntry {
  readonly seq: number;
  /** SHA-256 over the entry and the hash of the one before it, hexadecimal. */
  readonly hash: string;
}

/** What follows from reading the whole chain. */
export type AuditVerdict =
  | { readonly ok: true; readonly entries: number; readonly last: string }
  /** `seq`: the first that is not as it was written, or is gone. */
  | { readonly ok: false; readonly seq: number; readonly because: string };

/** Hash before the first entry. */
export const CHAIN_START = '0'.repeat(64);

/**
 * An array rather than an object: there is one way to write it down. An entry that was changed,
 * inserted, moved or left out no longer fits the hash of the next.
 */
export function hashOf(entry: AuditEntry & { readonly seq: number }, previous: string): string {
  const { seq, at, who, what, why, before = null, after = null } = entry;
  const canonical = JSON.stringify([previous, seq, at, who, what, why, before, after]);
  return createHash('sha256').update(canonical).digest('hex');
}

/**
 * @param highest the greatest number ever given, which outlives the entry that had it: entries
 * missing at the end are noticed by it
 */
export function verifyChain(records: Iterable<AuditRecord>, highest: number): AuditVerdict {
  let [last, seq, entries] = [CHAIN_START, 0, 0];
  for (const record of records) {
    if (record.seq !== seq + 1) return broken(seq + 1, 'is missing');
    if (hashOf(record, last) !== record.hash) return broken(record.seq, 'is not as it was written');
    [last, seq, entries] = [record.hash, record.seq, entries + 1];
  }
  if (seq < highest) return broken(seq + 1, 'is missing');
  return { ok: true, entries, last };
}

function broken(seq: number, because: string): AuditVerdict {
  return { ok: false, seq, because };
}
