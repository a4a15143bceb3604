import { spawnSync } from 'node:child_process';
import { PortolanError } from '../base/errors.ts';

/** Seconds; a monitor that waits longer than this asks too seldom to be one. */
const MOST = 3600;
/** Octets of the answer: a line, or a JSON document of one check. */
const LONGEST = 1_048_576;

/** What a plugin printed, and its status. */
export interface Ended {
  readonly out: string;
  readonly said: string;
  readonly status: number;
}

/**
 * Runs a plugin in a process of its own, which is ended when the time is over: the database of a disk
 * that hangs is waited for in the kernel, where no timer of the same process is heard.
 *
 * @returns undefined where the time was over
 */
export function endedWithin(seconds: number, argv: readonly string[]): Ended | undefined {
  const { stdout, stderr, status, error } = spawnSync(process.execPath, argv, {
    encoding: 'utf8',
    stdio: ['inherit', 'pipe', 'pipe'],
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: LONGEST,
  });
  if (error !== undefined && Object(error).code === 'ETIMEDOUT') return undefined;
  if (error !== undefined) throw error;
  return { out: stdout, said: stderr, status: status ?? 3 };
}

/** @throws PortolanError E_USAGE */
export function secondsOf(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= MOST) return seconds;
  throw new PortolanError('E_USAGE', `-t "${text}" is no number of seconds from 0 to ${MOST}`, {
    remedy: 'Give the seconds that the monitor waits: portolan check -t 10',
  });
}
