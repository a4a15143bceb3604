import { setTimeout as sleep } from 'node:timers/promises';
import { PortolanError } from '../base/errors.ts';
import { intervalOf } from '../io/daemon/schedule-settings.ts';
import { timeText } from './format.ts';
import type { Shell } from './shell.ts';

/** Of the interval, to either side: many sensors with one interval do not scan in step. */
const JITTER = 0.1;

/** `30m`, `6h`, `1d` → milliseconds. @throws PortolanError E_USAGE */
export function parseInterval(text: string): number {
  const interval = intervalOf(text);
  if (interval !== undefined) return interval;
  throw new PortolanError('E_USAGE', `"${text}" is no interval from 1m to 30d`, {
    remedy: 'Write minutes, hours or days: --every 30m, --every 6h, --every 1d',
  });
}

/** @param random from 0 to below 1 */
export function jittered(interval: number, random: number): number {
  return Math.round(interval * (1 - JITTER + 2 * JITTER * random));
}

export interface Repetition {
  /** Milliseconds from one beginning to the next. */
  readonly interval: number;
  /** One run; the first may throw, a later one that does is told and tried again. */
  run(number: number): Promise<number>;
  random(): number;
  /** @throws when it is interrupted */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Runs again and again until the command is stopped; @returns the worst status of the runs */
export async function repeat(shell: Shell, work: Repetition): Promise<number> {
  let worst = 0;
  for (let number = 1; ; number += 1) {
    const began = shell.now();
    worst = Math.max(worst, await runOnce(shell, work, number));
    if (shell.stop.aborted) return worst;
    const next = Math.max(shell.now(), began + jittered(work.interval, work.random()));
    shell.say(`Next scan at ${timeText(shell, next)}; Ctrl-C ends, everything is kept.`);
    try {
      await work.wait(next - shell.now(), shell.stop);
    } catch (error) {
      if (shell.stop.aborted) return worst;
      throw error;
    }
  }
}

/** What goes wrong today, as a network that is down, may go well the next time. */
async function runOnce(shell: Shell, work: Repetition, number: number): Promise<number> {
  try {
    return await work.run(number);
  } catch (error) {
    if (number === 1 || !(error instanceof PortolanError) || error.code === 'E_BUG') throw error;
    shell.warn(`${error.message}  [${error.code}]`);
    return error.exitStatus;
  }
}

export function realWait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal });
}
