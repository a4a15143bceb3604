import type { ApiEvent } from '../../model/api/daemon.ts';
import type { EventBus } from './context.ts';

export type Changed = Extract<ApiEvent, { type: 'site.changed' }>['what'][number];

/** Milliseconds for which news are gathered into one event. */
const GATHER = 500;

/** Tells that what is believed is another, and in which respects; not more often than each half second. */
export class SiteNews {
  readonly #bus: EventBus;
  readonly #now: () => number;
  readonly #what = new Set<Changed>();
  #timer: NodeJS.Timeout | undefined;

  constructor(bus: EventBus, now: () => number) {
    this.#bus = bus;
    this.#now = now;
  }

  tell(what: readonly Changed[]): void {
    for (const one of what) this.#what.add(one);
    this.#timer ??= setTimeout(() => this.#publish(), GATHER);
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #publish(): void {
    this.#timer = undefined;
    const what = [...this.#what];
    this.#what.clear();
    if (what.length > 0) this.#bus.publish({ type: 'site.changed', at: this.#now(), what });
  }
}
