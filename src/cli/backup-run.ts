import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { backupName, noteBackup } from '../io/daemon/backups.ts';
import { who } from '../io/site/session.ts';
import { openStore, storeFile } from '../io/store/open.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';

/** @returns 0 once the copy is checked and on the disk */
export function runBackup(shell: Shell, input: Input): Promise<number> {
  const folder = shell.dataFolder ?? shell.env['PORTOLAN_DATA'];
  const database = storeFile(folder);
  // Whoever mistyped the folder gets no empty database, and no copy of one.
  if (!existsSync(database)) throw nothing(database);
  const to = placeFor(resolve(input.args[0] ?? ''), shell.now());
  const store = openStore(folder);
  try {
    const copy = store.copy(to);
    noteBackup(store, copy, shell.now(), who());
    if (shell.json) shell.out(jsonDocument('backup', { ...copy, at: shell.now() }));
    else shell.out(`${copy.file}: ${copy.bytes.toLocaleString('en')} bytes, checked\n`);
  } finally {
    store.close();
  }
  return Promise.resolve(0);
}

function placeFor(path: string, now: number): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(path, backupName(now)) : path;
}

function nothing(database: string): PortolanError {
  return new PortolanError('E_INPUT_UNREADABLE', `There is no database ${database}`, {
    remedy: 'Say where it is: portolan --data /var/lib/portolan/data backup portolan-copy.db',
  });
}
