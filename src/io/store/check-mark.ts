import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { guarded } from './sqlite-error.ts';

/*
 * A file beside the database, from a crash until all of the database was looked through: it outlives a
 * second crash, and tells whoever asks how far the check is. Empty while nothing is known; else it
 * says what is damaged.
 */

const NAME = (database: string): string => `${database}.unchecked`;

/** Undefined where the database was looked through, or need not be; else what is damaged, if that is known. */
export function checkMark(database: string): { readonly damage: string } | undefined {
  try {
    return { damage: readFileSync(NAME(database), 'utf8').trim() };
  } catch {
    return undefined;
  }
}

/** @param damage empty where it is to be looked for */
export function markUnchecked(database: string, damage = ''): void {
  guarded(database, () => writeFileSync(NAME(database), damage, { mode: 0o600 }));
}

export function markChecked(database: string): void {
  guarded(database, () => rmSync(NAME(database), { force: true }));
}
