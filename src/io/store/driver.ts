import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What SQLite stores of ours: everything else is JSON text. */
export type Value = string | number | null;

export type Row = Readonly<Record<string, unknown>>;

/** The few calls that the store needs of an SQLite library; both libraries here are synchronous. */
export interface Driver {
  /** Which library this is, for `doctor`. */
  readonly library: Library;
  /** Runs one statement and returns the id of the row that it inserted, if it did. */
  run(sql: string, ...values: readonly Value[]): number;
  all(sql: string, ...values: readonly Value[]): readonly Row[];
  /** Runs several statements; for schema and pragmas. */
  exec(sql: string): void;
  /** All or nothing: whatever throws inside takes back everything. */
  transaction<T>(work: () => T): T;
  /** From now on nothing is written: whoever tries is given this. */
  refuse(error: Error): void;
  close(): void;
}

export type Library = 'node:sqlite' | 'libsql';

interface Statement {
  run(...values: readonly Value[]): { readonly lastInsertRowid: number | bigint };
  all(...values: readonly Value[]): unknown[];
}

interface Database {
  prepare(sql: string): Statement;
  exec(sql: string): unknown;
  close(): unknown;
}

type DatabaseClass = new (file: string) => Database;

/**
 * Opens a file with Node's own SQLite where it has a complete one (22.16: the first with which a
 * backup can be made), else with libsql, which comes prebuilt.
 */
export function openDriver(file: string, library: Library = preferredLibrary()): Driver {
  const Class = library === 'node:sqlite' ? builtIn() : prebuilt();
  return new SyncDriver(library, new Class(file));
}

/** Looks through everything: `ok`, or the first thing that is wrong (sqlite.org/pragma.html). */
export function quickCheck(driver: Driver): string {
  return String(driver.all('PRAGMA quick_check(1)')[0]?.['quick_check']);
}

export function preferredLibrary(version: string = process.versions.node): Library {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 16) ? 'node:sqlite' : 'libsql';
}

function builtIn(): DatabaseClass {
  const module: unknown = quietly(() => process.getBuiltinModule('node:sqlite'));
  const Class: unknown = Object(module).DatabaseSync;
  if (!isClass(Class)) throw new Error(`Node ${process.versions.node} has no node:sqlite`);
  return Class;
}

/** Beside the bundle, or beside its chunks; in a tree of sources it is the package. */
const LIBSQL = ['./libsql.cjs', '../libsql.cjs'];

function prebuilt(): DatabaseClass {
  const place = LIBSQL.map((name) => fileURLToPath(new URL(name, import.meta.url))).find((file) =>
    existsSync(file),
  );
  const Class: unknown = createRequire(import.meta.url)(place ?? 'libsql');
  if (!isClass(Class)) throw new Error('The package libsql exports no class');
  return Class;
}

function isClass(value: unknown): value is DatabaseClass {
  return typeof value === 'function';
}

/** Node 22 says once that SQLite is experimental; that is no news for who runs portolan. */
function quietly<T>(load: () => T): T {
  const warn = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = warn;
  }
}

class SyncDriver implements Driver {
  readonly library: Library;
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();
  #refusal: Error | undefined;

  constructor(library: Library, database: Database) {
    this.library = library;
    this.#database = database;
  }

  run(sql: string, ...values: readonly Value[]): number {
    if (this.#refusal !== undefined) throw this.#refusal;
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  all(sql: string, ...values: readonly Value[]): readonly Row[] {
    try {
      return this.#prepare(sql)
        .all(...values)
        .filter(isRow);
    } catch (error) {
      // Of a statement that writes, and returns what it wrote.
      throw this.#refusal ?? error;
    }
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  refuse(error: Error): void {
    this.exec('PRAGMA query_only = ON');
    this.#refusal = error;
  }

  transaction<T>(work: () => T): T {
    if (this.#refusal !== undefined) throw this.#refusal;
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** A full disk has ended the transaction already; then there is nothing to take back. */
  #rollback(): void {
    try {
      this.exec('ROLLBACK');
    } catch {
      // The error that brought us here says more than "no transaction is active".
    }
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}
