import { shortId } from '../base/id.ts';
import type { Alert, Expectation, Signal } from '../model/alert.ts';
import type { AlertEvent } from '../model/alert-event.ts';
import type { Instant, Severity } from '../model/core.ts';
import { compareSeverity } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import { Absences } from './absences.ts';
import type { Known, KnownExpectation } from './book.ts';
import { AlertBook } from './book.ts';
import { actorKey, BURST_WINDOW, Bursts, burstSignal, grown, typeKey } from './bursts.ts';
import { covers } from './expect.ts';
import { endingText, endsAfter, kindOf } from './kinds.ts';
import type { LocalMinute, QuietHours } from './quiet.ts';
import { incidentFor, judge } from './relate.ts';
import type { DeviceOf } from './returns.ts';
import type { News, Told } from './tell.ts';
import { Teller } from './teller.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A jump back that is no disorder of packets: a clock was set, or an older capture is read. */
const SET_BACK = HOUR;
/** Milliseconds for which a resolved alert is opened again rather than made anew. */
const REOPENS = 30 * DAY;
/** Milliseconds between two looks at what waits, and at what is over. */
const LOOK_EVERY = 10_000;
const LOOK_AT_ALL_EVERY = 60_000;
/** A repeat is written down when its count has doubled, or after an hour. */
const RECORD_EVERY = HOUR;
const OPEN = 2000;
/** Whoever was told of a smaller fault sees in the list that it is over; it is worth no message. */
const TELLS_END_FROM: Severity = 'medium';
const US = 'portolan';
/** What comes of most that is seen. */
const NOTHING: Gathered = { events: [], notices: [] };

export interface GatherOptions {
  /** What happened before, from the store. */
  readonly events?: Iterable<AlertEvent>;
  readonly quiet?: QuietHours;
  readonly localMinute?: LocalMinute;
  /** Open alerts at most; beyond, one alert of each type stands for the rest. */
  readonly maxOpen?: number;
  /** Least severity that anybody is told of. */
  readonly tellFrom?: Severity;
}

/** What came of it: to be stored, then to be told. */
export interface Gathered {
  readonly events: readonly AlertEvent[];
  readonly notices: readonly Told[];
}

export type Act =
  | { readonly kind: 'acknowledged'; readonly note: string }
  | { readonly kind: 'reopened'; readonly note: string }
  | { readonly kind: 'resolved'; readonly note: string }
  | { readonly kind: 'snoozed'; readonly until: Instant; readonly note: string };

/**
 * Makes alerts of signals, and incidents of alerts; decides who is told when. The same signals give
 * the same alerts: time is only in the data. What it holds is bounded, and what it drops it counts.
 *
 * - Signals of one key are one alert; a repeat raises its counter and tells nobody.
 * - What is related by its cause and near in time is one incident; only what makes an incident worse
 *   is told at once, the rest with the next digest.
 * - What can turn out to be nothing (a silence, a closed port) waits until it is settled.
 */
export class Gatherer {
  readonly book: AlertBook;
  /** Signals that went into the alert of a burst for want of room. */
  dropped = 0;
  readonly #options: GatherOptions;
  readonly #bursts = new Bursts();
  readonly #teller: Teller;
  readonly #absences: Absences;
  #now = Number.NEGATIVE_INFINITY;
  #lastLook = Number.NEGATIVE_INFINITY;
  #lastLookAtAll = Number.NEGATIVE_INFINITY;
  #events: AlertEvent[] = [];

  constructor(options: GatherOptions = {}) {
    this.#options = options;
    this.book = new AlertBook(options.events);
    const { quiet, localMinute = () => 0 } = options;
    this.#teller = new Teller(this.book, quiet, localMinute);
    this.#absences = new Absences(this.book);
  }

  /** Silences and closed ports that were over before they became an alert. */
  get settled(): number {
    return this.#absences.settled;
  }

  /** Takes in what a detector says. */
  take(signal: Signal): Gathered {
    this.#advance(signal.at);
    const expected = this.#expected(signal);
    if (expected !== undefined) this.#hide(expected, signal.at);
    else this.#receive(signal);
    return this.#gathered();
  }

  /** Time went on. */
  tick(now: Instant): Gathered {
    this.#advance(now);
    return this.#gathered();
  }

  /** Something was seen: what was silent may be back. Costs nothing while nothing is missed. */
  note(observation: Observation, deviceOf: DeviceOf): Gathered {
    this.#advance(observation.at);
    for (const known of this.#absences.seen(observation, deviceOf)) {
      this.#resolve(known, observation.at);
    }
    return this.#gathered();
  }

  /** A person's word on an alert. @returns nothing where there is no such alert */
  act(id: string, act: Act, at: Instant, by: string): Gathered {
    const known = this.book.get(id);
    if (known === undefined) return this.#gathered();
    const stamp = { subject: id, at, by };
    if (act.kind === 'reopened') {
      this.#emit({ ...act, ...stamp, count: known.alert.count, tell: false });
    } else if (act.kind === 'resolved') this.#emit({ ...act, ...stamp, tell: false });
    else this.#emit({ ...act, ...stamp });
    return this.#gathered();
  }

  /** From now on it is expected; what is open and covered is resolved. */
  expect(expectation: Expectation): Gathered {
    const { id, at, by } = expectation;
    this.#emit({ kind: 'expected', subject: id, at, by, expectation });
    for (const { alert } of [...this.book.open()]) {
      if (!covers(expectation, alert.last, at)) continue;
      const note = `expected (${id})`;
      this.#emit({ kind: 'resolved', subject: alert.id, at, by, note, tell: false });
    }
    return this.#gathered();
  }

  withdraw(id: string, at: Instant, by: string): Gathered {
    if (this.book.expectation(id) !== undefined) {
      this.#emit({ kind: 'withdrawn', subject: id, at, by, note: '' });
    }
    return this.#gathered();
  }

  /** Somebody else did it, who stored it too: it is only to be known here. */
  learn(event: AlertEvent): void {
    this.book.apply(event);
    this.#absences.changed(event.subject);
  }

  /** For the detectors, so that they need not say what nobody wants to hear. */
  isExpected(signal: Signal): boolean {
    return this.#expected(signal) !== undefined;
  }

  /** Writes down the repeats that are not in the log yet: before the program ends. */
  flush(): Gathered {
    for (const known of this.book.all()) {
      if (known.alert.count > known.recorded) this.#record(known, this.#now);
    }
    for (const { expectation, hidden } of this.book.expectations()) {
      if (isDoubled(hidden)) continue;
      this.#emit({ kind: 'hidden', subject: expectation.id, at: this.#now, by: US, count: hidden });
    }
    return this.#gathered();
  }

  #receive(signal: Signal): void {
    const known = this.book.byKey(signal.key);
    const isOld = known?.alert.state === 'resolved' && signal.at - known.alert.changedAt > REOPENS;
    if (known !== undefined && !isOld && !isPartOfBurst(known)) {
      this.#again(known, signal);
      return;
    }
    if (!this.#absences.waits(signal)) this.#begin(signal);
  }

  /** A signal that nothing like it came before. */
  #begin(signal: Signal): void {
    const isFull = this.book.openCount >= (this.#options.maxOpen ?? OPEN);
    if (isFull) this.dropped += 1;
    const running = this.#runningBurst(signal, isFull);
    if (running !== undefined) {
      const { first, last } = running.alert;
      this.#again(running, grown(last, signal, first.at));
      return;
    }
    if (isFull) {
      this.#open(burstSignal(typeKey(signal.type), [], signal));
      return;
    }
    const burst = this.#bursts.of(signal);
    if (burst === undefined) this.#bursts.note(signal, this.#open(signal));
    else this.#openBurst(burst.key, burst.members, signal);
  }

  /** @param isFull then one that ended long ago must do */
  #runningBurst(signal: Signal, isFull: boolean): Known | undefined {
    return [actorKey(signal), typeKey(signal.type)]
      .map((key) => this.book.byKey(key))
      .find((known) => known !== undefined && (isRunning(known, signal.at) || isFull));
  }

  /** One alert for all; those that were there are counted in it, unless a person has dealt with them. */
  #openBurst(key: string, members: readonly string[], signal: Signal): void {
    const parts = members.flatMap((member) => this.book.get(member) ?? []);
    const firsts = parts.map(({ alert }) => alert.first);
    const id = this.#open(burstSignal(key, firsts, signal));
    for (const { alert } of parts) {
      if (alert.state !== 'open') continue;
      const note = `${BURST_NOTE} ${id}`;
      const stamp = { subject: alert.id, at: signal.at, by: US };
      this.#emit({ kind: 'resolved', ...stamp, note, tell: false });
    }
  }

  #open(signal: Signal): string {
    const id = this.#freeId(signal);
    const joined = incidentFor(signal, this.book.open());
    const incident = joined ?? id.replace('PTL-A-', 'PTL-I-');
    const others = this.book.incident(incident);
    const { severity, raised } = judge(signal, others);
    const tell = this.#isTold(severity);
    // What had to settle first is told now, and not when it began.
    const at = this.#now;
    const stamp = { subject: id, at, by: US };
    this.#emit({ kind: 'opened', ...stamp, incident, signal, severity, raised, tell });
    if (tell) this.#tell(id, 'opened', at);
    return id;
  }

  #again(known: Known, signal: Signal): void {
    const { alert } = known;
    const isWorse = compareSeverity(signal.severity, signalled(alert)) > 0;
    if (alert.state === 'resolved') this.#reopen(known, signal);
    else if (isWorse) this.#worsen(known, signal);
    else {
      this.book.count(known, signal);
      const counted = this.book.get(alert.id) ?? known;
      const isDue =
        counted.alert.count >= counted.recorded * 2 ||
        signal.at - counted.recordedAt >= RECORD_EVERY;
      if (isDue) this.#record(counted, signal.at);
    }
  }

  #reopen({ alert, toldAt, toldSeverity }: Known, signal: Signal): void {
    const { at } = signal;
    const isPersons = alert.changedBy !== US;
    const wasTold = toldAt !== undefined && at - toldAt < DAY;
    const isWorse =
      toldSeverity === undefined || compareSeverity(signal.severity, toldSeverity) > 0;
    const tell = this.#isTold(signal.severity) && (isPersons || !wasTold || isWorse);
    const stamp = { subject: alert.id, at, by: US };
    const note = 'it was seen again';
    this.#emit({ kind: 'reopened', ...stamp, signal, count: alert.count + 1, note, tell });
    if (tell) this.#tell(alert.id, 'opened', at);
  }

  #worsen({ alert }: Known, signal: Signal): void {
    const { severity: most, raised } = judge(signal, this.#othersOf(alert));
    const severity = compareSeverity(most, alert.severity) > 0 ? most : alert.severity;
    const isHeld = alert.state === 'snoozed' && severity !== 'critical';
    const tell = this.#isTold(severity) && severity !== alert.severity && !isHeld;
    const stamp = { subject: alert.id, at: signal.at, by: US };
    const count = alert.count + 1;
    this.#emit({ kind: 'worse', ...stamp, signal, count, severity, raised, tell });
    if (tell) this.#tell(alert.id, 'worse', signal.at);
  }

  #record({ alert }: Known, at: Instant): void {
    const { id: subject, last: signal, count } = alert;
    this.#emit({ kind: 'repeated', subject, at, by: US, signal, count });
  }

  #advance(at: Instant): void {
    if (this.#now - at > SET_BACK) {
      this.#bursts.reset();
      this.#teller.reset(at);
      this.#absences.reset(at);
      this.#lastLook = Number.NEGATIVE_INFINITY;
      this.#lastLookAtAll = Number.NEGATIVE_INFINITY;
      this.#now = at;
    }
    this.#now = Math.max(this.#now, at);
    if (this.#now - this.#lastLook < LOOK_EVERY) return;
    this.#lastLook = this.#now;
    for (const signal of this.#absences.due(this.#now)) this.#begin(signal);
    if (this.#now - this.#lastLookAtAll >= LOOK_AT_ALL_EVERY) {
      this.#lastLookAtAll = this.#now;
      for (const known of [...this.book.open()]) this.#look(known, this.#now);
    }
    this.#teller.digestIfDue(this.#now);
  }

  /** Whether it is over, or its snooze is. */
  #look(known: Known, now: Instant): void {
    const { alert } = known;
    if (alert.state === 'snoozed') {
      if (now >= (alert.snoozedUntil ?? 0)) this.#wake(known, now);
      return;
    }
    const after = endsAfter(alert.last.type, alert.last.devices.length);
    const since = now - Math.max(alert.last.at, alert.changedAt);
    if (after !== undefined && since >= after) this.#resolve(known, now, after);
  }

  #wake({ alert, snoozedCount }: Known, at: Instant): void {
    const { id: subject, count, severity } = alert;
    const tell = count > snoozedCount && this.#isTold(severity);
    const note = 'its snooze is over';
    this.#emit({ kind: 'reopened', subject, at, by: US, count, note, tell });
    if (tell) this.#tell(subject, 'opened', at);
  }

  /** Its cause is gone. Who was told of it is told, where that is news. */
  #resolve({ alert, owed, toldAt, isEndTold }: Known, at: Instant, after?: number): void {
    const { tellsEnd, ending } = kindOf(alert.last.type);
    const isMinor = compareSeverity(alert.severity, TELLS_END_FROM) < 0;
    // Where it came back without a word, it also goes without one.
    const isNews = tellsEnd && !isMinor && toldAt !== undefined && isEndTold !== true;
    const tell = owed || (isNews && alert.state === 'open');
    const isOtherwise = after !== undefined && !('after' in ending);
    const note = endingText(isOtherwise ? { how: 'quiet', after } : ending);
    this.#emit({ kind: 'resolved', subject: alert.id, at, by: US, note, tell });
    if (tell && !owed) this.#tell(alert.id, 'resolved', at);
  }

  #expected(signal: Signal): KnownExpectation | undefined {
    for (const known of this.book.expectations()) {
      if (covers(known.expectation, signal)) return known;
    }
    return undefined;
  }

  #hide(known: KnownExpectation, at: Instant): void {
    const hidden = this.book.countHidden(known);
    if (!isDoubled(hidden)) return;
    this.#emit({ kind: 'hidden', subject: known.expectation.id, at, by: US, count: hidden });
  }

  #isTold(severity: Severity): boolean {
    return compareSeverity(severity, this.#options.tellFrom ?? 'low') >= 0;
  }

  #tell(id: string, kind: News, at: Instant): void {
    const known = this.book.get(id);
    if (known !== undefined) this.#teller.tell(known, kind, at);
  }

  #othersOf({ id, incident }: Alert): readonly Known[] {
    return this.book.incident(incident).filter((known) => known.alert.id !== id);
  }

  /** Longer where it is taken. */
  #freeId({ key, at }: Signal): string {
    for (let length = 4; ; length += 1) {
      const id = shortId('A', `${key} ${at}`, length);
      if (this.book.get(id) === undefined) return id;
    }
  }

  #emit(event: AlertEvent): void {
    this.book.apply(event);
    this.#absences.changed(event.subject);
    this.#events.push(event);
  }

  #gathered(): Gathered {
    const notices = this.#teller.notices();
    if (this.#events.length === 0 && notices.length === 0) return NOTHING;
    const gathered = { events: this.#events, notices };
    this.#events = [];
    return gathered;
  }
}

const BURST_NOTE = 'counted in';

/** It was resolved because one alert stands for many like it. */
function isPartOfBurst({ alert }: Known): boolean {
  if (alert.state !== 'resolved' || alert.changedBy !== US) return false;
  return alert.note?.startsWith(BURST_NOTE) === true;
}

/** The worst that the signals themselves said. */
function signalled({ first, last }: Alert): Severity {
  return compareSeverity(last.severity, first.severity) > 0 ? last.severity : first.severity;
}

function isRunning({ alert }: Known, at: Instant): boolean {
  return alert.state !== 'resolved' && Math.abs(at - alert.last.at) < BURST_WINDOW;
}

/** 0, 1, 2, 4, 8 …: what is counted is written down each time. */
function isDoubled(count: number): boolean {
  return (count & (count - 1)) === 0;
}
