import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { MOST } from '../policy/document.ts';
import type { ReadPolicy } from '../policy/read.ts';
import { readPolicy } from '../policy/read.ts';
import type { Lock } from './store/lock.ts';
import { takeLock } from './store/lock.ts';
import { defaultFolder } from './store/open.ts';
import { storeError } from './store/sqlite-error.ts';

const FILE = 'policy.yaml';
/** `policy.yaml.1` is the version before the last one that was saved. */
const VERSIONS = 9;

/** A policy with the file that it stands in. */
export interface PolicyFile extends ReadPolicy {
  readonly file: string;
  /** What was in the file when it was read; a save is refused where it is something else by then. */
  readonly text: string;
}

/**
 * @param chosen from `--policy`; else it is in the data folder, beside the database
 * @throws PortolanError E_USAGE where there is no such folder
 */
export function policyPath(folder: string | undefined, chosen?: string): string {
  if (chosen !== undefined) return chosen;
  if (folder !== ':memory:') return join(folder ?? defaultFolder(), FILE);
  throw new PortolanError('E_USAGE', 'A database in memory has no policy beside it', {
    remedy: 'Name the policy: --policy policy.yaml',
  });
}

/** Undefined where there is no such file. @throws PortolanError E_INPUT_UNREADABLE, E_POLICY */
export function readPolicyText(file: string): string | undefined {
  try {
    // A character is at most four octets; the cap in characters is applied when it is parsed.
    if (statSync(file).size > MOST.characters * 4) throw tooLarge(file);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof PortolanError) throw cause;
    if (Object(cause).code === 'ENOENT') return undefined;
    throw new PortolanError('E_INPUT_UNREADABLE', `The policy ${file} cannot be read`, {
      remedy: 'Check its name and its permissions',
      cause,
    });
  }
}

function tooLarge(file: string): PortolanError {
  return new PortolanError('E_POLICY', `${file} is larger than a policy can be`, {
    remedy: 'Check that it is the right file',
  });
}

/** @throws PortolanError E_NOT_FOUND, E_INPUT_UNREADABLE, E_POLICY with file, line and column */
export function loadPolicy(file: string): PolicyFile {
  const text = readPolicyText(file);
  if (text === undefined) {
    throw new PortolanError('E_NOT_FOUND', `There is no policy ${file}`, {
      remedy: 'Make one from what is known of the network: portolan policy init',
    });
  }
  return { ...readPolicy(text, file), file, text };
}

/**
 * Puts a new text in the place of the one that was read, whole or not at all, and keeps the old one.
 * A text that is no fit policy is not saved.
 *
 * @param before what was in the file when it was read; undefined where there was none
 * @throws PortolanError E_POLICY for a text that is not fit, or a file that somebody else changed;
 * E_STORE_BUSY while somebody else saves; E_DISK_FULL, E_NO_PERMISSION
 */
export function savePolicy(file: string, before: string | undefined, text: string): ReadPolicy {
  const read = readPolicy(text, file);
  // A link stays one: people keep their policies in a repository of their own.
  const target = existsSync(file) ? realpathSync(file) : file;
  let lock: Lock | undefined;
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    lock = takeLock(target);
    if (readPolicyText(target) !== before) throw changedMeanwhile(file);
    if (before !== text) replace(target, before === undefined, text);
    return read;
  } catch (error) {
    throw busyPolicy(storeError(error, file), file);
  } finally {
    lock?.release();
  }
}

function replace(target: string, isNew: boolean, text: string): void {
  const draft = `${target}.new`;
  try {
    const mode = isNew ? 0o600 : statSync(target).mode & 0o777;
    const descriptor = openSync(draft, 'w', mode);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (!isNew) keepVersion(target);
    renameSync(draft, target);
    syncFolder(dirname(target));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Copied, not moved: at no moment is there no policy. */
function keepVersion(target: string): void {
  for (let number = VERSIONS - 1; number >= 1; number -= 1) {
    const version = `${target}.${number}`;
    if (existsSync(version)) renameSync(version, `${target}.${number + 1}`);
  }
  copyFileSync(target, `${target}.1`);
}

/** A rename is kept over a loss of power once its folder is (fsync(2)). */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function changedMeanwhile(file: string): PortolanError {
  return new PortolanError('E_POLICY', `${file} was changed by somebody else since it was read`, {
    remedy: 'Look at it and repeat what you did: portolan policy show',
  });
}

/** The lock's own words are about the database. */
function busyPolicy(error: unknown, file: string): unknown {
  if (!(error instanceof PortolanError) || error.code !== 'E_STORE_BUSY') return error;
  return new PortolanError('E_STORE_BUSY', `The policy ${file} is being saved by another process`, {
    remedy: 'Repeat what you did in a moment',
    cause: error,
  });
}
