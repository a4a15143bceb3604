import { PortolanError } from '../base/errors.ts';
import { detectors } from '../detectors/index.ts';
import type { MonitorOptions } from '../detectors/monitor.ts';
import { Monitor } from '../detectors/monitor.ts';
import { replay } from '../detectors/replay.ts';
import type { AlertKeeper } from '../io/alerts/keeper.ts';
import { mayOpenOf } from '../io/alerts/policy-watch.ts';
import type { CaptureMessage } from '../io/capture/messages.ts';
import type { Deliverer } from '../io/deliver/deliverer.ts';
import type { Session } from '../io/site/session.ts';
import type { AlertOpened } from '../model/alert-event.ts';
import { keepAlerts, LateNames } from './alert-keeper.ts';
import type { Input } from './command.ts';
import { openDeliverer } from './deliverer.ts';
import type { Shell } from './shell.ts';
import type { Seen } from './watch-seen.ts';

const DAY = 86_400_000;
/** Stored flows from which it is rebuilt what was learned. */
const FLOWS = 200_000;
const MOST_DAYS = 365;
/** Milliseconds for which it is not looked up again what kind of device one is. */
const CATEGORIES_FOR = 300_000;

/** Watches while one looks: what is wrong is said at once, and kept where alerts are kept. */
export class LiveAlerts {
  readonly #monitor: Monitor;
  readonly #keeper: AlertKeeper;
  readonly #deliverer: Deliverer | undefined;
  /** Asks the policy, once it is read. */
  #mayOpen: MonitorOptions['mayOpen'];

  /** @param now where the capture is live; a file has its own time */
  constructor(
    shell: Shell,
    seen: Seen,
    learnDays: number,
    now: number | undefined,
    say: (opened: AlertOpened) => void,
    warn: (text: string) => void = (text) => shell.warn(text),
  ) {
    // What a file tells of is over: nobody is called at night for it.
    this.#deliverer = now === undefined ? undefined : this.#openDeliverer(shell, seen, warn);
    this.#keeper = keepAlerts(shell, seen.session, {
      deliver: (notice) => this.#deliverer?.deliver(notice),
      onEvent: (event) => {
        if (event.kind === 'opened') say(event);
      },
    });
    const { session } = seen;
    // A file gives the same alerts whatever was believed of its devices when it was read.
    const isAsked = session !== undefined && now !== undefined;
    const names = isAsked ? new LateNames(shell, session, CATEGORIES_FOR) : undefined;
    this.#monitor = new Monitor({
      detectors: detectors.all,
      learnDays,
      isExpected: (signal) => this.#keeper.isExpected(signal),
      categoryOf: (device) => names?.device(device)?.category ?? 'unknown',
      mayOpen: (observation) => this.#mayOpen?.(observation),
    });
    if (isAsked) this.#askPolicy(shell, session, warn);
    const store = seen.session?.store;
    if (store === undefined || now === undefined) return;
    const since = now - learnDays * DAY;
    for (const observation of replay(store.flows({ since, limit: FLOWS }))) {
      // What it says of the past was said then.
      this.#monitor.see(observation);
    }
  }

  /** Time went on, whether or not anything was seen, and other commands may have changed alerts. */
  tick(now: number): void {
    this.#keeper.refresh();
    for (const signal of this.#monitor.tick(now)) this.#keeper.take(signal);
    this.#keeper.tick(now);
  }

  take(message: CaptureMessage): void {
    if (message.kind !== 'observations') return;
    for (const observation of message.observations) {
      this.#keeper.note(observation, this.#monitor.context.deviceOf);
      for (const signal of this.#monitor.see(observation)) this.#keeper.take(signal);
    }
  }

  async close(): Promise<void> {
    this.#keeper.close();
    await this.#deliverer?.close();
  }

  /** Without a policy that can be read, one watches all the same. */
  #askPolicy(shell: Shell, session: Session, warn: (text: string) => void): void {
    mayOpenOf(shell, session).then(
      (mayOpen) => {
        this.#mayOpen = mayOpen;
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        warn(`Alerts do not ask the policy: ${why}`);
      },
    );
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

export function learnDaysOf(input: Input): number {
  const text = input.text('learnDays') ?? '14';
  const days = Number(text);
  if (days > 0 && days <= MOST_DAYS) return days;
  throw new PortolanError('E_USAGE', `--learn-days "${text}" is no number up to ${MOST_DAYS}`, {
    remedy: 'For example: portolan watch --learn-days 7',
  });
}
