import type { Alert, Expectation, Signal } from '../model/alert.ts';
import type { AlertChange, AlertEvent, AlertOpened } from '../model/alert-event.ts';
import type { Instant, Severity } from '../model/core.ts';
import { compareSeverity } from '../model/core.ts';

/** Resolved alerts that are remembered, so that they can be opened again. */
const KEEP_RESOLVED = 4096;

/** An alert, and what was told of it. */
export interface Known {
  readonly alert: Alert;
  /** Somebody is still to be told. */
  readonly owed: boolean;
  /** When somebody was told last, and of what severity it was then. */
  readonly toldAt?: Instant;
  readonly toldSeverity?: Severity;
  /** That it was over was told, and nothing of it since. */
  readonly isEndTold?: boolean;
  /** The count that is in the log, and of when. */
  readonly recorded: number;
  readonly recordedAt: Instant;
  /** Its count when it was snoozed last. */
  readonly snoozedCount: number;
}

export interface KnownExpectation {
  readonly expectation: Expectation;
  /** Signals that made no alert for its sake. */
  readonly hidden: number;
}

/** What the events say: alerts and expectations as they are now. */
export class AlertBook {
  /** Every open one, and the resolved ones that are remembered, oldest first. */
  readonly #known = new Map<string, Known>();
  readonly #idOfKey = new Map<string, string>();
  readonly #incidents = new Map<string, Set<string>>();
  readonly #expectations = new Map<string, KnownExpectation>();
  readonly #resolved = new Set<string>();
  readonly #keepResolved: number;

  constructor(events: Iterable<AlertEvent> = [], keepResolved: number = KEEP_RESOLVED) {
    this.#keepResolved = keepResolved;
    for (const event of events) this.apply(event);
  }

  get openCount(): number {
    return this.#known.size - this.#resolved.size;
  }

  get(id: string): Known | undefined {
    return this.#known.get(id);
  }

  byKey(key: string): Known | undefined {
    const id = this.#idOfKey.get(key);
    return id === undefined ? undefined : this.#known.get(id);
  }

  /** In the order in which they were opened. */
  all(): Iterable<Known> {
    return this.#known.values();
  }

  /** Those that are not resolved. */
  *open(): Iterable<Known> {
    for (const known of this.#known.values()) {
      if (known.alert.state !== 'resolved') yield known;
    }
  }

  incident(id: string): readonly Known[] {
    return [...(this.#incidents.get(id) ?? [])].flatMap((one) => this.#known.get(one) ?? []);
  }

  expectations(): Iterable<KnownExpectation> {
    return this.#expectations.values();
  }

  expectation(id: string): KnownExpectation | undefined {
    return this.#expectations.get(id);
  }

  /** Events about what is not known any more change nothing. */
  apply(event: AlertEvent): void {
    const { subject } = event;
    if (event.kind === 'opened') this.#add(event);
    else if (event.kind === 'withdrawn') this.#expectations.delete(subject);
    else if (event.kind === 'expected') {
      this.#expectations.set(subject, { expectation: event.expectation, hidden: 0 });
    } else if (event.kind === 'hidden') {
      const known = this.#expectations.get(subject);
      if (known !== undefined) this.#expectations.set(subject, { ...known, hidden: event.count });
    } else {
      const known = this.#known.get(subject);
      if (known !== undefined) this.#set(changed(known, event));
    }
  }

  /** A repeat that is not written down yet. */
  count(known: Known, signal: Signal): void {
    const { alert } = known;
    this.#set({ ...known, alert: { ...alert, last: signal, count: alert.count + 1 } });
  }

  /** Of the same kind as `count`: it is written down now and then. */
  countHidden({ expectation, hidden }: KnownExpectation): number {
    this.#expectations.set(expectation.id, { expectation, hidden: hidden + 1 });
    return hidden + 1;
  }

  #add(event: AlertOpened): void {
    const { subject, incident, signal, severity, raised, at, tell } = event;
    this.#forget(subject);
    const members = this.#incidents.get(incident) ?? new Set();
    this.#incidents.set(incident, members.add(subject));
    this.#idOfKey.set(signal.key, subject);
    this.#known.set(subject, {
      alert: {
        id: subject,
        incident,
        first: signal,
        last: signal,
        severity,
        ...(raised.length === 0 ? {} : { raised }),
        count: 1,
        state: 'open',
        changedAt: at,
      },
      owed: tell,
      recorded: 1,
      recordedAt: at,
      snoozedCount: 0,
    });
  }

  #set(known: Known): void {
    const { id, state } = known.alert;
    this.#known.set(id, known);
    if (state !== 'resolved') {
      this.#resolved.delete(id);
      return;
    }
    this.#resolved.add(id);
    if (this.#resolved.size <= this.#keepResolved) return;
    const [oldest = id] = this.#resolved;
    this.#forget(oldest);
  }

  #forget(id: string): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    const { incident, first } = known.alert;
    this.#known.delete(id);
    this.#resolved.delete(id);
    if (this.#idOfKey.get(first.key) === id) this.#idOfKey.delete(first.key);
    const members = this.#incidents.get(incident);
    members?.delete(id);
    if (members?.size === 0) this.#incidents.delete(incident);
  }
}

function changed(known: Known, event: AlertChange): Known {
  const { alert } = known;
  switch (event.kind) {
    case 'repeated':
      return recorded({ ...known, alert: { ...alert, last: event.signal } }, event);
    case 'worse': {
      const { signal, severity, raised } = event;
      const isRaised = raised.length === 0 ? {} : { raised };
      const state = event.tell ? 'open' : alert.state;
      const next: Alert = { ...alert, last: signal, severity, state, ...isRaised, ...stamp(event) };
      return recorded({ ...known, owed: known.owed || event.tell, alert: next }, event);
    }
    case 'reopened': {
      const { snoozedUntil: _, ...rest } = alert;
      const last = event.signal ?? alert.last;
      const severity =
        compareSeverity(last.severity, rest.severity) > 0 ? last.severity : rest.severity;
      const next: Alert = { ...rest, last, severity, state: 'open', ...stamp(event) };
      return recorded({ ...known, owed: event.tell, alert: next }, event);
    }
    case 'told':
      return {
        ...{ ...known, owed: false, toldAt: event.at, toldSeverity: alert.severity },
        isEndTold: alert.state === 'resolved',
      };
    case 'acknowledged':
      return { ...known, owed: false, alert: { ...alert, state: 'acknowledged', ...stamp(event) } };
    case 'snoozed': {
      const { until: snoozedUntil } = event;
      const next: Alert = { ...alert, state: 'snoozed', snoozedUntil, ...stamp(event) };
      return { ...known, owed: false, snoozedCount: alert.count, alert: next };
    }
    case 'resolved': {
      const { snoozedUntil: _, ...rest } = alert;
      const next: Alert = { ...rest, state: 'resolved', ...stamp(event) };
      return { ...known, owed: event.tell, alert: next };
    }
  }
}

function recorded(known: Known, { at, count }: { at: Instant; count: number }): Known {
  return { ...known, alert: { ...known.alert, count }, recorded: count, recordedAt: at };
}

function stamp(event: { readonly at: Instant; readonly by: string; readonly note?: string }): {
  changedAt: Instant;
  changedBy: string;
  note?: string;
} {
  const { at: changedAt, by: changedBy, note = '' } = event;
  return { changedAt, changedBy, ...(note === '' ? {} : { note }) };
}
