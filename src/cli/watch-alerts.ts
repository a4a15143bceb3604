import { PortolanError } from '../base/errors.ts';
import { detectors } from '../detectors/index.ts';
import { Monitor } from '../detectors/monitor.ts';
import { replay } from '../detectors/replay.ts';
import type { AlertKeeper } from '../io/alerts/keeper.ts';
import type { CaptureMessage } from '../io/capture/messages.ts';
import type { Deliverer } from '../io/deliver/deliverer.ts';
import type { AlertOpened } from '../model/alert-event.ts';
import { keepAlerts } from './alert-keeper.ts';
import type { Input } from './command.ts';
import { openDeliverer } from './deliverer.ts';
import type { Shell } from './shell.ts';
import type { Seen } from './watch-seen.ts';

const DAY = 86_400_000;
/** Stored flows from which it is rebuilt what was learned. */
const FLOWS = 200_000;
const MOST_DAYS = 365;

/** Watches while one looks: what is wrong is said at once, and kept where alerts are kept. */
export class LiveAlerts {
  readonly #monitor: Monitor;
  readonly #keeper: AlertKeeper;
  readonly #deliverer: Deliverer | undefined;

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
    this.#monitor = new Monitor({
      detectors: detectors.all,
      learnDays,
      isExpected: (signal) => this.#keeper.isExpected(signal),
    });
    const store = seen.session?.store;
    if (store === undefined || now === undefined) return;
    const since = now - learnDays * DAY;
    for (const observation of replay(store.flows({ since, limit: FLOWS }))) {
      // What it says of the past was said then.
      this.#monitor.see(observation);
    }
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
