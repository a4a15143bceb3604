import type { GatherOptions } from '../../src/alerts/gather.ts';
import { Gatherer } from '../../src/alerts/gather.ts';
import type { Told } from '../../src/alerts/tell.ts';
import type { Alert, Signal } from '../../src/model/alert.ts';
import type { AlertEvent } from '../../src/model/alert-event.ts';
import type { Observation } from '../../src/model/observation.ts';

/** Gathers, and keeps all that came of it, as the store and the outbox would. */
export class Desk {
  readonly gatherer: Gatherer;
  readonly events: AlertEvent[] = [];
  readonly notices: Told[] = [];

  constructor(options: GatherOptions = {}) {
    this.gatherer = new Gatherer(options);
  }

  take(...signals: readonly Signal[]): this {
    for (const one of signals) this.#keep(this.gatherer.take(one));
    return this;
  }

  tick(now: number): this {
    return this.#keep(this.gatherer.tick(now));
  }

  note(observation: Observation): this {
    return this.#keep(this.gatherer.note(observation, (address, own) => own ?? address));
  }

  act(...args: Parameters<Gatherer['act']>): this {
    return this.#keep(this.gatherer.act(...args));
  }

  expect(...args: Parameters<Gatherer['expect']>): this {
    return this.#keep(this.gatherer.expect(...args));
  }

  withdraw(...args: Parameters<Gatherer['withdraw']>): this {
    return this.#keep(this.gatherer.withdraw(...args));
  }

  flush(): this {
    return this.#keep(this.gatherer.flush());
  }

  get alerts(): readonly Alert[] {
    return [...this.gatherer.book.all()].map(({ alert }) => alert);
  }

  get open(): readonly Alert[] {
    return this.alerts.filter(({ state }) => state === 'open');
  }

  get told(): readonly string[] {
    return this.notices.map(({ kind, alerts }) => `${kind} ${alerts.map((one) => one.last.type)}`);
  }

  #keep({ events, notices }: ReturnType<Gatherer['take']>): this {
    this.events.push(...events, ...notices.flatMap((one) => one.events));
    this.notices.push(...notices);
    return this;
  }
}

export function only(desk: Desk): Alert {
  const [alert, ...more] = desk.alerts;
  if (alert === undefined || more.length > 0) throw new Error(`${desk.alerts.length} alerts`);
  return alert;
}
