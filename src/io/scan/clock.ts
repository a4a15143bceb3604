import { setTimeout as sleepFor } from 'node:timers/promises';

/** Time that only goes forward; a test has one of its own. */
export interface Clock {
  /** Milliseconds from some start. */
  now(): number;
  /** @throws the signal's reason when it is aborted meanwhile */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => sleepFor(milliseconds, undefined, { signal }),
};
