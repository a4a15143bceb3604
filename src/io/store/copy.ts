import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import type { Driver } from './driver.ts';
import { openDriver, quickCheck } from './driver.ts';
import { guarded } from './sqlite-error.ts';

/** A copy that was made. */
export interface StoreCopy {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Copies the database as it is at this moment, while others go on writing (`VACUUM INTO`,
 * sqlite.org/lang_vacuum.html 4). The copy has its name only once it is checked and on the disk.
 *
 * @throws PortolanError E_OUTPUT where the file is there already, E_STORE_DAMAGED where the database
 * is, E_DISK_FULL, E_NO_PERMISSION; nothing is left of the copy then
 */
export function copyStore(driver: Driver, file: string): StoreCopy {
  const draft = `${file}.part`;
  if (existsSync(file)) throw isThere(file);
  return guarded(file, () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    rmSync(draft, { force: true });
    try {
      // SQLite takes an empty file as it is: nobody else can ever read it.
      closeSync(openSync(draft, 'wx', 0o600));
      driver.run('VACUUM INTO ?', draft);
      check(draft);
      toDisk(draft);
      link(draft, file);
      toDisk(dirname(file));
      return { file, bytes: statSync(file).size };
    } finally {
      for (const left of [draft, `${draft}-journal`]) rmSync(left, { force: true });
    }
  });
}

/** @throws PortolanError E_OUTPUT */
function check(file: string): void {
  const driver = openDriver(file);
  try {
    const result = quickCheck(driver);
    if (result === 'ok') return;
    throw new PortolanError('E_OUTPUT', `The copy is damaged: ${result}`, {
      remedy: 'Look at both disks, then make it again, elsewhere',
    });
  } finally {
    driver.close();
  }
}

/** link(2), unlike rename(2), never replaces what is there. */
function link(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    throw Object(error).code === 'EEXIST' ? isThere(file) : error;
  }
}

function toDisk(place: string): void {
  const descriptor = openSync(place, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isThere(file: string): PortolanError {
  return new PortolanError('E_OUTPUT', `${file} is there already; it was left as it is`, {
    remedy: 'Take another name, or move it away first',
  });
}
