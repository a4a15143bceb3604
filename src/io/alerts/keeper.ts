import type { Act, Gathered } from '../../alerts/gather.ts';
import { Gatherer } from '../../alerts/gather.ts';
import type { QuietHours } from '../../alerts/quiet.ts';
import type { DeviceOf } from '../../alerts/returns.ts';
import type { Told } from '../../alerts/tell.ts';
import type { Alert, Expectation, Signal } from '../../model/alert.ts';
import type { AlertEvent } from '../../model/alert-event.ts';
import type { Instant } from '../../model/core.ts';
import type { Observation } from '../../model/observation.ts';
import type { Notice } from '../../notifiers/notifier.ts';
import type { Store } from '../store/store.ts';
import { AlertJournal } from './journal.ts';

/** Own events that are waited for; then they are looked for in the log. */
const OWN = 1_000;

/** What of a store is needed. */
export type AlertStore = Pick<Store, 'location' | 'alerts' | 'alertsAfter' | 'appendAlerts'>;

/** For who watches and keeps nothing. */
export const FORGETTING: AlertStore = {
  location: ':memory:',
  alerts: () => [],
  alertsAfter: () => [],
  appendAlerts: () => {},
};

export interface KeeperOptions {
  readonly quiet?: QuietHours;
  /** Puts a notice where it outlives us; only then it counts as told. */
  deliver?(notice: Notice): void;
  /** Channel → what of a notice is for it: the log says by which ways somebody was told. */
  sharesOf?(notice: Notice): ReadonlyMap<string, Notice>;
  /** Hears of everything that happens to alerts, once it is stored. */
  onEvent?(event: AlertEvent): void;
  /** How a person calls the device with this MAC or address. */
  nameOf?(device: string): string | undefined;
}

/**
 * Alerts with a memory: gathers signals, stores what came of them, and hands notices over. A program
 * that ends in between tells again rather than not at all.
 */
export class AlertKeeper {
  readonly #store: AlertStore;
  readonly #options: KeeperOptions;
  readonly #gatherer: Gatherer;
  readonly #journal: AlertJournal | undefined;
  /** Number of the last event of the log that is in the book. */
  #read = 0;
  /** How often each of our own events is still to be met in the log. */
  readonly #own = new Map<string, number>();

  constructor(store: AlertStore, options: KeeperOptions = {}) {
    this.#store = store;
    this.#options = options;
    const { quiet } = options;
    this.#gatherer = new Gatherer({
      events: this.#unread(),
      localMinute,
      ...(quiet === undefined ? {} : { quiet }),
    });
    const isKept = store.location !== ':memory:';
    this.#journal = isKept ? new AlertJournal(store.location) : undefined;
  }

  get book(): Gatherer['book'] {
    return this.#gatherer.book;
  }

  /** What was dropped for want of room, and what turned out to be nothing in time. */
  get counters(): { readonly dropped: number; readonly settled: number } {
    return { dropped: this.#gatherer.dropped, settled: this.#gatherer.settled };
  }

  /** @returns alerts that are new or that got worse, for whoever watches */
  take(signal: Signal): readonly Alert[] {
    return this.#keep(this.#gatherer.take(signal));
  }

  note(observation: Observation, deviceOf: DeviceOf): readonly Alert[] {
    return this.#keep(this.#gatherer.note(observation, deviceOf));
  }

  tick(now: Instant): readonly Alert[] {
    return this.#keep(this.#gatherer.tick(now));
  }

  act(id: string, act: Act, at: Instant, by: string): void {
    this.#keep(this.#gatherer.act(id, act, at, by));
  }

  expect(expectation: Expectation): void {
    this.#keep(this.#gatherer.expect(expectation));
  }

  withdraw(id: string, at: Instant, by: string): void {
    this.#keep(this.#gatherer.withdraw(id, at, by));
  }

  /**
   * Takes in what another process did to the same store meanwhile: a person who acknowledges an alert
   * by a command while this one watches. Cheap where nothing was done: to be called every second.
   */
  refresh(): void {
    for (const event of this.#unread()) {
      if (this.#isOwn(event)) continue;
      this.#gatherer.learn(event);
      this.#options.onEvent?.(event);
    }
  }

  isExpected(signal: Signal): boolean {
    return this.#gatherer.isExpected(signal);
  }

  /** Writes down what was only counted so far. The store stays open. */
  close(): void {
    this.#keep(this.#gatherer.flush());
  }

  #keep({ events, notices }: Gathered): readonly Alert[] {
    if (events.length > 0) {
      this.#append(events);
      this.#journal?.write(events.flatMap((event) => this.#line(event)));
    }
    for (const event of events) this.#options.onEvent?.(event);
    for (const notice of notices) {
      const named = this.#named(notice);
      this.#options.deliver?.(named);
      const shares = this.#options.sharesOf?.(named);
      this.#append(notice.events.map((event) => withWays(event, shares)));
    }
    return events.flatMap((event) => this.#news(event));
  }

  #append(events: readonly AlertEvent[]): void {
    // Nobody else sees what is in memory alone.
    for (const event of this.#journal === undefined ? [] : events) {
      const key = keyOf(event);
      this.#own.set(key, (this.#own.get(key) ?? 0) + 1);
    }
    this.#store.appendAlerts(events);
    if (this.#own.size > OWN) this.refresh();
  }

  *#unread(): Iterable<AlertEvent> {
    for (const { number, event } of this.#store.alertsAfter(this.#read)) {
      this.#read = number;
      yield event;
    }
  }

  #isOwn(event: AlertEvent): boolean {
    const key = keyOf(event);
    const left = this.#own.get(key) ?? 0;
    if (left > 1) this.#own.set(key, left - 1);
    else this.#own.delete(key);
    return left > 0;
  }

  #line(event: AlertEvent) {
    const alert = this.book.get(event.subject)?.alert;
    const { at, kind, by } = event;
    return alert === undefined ? [] : [{ at, event: kind, by, alert }];
  }

  #news({ kind, subject }: AlertEvent): readonly Alert[] {
    const isNews = kind === 'opened' || kind === 'worse' || kind === 'reopened';
    const alert = isNews ? this.book.get(subject)?.alert : undefined;
    return alert === undefined ? [] : [alert];
  }

  #named({ id, kind, alerts }: Told): Notice {
    const names = new Map<string, string>();
    for (const { first, last } of alerts) {
      for (const device of [...first.devices, ...last.devices]) {
        const name = this.#options.nameOf?.(device);
        if (name !== undefined) names.set(device, name);
      }
    }
    return { id, kind, alerts, names };
  }
}

/** Who did what to which alert when: no two processes do the same in one millisecond. */
function keyOf({ kind, subject, at, by }: AlertEvent): string {
  return `${kind} ${subject} ${at} ${by}`;
}

/** Minute of this machine's day: summer time is its business. */
function localMinute(at: Instant): number {
  const local = new Date(at);
  return local.getHours() * 60 + local.getMinutes();
}

function withWays(event: AlertEvent, shares: ReadonlyMap<string, Notice> | undefined): AlertEvent {
  if (event.kind !== 'told' || shares === undefined) return event;
  const to = [...shares].flatMap(([channel, { alerts }]) =>
    alerts.some(({ id }) => id === event.subject) ? [channel] : [],
  );
  return { ...event, to };
}
