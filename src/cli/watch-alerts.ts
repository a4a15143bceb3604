import { setTimeout as sleep } from 'node:timers/promises';
import { PortolanError } from '../base/errors.ts';
import { detectors } from '../detectors/index.ts';
import type { AlertWatchOptions } from '../io/alerts/alert-watch.ts';
import { AlertWatch } from '../io/alerts/alert-watch.ts';
import type { AlertKeeper } from '../io/alerts/keeper.ts';
import type { PolicyWatchOptions } from '../io/alerts/policy-watch.ts';
import { PolicyWatch } from '../io/alerts/policy-watch.ts';
import { TlsProfiles } from '../io/alerts/tls-profiles.ts';
import type { CaptureMessage } from '../io/capture/messages.ts';
import type { Deliverer } from '../io/deliver/deliverer.ts';
import type { AlertOpened } from '../model/alert-event.ts';
import { keepAlerts, LateNames } from './alert-keeper.ts';
import type { Input } from './command.ts';
import { openDeliverer } from './deliverer.ts';
import type { Shell } from './shell.ts';
import type { Seen } from './watch-seen.ts';

const MOST_DAYS = 365;
/** Milliseconds for which it is not looked up again what kind of device one is. */
const CATEGORIES_FOR = 300_000;
/** Milliseconds that the end waits for what is usual to be learned. */
const PATIENCE = 500;

const UNJUDGED =
  'were not judged: what is usual was not known yet. Everything that was seen is kept';

/** Watches while one looks: what is wrong is said at once, and kept where alerts are kept. */
export class LiveAlerts {
  readonly #watch: AlertWatch;
  readonly #keeper: AlertKeeper;
  readonly #deliverer: Deliverer | undefined;
  readonly #learning: Promise<void>;
  readonly #end = new AbortController();
  readonly #warn: (text: string) => void;

  /** @param now where the capture is live; a file has its own time */
  constructor(
    shell: Shell,
    seen: Seen,
    learnDays: number,
    now: number | undefined,
    say: (opened: AlertOpened) => void,
    warn: (text: string) => void = (text) => shell.warn(text),
  ) {
    this.#warn = warn;
    // What a file tells of is over: nobody is called at night for it.
    this.#deliverer = now === undefined ? undefined : this.#openDeliverer(shell, seen, warn);
    this.#keeper = keepAlerts(shell, seen.session, {
      deliver: (notice) => this.#deliverer?.deliver(notice),
      sharesOf: (notice) => this.#deliverer?.sharesOf(notice) ?? new Map(),
      onEvent: (event) => {
        if (event.kind === 'opened') say(event);
      },
    });
    const { session } = seen;
    // A file gives the same alerts whatever was believed of its devices when it was read.
    const isAsked = session !== undefined && now !== undefined;
    const names = isAsked ? new LateNames(shell, session, CATEGORIES_FOR) : undefined;
    this.#watch = new AlertWatch({
      keeper: this.#keeper,
      detectors: detectors.all,
      learnDays,
      ...(session === undefined
        ? {}
        : { ownScans: (since, until) => session.store.ownScans(since, until) }),
      categoryOf: (device) => names?.device(device)?.category ?? 'unknown',
      ...(isAsked ? allowed({ world: shell, session, warn }) : {}),
    });
    this.#learning = isAsked
      ? this.#watch.learn(session.store, now, this.#end.signal)
      : Promise.resolve();
    this.#learning.catch((error: unknown) => warn(`Alerts know little of the past: ${why(error)}`));
  }

  /** Time went on, whether or not anything was seen, and other commands may have changed alerts. */
  tick(now: number): void {
    this.#watch.tick(now);
  }

  take(message: CaptureMessage): void {
    if (message.kind === 'observations') this.#watch.take(message.observations);
  }

  /** What was seen while the past was read is judged first, where that does not take long. */
  async close(): Promise<void> {
    const learned = this.#learning.catch(() => {});
    await Promise.race([learned, sleep(PATIENCE, undefined, { ref: false })]);
    this.#end.abort();
    await learned;
    const { untaken } = this.#watch;
    if (untaken > 0) this.#warn(`${untaken} events ${UNJUDGED}`);
    this.#keeper.close();
    await this.#deliverer?.close();
  }

  /** Undefined where no channel is configured, or nothing is kept that a restart could go on with. */
  #openDeliverer(shell: Shell, seen: Seen, log: (text: string) => void): Deliverer | undefined {
    if (seen.session === undefined) return undefined;
    const deliverer = openDeliverer(shell, seen.session, { book: () => this.#keeper.book, log });
    if (deliverer.channels.length === 0) return undefined;
    deliverer.start();
    return deliverer;
  }
}

/** What the policy allows, and what the MUD files behind it say. */
function allowed(options: PolicyWatchOptions): Pick<AlertWatchOptions, 'mayOpen' | 'tlsProfileOf'> {
  return { mayOpen: new PolicyWatch(options).mayOpen, tlsProfileOf: new TlsProfiles(options).of };
}

function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function learnDaysOf(input: Input): number {
  const text = input.text('learnDays') ?? '14';
  const days = Number(text);
  if (days > 0 && days <= MOST_DAYS) return days;
  throw new PortolanError('E_USAGE', `--learn-days "${text}" is no number up to ${MOST_DAYS}`, {
    remedy: 'For example: portolan watch --learn-days 7',
  });
}
