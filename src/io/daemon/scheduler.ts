import { Cron } from 'croner';
import type { SettingsView } from '../../model/api/daemon.ts';
import type { Instant } from '../../model/core.ts';
import { intervalOf } from './schedule-settings.ts';

/** When something is done: each so often, or at times of the clock on the wall. */
export type Time =
  | { readonly every: string }
  /** crontab(5), in a time zone; empty for this machine's own. */
  | { readonly cron: string; readonly zone: string };

export interface Entry {
  readonly id: string;
  /** For people: `scan zone:iot`. */
  readonly what: string;
  readonly time: Time;
  /** When it was done last, as far as the store knows. */
  readonly last?: Instant;
  run(): void | Promise<void>;
}

type View = SettingsView['schedules'][number];

/** Milliseconds after the start at which what is overdue is done: everything else has settled then. */
const SETTLE = 60_000;

/**
 * Does what is due. It is asked each second and keeps no timer of its own, so that a clock that is
 * set, or a machine that slept, is nothing special: what was missed is done once.
 */
export class Scheduler {
  readonly #entries: readonly Running[];
  readonly #onError: (id: string, error: unknown) => void;

  constructor(
    entries: readonly Entry[],
    now: Instant,
    onError: (id: string, error: unknown) => void,
  ) {
    this.#entries = entries.map((entry) => new Running(entry, now));
    this.#onError = onError;
  }

  tick(now: Instant): void {
    for (const one of this.#entries) {
      if (one.isDue(now)) one.begin(now).catch((error: unknown) => this.#onError(one.id, error));
    }
  }

  view(): readonly View[] {
    return this.#entries.map((one) => one.view());
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#entries.map((one) => one.done));
  }
}

class Running {
  done: Promise<void> = Promise.resolve();
  readonly #entry: Entry;
  #last: Instant | undefined;
  #next: Instant | undefined;
  #isRunning = false;

  constructor(entry: Entry, now: Instant) {
    this.#entry = entry;
    this.#last = entry.last;
    this.#next = firstOf(entry, now);
  }

  get id(): string {
    return this.#entry.id;
  }

  /** One that takes longer than its interval is not begun a second time beside itself. */
  isDue(now: Instant): boolean {
    return !this.#isRunning && this.#next !== undefined && now >= this.#next;
  }

  begin(now: Instant): Promise<void> {
    this.#isRunning = true;
    this.#last = now;
    this.#next = nextOf(this.#entry.time, now);
    const work = Promise.resolve()
      .then(() => this.#entry.run())
      .finally(() => {
        this.#isRunning = false;
      });
    // Whoever closes waits for the end, and not for what became of it.
    this.done = work.catch(() => {});
    return work;
  }

  view(): View {
    const { id, what, time } = this.#entry;
    return {
      id,
      what,
      when: 'every' in time ? `every ${time.every}` : `${time.cron} ${time.zone}`.trim(),
      ...(this.#next === undefined ? {} : { next: this.#next }),
      ...(this.#last === undefined ? {} : { last: this.#last }),
    };
  }
}

/** An interval goes on from what was done before the start; a time of the clock is what it is. */
function firstOf({ time, last }: Entry, now: Instant): Instant | undefined {
  if (!('every' in time) || last === undefined) return firstTime(time, now);
  return Math.max(now + SETTLE, nextOf(time, last) ?? now);
}

function firstTime(time: Time, now: Instant): Instant | undefined {
  return 'every' in time ? now + SETTLE : nextOf(time, now);
}

/**
 * The next time after that instant. At the change to summer time what would be in the hour that is
 * left out is done after it; at the change back it is done once (croner's rule for fixed times).
 */
export function nextOf(time: Time, after: Instant): Instant | undefined {
  if ('every' in time) return after + (intervalOf(time.every) ?? 0);
  const zone = time.zone === '' ? {} : { timezone: time.zone };
  const next = new Cron(time.cron, { paused: true, ...zone }).nextRun(new Date(after));
  return next?.getTime();
}
