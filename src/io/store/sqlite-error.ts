import { readdirSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ErrorCode } from '../../base/errors.ts';
import { PortolanError } from '../../base/errors.ts';

/** What each primary result code means for who runs portolan (sqlite.org/rescode.html). */
const MEANING: Readonly<Record<number, ErrorCode>> = {
  3: 'E_NO_PERMISSION',
  5: 'E_STORE_BUSY',
  6: 'E_STORE_BUSY',
  8: 'E_NO_PERMISSION',
  10: 'E_OUTPUT',
  11: 'E_STORE_DAMAGED',
  13: 'E_DISK_FULL',
  14: 'E_NO_PERMISSION',
  15: 'E_STORE_BUSY',
  26: 'E_STORE_DAMAGED',
};

const SYSTEM: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'E_DISK_FULL',
  EDQUOT: 'E_DISK_FULL',
  EACCES: 'E_NO_PERMISSION',
  EPERM: 'E_NO_PERMISSION',
  EROFS: 'E_NO_PERMISSION',
  ENOTDIR: 'E_NO_PERMISSION',
  EEXIST: 'E_NO_PERMISSION',
  // What Node's recursive mkdir says on a read-only file system.
  ENOENT: 'E_NO_PERMISSION',
  EIO: 'E_OUTPUT',
};

/** Turns what SQLite or the file system says about the store into what an operator can act on. */
export function storeError(cause: unknown, file: string): unknown {
  if (cause instanceof PortolanError) return cause;
  const code = codeOf(cause);
  if (code === undefined) return cause;
  return explain(code === 'E_OUTPUT' && isFull(file) ? 'E_DISK_FULL' : code, file, cause);
}

/** Octets that SQLite takes at once for the index of a shared WAL (sqlite.org/walformat.html 2.2). */
const SHARED_INDEX = 32 * 1024;

/** Where there is no room for that index SQLite speaks of an I/O error (SQLITE_IOERR_SHMSIZE). */
function isFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < SHARED_INDEX;
  } catch {
    return false;
  }
}

/** Runs `work` and explains what goes wrong. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error, file);
  }
}

function codeOf(cause: unknown): ErrorCode | undefined {
  if (!(cause instanceof Error)) return undefined;
  const system: unknown = Object(cause).code;
  if (typeof system === 'string' && SYSTEM[system] !== undefined) return SYSTEM[system];
  const sqlite = resultCode(cause);
  return sqlite === undefined ? undefined : MEANING[sqlite & 0xff];
}

/** node:sqlite has it as `errcode`, libsql as `rawCode`, and where it cannot open only in the text. */
function resultCode(cause: Error): number | undefined {
  const { errcode, rawCode } = Object(cause);
  if (typeof errcode === 'number') return errcode;
  if (typeof rawCode === 'number') return rawCode;
  const [, code] = /Unable to open connection .*: (\d+)"?\)?$/.exec(cause.message) ?? [];
  return code === undefined ? undefined : Number(code);
}

const ELSEWHERE = 'keep the database elsewhere: portolan --data ~/portolan-data devices';

function explain(code: ErrorCode, file: string, cause: unknown): PortolanError {
  const why = cause instanceof Error ? cause.message : String(cause);
  switch (code) {
    case 'E_DISK_FULL':
      return new PortolanError(
        code,
        `The disk that holds ${file} is full; nothing was half written`,
        {
          remedy: `Make room and run the command again, or ${ELSEWHERE}`,
          cause,
        },
      );
    case 'E_STORE_DAMAGED':
      return damaged(file, why, cause);
    case 'E_STORE_BUSY':
      return busy(file, undefined, cause);
    case 'E_NO_PERMISSION':
      return new PortolanError(code, `This account cannot write ${file}: ${why}`, {
        remedy: `Use the account that owns it, or ${ELSEWHERE}`,
        cause,
      });
    default:
      return new PortolanError('E_OUTPUT', `The disk failed at ${file}: ${why}`, {
        remedy: `Check the disk, then run the command again, or ${ELSEWHERE}`,
        cause,
      });
  }
}

export function damaged(file: string, why: string, cause?: unknown): PortolanError {
  const backUp = newestBackUp(file);
  const next =
    backUp === undefined ? 'start afresh' : `copy the newest back-up (${backUp}) to its place`;
  return new PortolanError('E_STORE_DAMAGED', `The database ${file} is damaged: ${why}`, {
    remedy: `Nothing was changed. Move it aside, then ${next}: mv '${file}' '${file}.damaged'`,
    cause,
  });
}

/** What was copied on a schedule, else before a migration: `portolan.db.v1`, `portolan.db.v2` … */
function newestBackUp(file: string): string | undefined {
  const folder = join(dirname(file), 'backups');
  const copies = listed(folder).filter((name) => /^portolan-[\dT-]+Z\.db$/.test(name));
  const last = copies.sort().at(-1);
  if (last !== undefined) return join(folder, last);
  const start = `${basename(file)}.v`;
  const version = (name: string): number => Number(name.slice(start.length));
  const [newest] = listed(dirname(file))
    .filter((name) => name.startsWith(start) && version(name) > 0)
    .sort((a, b) => version(b) - version(a));
  return newest === undefined ? undefined : join(dirname(file), newest);
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function busy(file: string, pid: number | undefined, cause?: unknown): PortolanError {
  const owner = pid === undefined ? 'another process' : `process ${pid}`;
  const look = pid === undefined ? 'Wait until it ends' : `Wait until it ends (ps -p ${pid})`;
  return new PortolanError('E_STORE_BUSY', `The database ${file} is in use by ${owner}`, {
    remedy: `${look}, or ${ELSEWHERE}`,
    cause,
  });
}
