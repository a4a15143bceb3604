import { closeSync, openSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { busy } from './sqlite-error.ts';

/** Held for as long as the store is open. */
export interface Lock {
  /** The owner before us ended without closing: the file is worth a look. */
  readonly afterCrash: boolean;
  /** Somebody else owns the database and lets others in: nothing is held, nothing to give back. */
  readonly guest: boolean;
  /** The one before us, who seemed to be no more, would have let us in. */
  readonly wasShared: boolean;
  release(): void;
  /** That one lives after all, among processes that are not seen from here: it is the owner again. */
  giveBack(): void;
}

export interface LockOptions {
  /** Whoever comes while we own it is let in. */
  readonly shared?: boolean;
  /** To be let in by another owner is not enough. */
  readonly mustOwn?: boolean;
}

/**
 * Says in a file beside the database who owns it, so that a second process can name the first.
 *
 * Where nobody else is let in, SQLite's own exclusive lock is what really keeps others out (it ends
 * with its process, across containers too); this file alone would leave a gap where two processes
 * find one stale lock. An owner that runs for long lets others in (ADR 5).
 *
 * @throws PortolanError E_STORE_BUSY with the owner's pid
 */
export function takeLock(database: string, options: LockOptions = {}): Lock {
  const { shared = false, mustOwn = false } = options;
  const file = `${database}.lock`;
  if (create(file, shared)) return held(file, undefined);
  const former = readText(file);
  const owner = readOwner(file);
  if (owner !== undefined && isAlive(owner)) {
    if (owner.shared && !mustOwn) return GUEST;
    throw busy(database, owner.pid);
  }
  remove(file);
  if (create(file, shared)) return held(file, { text: former ?? '', owner });
  throw busy(database, readOwner(file)?.pid);
}

/** The process that has the database open now, as far as one sees from here. */
export function lockOwner(database: string): number | undefined {
  const owner = readOwner(`${database}.lock`);
  return owner !== undefined && isAlive(owner) ? owner.pid : undefined;
}

const GUEST: Lock = {
  afterCrash: false,
  guest: true,
  wasShared: true,
  release: () => {},
  giveBack: () => {},
};

function held(
  file: string,
  former: { readonly text: string; readonly owner: Owner | undefined } | undefined,
): Lock {
  return {
    afterCrash: former !== undefined,
    guest: false,
    wasShared: former?.owner?.shared === true,
    release: () => remove(file),
    giveBack: () => {
      if (former === undefined) remove(file);
      else writeFileSync(file, former.text, { mode: 0o600 });
    },
  };
}

interface Owner {
  readonly pid: number;
  /** When the process started, in the kernel's words: a pid is given again, the pair is not. */
  readonly started: string;
  readonly shared: boolean;
}

function create(file: string, shared: boolean): boolean {
  try {
    write(openSync(file, 'wx', 0o600), shared ? ' shared' : '');
    return true;
  } catch (error) {
    if (Object(error).code === 'EEXIST') return false;
    remove(file);
    throw error;
  }
}

function write(descriptor: number, how: string): void {
  try {
    writeSync(descriptor, `${process.pid} ${startOf(process.pid)}${how}\n`);
  } finally {
    closeSync(descriptor);
  }
}

function readOwner(file: string): Owner | undefined {
  const found = /^(\d{1,10}) (\S*)( shared)?\n$/.exec(readText(file) ?? '');
  const [, pid, started, shared] = found ?? [];
  if (pid === undefined || started === undefined) return undefined;
  return { pid: Number(pid), started, shared: shared !== undefined };
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (Object(error).code !== 'EPERM') return false;
  }
  return started === startOf(pid);
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)), in clock ticks since boot; empty elsewhere. */
function startOf(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`) ?? '';
  // The command's name may hold blanks and parentheses, so fields are counted after its last one.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (Object(error).code !== 'ENOENT') throw error;
  }
}
