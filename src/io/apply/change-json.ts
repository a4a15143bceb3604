import type { Change } from '../../model/change.ts';

/** A change with the one that was in force before it, as it is kept on both sides. */
export interface ChangeRecord {
  /** Undefined where nothing of ours is in force. */
  readonly change?: Change;
  readonly before?: Change;
}

/** Addresses are bigints, which JSON does not know. */
export function recordToJson(record: ChangeRecord): string {
  return `${JSON.stringify(record, (_, value: unknown) =>
    typeof value === 'bigint' ? { $bigint: String(value) } : value,
  )}\n`;
}

/** Undefined for what is none: a file that somebody wrote into, or of another version. */
export function recordFromJson(text: string | undefined): ChangeRecord | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    // Written by ourselves, in a folder where nobody else writes; the form is that of this version.
    const record: ChangeRecord = JSON.parse(text, revived);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function revived(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$bigint' in value)) return value;
  return BigInt(String(value.$bigint));
}

function isRecord({ change, before }: ChangeRecord): boolean {
  return [change, before].every(
    (one) => one === undefined || (typeof one.id === 'string' && Array.isArray(one.files)),
  );
}
