import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import { checkMark, markChecked, markUnchecked } from './check-mark.ts';
import type { Driver, Library } from './driver.ts';
import { openDriver, quickCheck } from './driver.ts';
import type { Lock } from './lock.ts';
import { takeLock } from './lock.ts';
import type { Migration } from './migrations.ts';
import { APPLICATION_ID, MIGRATIONS } from './migrations.ts';
import { busy, damaged, guarded, storeError } from './sqlite-error.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

const FILE = 'portolan.db';
const HEADER_BYTES = 100;
/** Milliseconds to wait for another process's transaction. */
const PATIENCE = 5000;
/** Below this a whole check costs some 50 ms; a larger file is checked after a crash only. */
const CHECK_ALWAYS_BELOW = 32 * 1024 * 1024;

export interface OpenOptions {
  /** Which SQLite library; by default the best that this Node has. */
  readonly library?: Library;
  /** For tests of migrations. */
  readonly migrations?: readonly Migration[];
  /** Others may read and write beside us, as whoever runs for long should let them. */
  readonly shared?: boolean;
  /** Refused where somebody else owns it, even if that one lets others in. */
  readonly mustOwn?: boolean;
  /** Milliseconds to wait for another process's transaction, where it is shared; 5000 by default. */
  readonly patience?: number;
  /** What has to be looked through after a crash, and is large, is left to the caller (`needsCheck`). */
  readonly checkLater?: boolean;
}

/**
 * Opens the database in `folder`, making both where they are not there, and owns it until `close`; or
 * works beside an owner that lets others in.
 *
 * @param folder undefined for `$XDG_DATA_HOME/portolan`; `:memory:` for one that is not kept
 * @throws PortolanError E_STORE_BUSY, E_STORE_FOREIGN, E_STORE_NEWER, E_STORE_DAMAGED, E_DISK_FULL,
 * E_NO_PERMISSION; the file that was there is then as it was
 */
export function openStore(folder: string = defaultFolder(), options: OpenOptions = {}): Store {
  const { migrations = MIGRATIONS } = options;
  if (folder === ':memory:') {
    const driver = openDriver(folder, options.library);
    migrate(driver, migrations, 0);
    return new SqliteStore(folder, driver, () => driver.close());
  }
  const file = join(folder, FILE);
  return guarded(file, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Before the lock: where the file is somebody else's, nothing is put beside it.
    if (existsSync(file)) refuseForeign(file);
    const lock = takeLock(file, options);
    if (lock.guest) return openAsGuest(file, migrations, options.library);
    return openUnder(lock, file, migrations, options);
  });
}

function openUnder(
  lock: Lock,
  file: string,
  migrations: readonly Migration[],
  options: OpenOptions,
): Store {
  try {
    if (!existsSync(file)) create(file, migrations, options.library);
    return openOwned(file, lock, migrations, options);
  } catch (error) {
    if (!lock.afterCrash || !isBusy(error, file)) {
      lock.release();
      throw error;
    }
    // Whose process is not seen from here, as in a container, and who has it all the same.
    lock.giveBack();
    if (!lock.wasShared || options.mustOwn === true) throw error;
    return openAsGuest(file, migrations, options.library);
  }
}

function isBusy(error: unknown, file: string): boolean {
  const known = storeError(error, file);
  return known instanceof PortolanError && known.code === 'E_STORE_BUSY';
}

/** Where the database is, or would be. */
export function storeFile(folder: string = defaultFolder()): string {
  return join(folder, FILE);
}

/** XDG Base Directory Specification; a relative value is to be ignored. */
export function defaultFolder(): string {
  const data = process.env['XDG_DATA_HOME'] ?? '';
  return join(isAbsolute(data) ? data : join(home(), '.local', 'share'), 'portolan');
}

/** @throws PortolanError where this user has none: a number without a name, as containers have it */
function home(): string {
  try {
    return homedir();
  } catch (cause) {
    throw new PortolanError('E_USAGE', 'Nobody said where to keep the database: there is no HOME', {
      remedy: 'Name a folder: portolan --data /var/lib/portolan devices',
      cause,
    });
  }
}

function openOwned(
  file: string,
  lock: Lock,
  migrations: readonly Migration[],
  { library, shared = false, patience = PATIENCE, checkLater = false }: OpenOptions,
): Store {
  const driver = openDriver(file, library);
  const close = (): void => {
    letGo(driver);
    driver.close();
  };
  try {
    // After a crash, or what looks like one, it is shared only by who could have it alone.
    if (!shared || lock.afterCrash) own(driver);
    if (shared) letIn(driver);
    const isSmall = statSync(file).size < CHECK_ALWAYS_BELOW;
    const isDue = lock.afterCrash || checkMark(file) !== undefined;
    // What is brought up to date is whole before.
    const isLeft = isDue && !isSmall && checkLater && versionOf(driver) === migrations.length;
    if (isLeft) markUnchecked(file, checkMark(file)?.damage);
    else if (isDue || isSmall) check(driver, file);
    bringUpToDate(driver, file, migrations);
    makeDurable(driver);
    if (shared) driver.exec(`PRAGMA busy_timeout = ${patience}`);
    const letAllGo = (): void => {
      close();
      lock.release();
    };
    return new SqliteStore(file, driver, letAllGo, isLeft);
  } catch (error) {
    close();
    throw error;
  }
}

/** Beside its owner: the file is whole and of our version, or it is left alone. */
function openAsGuest(
  file: string,
  migrations: readonly Migration[],
  library: Library | undefined,
): Store {
  const driver = openDriver(file, library);
  try {
    driver.exec(`PRAGMA busy_timeout = ${PATIENCE}`);
    if (versionOf(driver) !== migrations.length) throw busy(file, undefined);
    driver.exec('PRAGMA synchronous = FULL');
    return new SqliteStore(file, driver, () => driver.close());
  } catch (error) {
    driver.close();
    throw error;
  }
}

/**
 * Makes the file under another name and renames it when it is complete: `portolan.db` is ours and
 * whole from the first moment that it exists, whenever we are killed.
 */
function create(
  file: string,
  migrations: readonly Migration[],
  library: Library | undefined,
): void {
  const draft = `${file}.new`;
  const remove = (): void => {
    for (const left of [draft, `${draft}-journal`]) rmSync(left, { force: true });
  };
  remove();
  try {
    closeSync(openSync(draft, 'wx', 0o600));
    initialise(draft, migrations, library);
    renameSync(draft, file);
  } catch (error) {
    remove();
    throw error;
  }
}

function initialise(
  file: string,
  migrations: readonly Migration[],
  library: Library | undefined,
): void {
  const driver = openDriver(file, library);
  try {
    driver.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    migrate(driver, migrations, 0);
  } finally {
    driver.close();
  }
}

/**
 * Keeps every other process out, whatever the lock file says, and for as long as this one lives.
 * Nothing is written by it, so that a damaged file stays as it is.
 */
function own(driver: Driver): void {
  driver.exec('PRAGMA busy_timeout = 1000');
  driver.all('PRAGMA locking_mode = EXCLUSIVE');
  driver.transaction(() => {});
}

/** A WAL that was entered alone has its index in memory: it is left first (sqlite.org/wal.html 7). */
function letIn(driver: Driver): void {
  driver.exec(`PRAGMA busy_timeout = ${PATIENCE}`);
  const [mode] = driver.all('PRAGMA locking_mode');
  if (mode?.['locking_mode'] !== 'exclusive') return;
  driver.all('PRAGMA journal_mode = DELETE');
  driver.all('PRAGMA locking_mode = NORMAL');
  driver.all('SELECT count(*) FROM sqlite_schema');
}

/** WAL with one fsync a transaction: what `append` returned has reached the disk. */
function makeDurable(driver: Driver): void {
  driver.all('PRAGMA journal_mode = WAL');
  driver.exec('PRAGMA synchronous = FULL');
}

/**
 * Brings everything into the one file, so that at rest it can be copied, and gives up the lock.
 * Closing alone would do neither with libsql: it waits until its statements are garbage-collected.
 */
function letGo(driver: Driver): void {
  try {
    driver.all('PRAGMA journal_mode = DELETE');
    driver.all('PRAGMA locking_mode = NORMAL');
    driver.all('SELECT count(*) FROM sqlite_schema');
  } catch {
    // On a full or failing disk everything acknowledged is in the WAL, and the next start reads it.
  }
}

function check(driver: Driver, file: string): void {
  const result = quickCheck(driver);
  if (result !== 'ok') throw damaged(file, result);
  markChecked(file);
}

/** Reads the header itself (sqlite.org/fileformat2.html 1.3): SQLite would already write beside the file. */
function refuseForeign(file: string): void {
  const header = readStart(file);
  if (header.length === 0) throw damaged(file, 'it is empty');
  const isSqlite = header.subarray(0, 16).toString('latin1') === 'SQLite format 3\0';
  if (isSqlite && header.length < HEADER_BYTES) throw damaged(file, 'it ends within its header');
  if (isSqlite && header.readUInt32BE(68) === APPLICATION_ID) return;
  const what = isSqlite ? 'a database of another program' : 'no database';
  throw new PortolanError('E_STORE_FOREIGN', `The file ${file} is ${what}; it was left as it is`, {
    remedy: 'Keep the database elsewhere: portolan --data ~/portolan-data devices',
  });
}

function readStart(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(HEADER_BYTES);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

function versionOf(driver: Driver): number {
  return Number(driver.all('PRAGMA user_version')[0]?.['user_version']);
}

function bringUpToDate(driver: Driver, file: string, migrations: readonly Migration[]): void {
  const version = versionOf(driver);
  if (version > migrations.length) {
    throw new PortolanError(
      'E_STORE_NEWER',
      `The database ${file} was written by a newer portolan (schema ${version}; this one knows ${migrations.length})`,
      {
        remedy:
          'Use that version, or keep the database elsewhere: portolan --data ~/portolan-data devices',
      },
    );
  }
  if (version === migrations.length) return;
  backUp(driver, file, version);
  migrate(driver, migrations, version);
}

/** The whole database is in the one file after a checkpoint, and nobody else can write it. */
function backUp(driver: Driver, file: string, version: number): void {
  driver.all('PRAGMA wal_checkpoint(TRUNCATE)');
  const copy = `${file}.v${version}`;
  copyFileSync(file, copy);
  chmodSync(copy, 0o600);
}

/** Each step with its version in one transaction: the old schema or the new one, never between. */
function migrate(driver: Driver, migrations: readonly Migration[], from: number): void {
  for (const [index, migration] of migrations.entries()) {
    if (index < from) continue;
    driver.transaction(() => {
      if (typeof migration === 'string') driver.exec(migration);
      else migration(driver);
      driver.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}
