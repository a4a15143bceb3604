import { existsSync, statSync } from 'node:fs';
import { PortolanError } from '../base/errors.ts';
import { checkMark } from '../io/store/check-mark.ts';
import { openDriver, quickCheck } from '../io/store/driver.ts';
import { lockOwner } from '../io/store/lock.ts';
import { storeFile } from '../io/store/open.ts';
import { storeError } from '../io/store/sqlite-error.ts';

/** Octets up to which it is looked through at once: some seconds. */
const SMALL = 256 * 1024 * 1024;

interface State {
  readonly works: boolean;
  readonly fact: string;
  readonly fix: string;
}

/** Whether the database can be used: looked through where that is quick, else what is known of it. */
export function databaseState(folder: string): State {
  const file = storeFile(folder);
  if (!existsSync(file)) return fine(`${folder}, empty so far`);
  const mark = checkMark(file);
  const owner = lockOwner(file);
  const who = owner === undefined ? '' : `, in use by process ${owner}`;
  if (mark !== undefined) return marked(file, mark.damage, owner);
  const { size } = statSync(file);
  const what = `${file}, ${size.toLocaleString('en')} bytes`;
  if (owner !== undefined || size > SMALL) return fine(`${what}${who}, not looked through now`);
  // What was left in the log of a transaction is brought in by who opens it to work with it.
  const isAtRest = ['-wal', '-journal'].every((end) => !existsSync(file + end));
  if (!isAtRest) return fine(`${what}, left without notice: the next start looks through it`);
  return lookedThrough(file, what);
}

/** Only read: at rest nothing is put beside it. */
function lookedThrough(file: string, what: string): State {
  try {
    const driver = openDriver(file);
    try {
      const found = quickCheck(driver);
      if (found === 'ok') return fine(`${what}, whole`);
      return { works: false, fact: `${file} is damaged: ${found}`, fix: RESTORE };
    } finally {
      driver.close();
    }
  } catch (error) {
    const known = storeError(error, file);
    const fact = known instanceof Error ? known.message : String(known);
    return { works: false, fact, fix: known instanceof PortolanError ? known.remedy : RESTORE };
  }
}

/** After an end without notice. */
function marked(file: string, damage: string, owner: number | undefined): State {
  if (damage !== '') return { works: false, fact: damage, fix: RESTORE };
  const since = statSync(`${file}.unchecked`, { throwIfNoEntry: false })?.mtime.toISOString() ?? '';
  return owner === undefined
    ? fine(`${file}, not looked through since it was left without notice: the next start does so`)
    : fine(
        `${file}, being looked through by process ${owner} since ${since}, beside everything else`,
      );
}

function fine(fact: string): State {
  return { works: true, fact, fix: '' };
}

const RESTORE = 'Move it aside, and put the newest backup in its place: docs/guides/serve.md';
