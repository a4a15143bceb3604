import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '../../model/core.ts';
import type { StoreCopy } from '../store/copy.ts';
import { guarded } from '../store/sqlite-error.ts';
import type { Store } from '../store/store.ts';

/** How its entry in the audit log begins: by it one knows when the last one was made. */
const WORD = 'backup ';

/** Writes down that a copy of everything was made, by whom and where. */
export function noteBackup(
  store: Pick<Store, 'audit'>,
  { file, bytes }: StoreCopy,
  at: Instant,
  who: string,
): void {
  store.audit({ at, who, what: `${WORD}${file}`, why: `${bytes} bytes` });
}

/** The last one that was made, wherever it is now. */
export function lastBackup(
  store: Pick<Store, 'trail'>,
): { readonly at: Instant; readonly file: string } | undefined {
  const entry = store.trail.last(WORD);
  return entry === undefined ? undefined : { at: entry.at, file: entry.what.slice(WORD.length) };
}

/** `portolan-2026-11-25T030712Z.db`: in the order of their names they are in that of time. */
export function backupName(now: Instant): string {
  return `portolan-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '')}Z.db`;
}

export interface BackupWishes {
  readonly store: Pick<Store, 'audit'>;
  readonly folder: string;
  /** So many of the newest stay. */
  readonly keep: number;
  now(): Instant;
  copy(file: string): Promise<StoreCopy>;
}

/** Makes one, and takes away the oldest of those that were made so; others in the folder stay. */
export async function keepBackups({ store, folder, keep, now, copy }: BackupWishes): Promise<void> {
  const made = await copy(join(folder, backupName(now())));
  noteBackup(store, made, now(), 'portolan');
  guarded(made.file, () => {
    const ours = readdirSync(folder).filter((name) =>
      /^portolan-[\dT-]+Z\.db(?:\.part)?$/.test(name),
    );
    // What was under way when the machine stopped has no name of its own.
    const drafts = ours.filter((name) => name.endsWith('.part'));
    const whole = ours.filter((name) => !name.endsWith('.part')).sort();
    for (const name of [...drafts, ...whole.slice(0, -keep)]) rmSync(join(folder, name));
  });
}
