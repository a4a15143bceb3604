import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { AlertBook, Known } from './book.ts';
import { kindOf } from './kinds.ts';
import type { DeviceOf, Heard } from './returns.ts';
import { heardIn, isBack } from './returns.ts';

/** Signals that wait at most. */
const WAITING = 1024;
const NOBODY: readonly Known[] = [];

interface Waiting {
  readonly signal: Signal;
  readonly due: Instant;
}

/**
 * What is missed: a device that is silent, a port that is closed. It waits until it is settled before
 * it becomes an alert, so that what flaps is none; and it ends when what was missed is seen again.
 */
export class Absences {
  /** What was back before it became an alert. */
  settled = 0;
  readonly #book: AlertBook;
  #waiting: readonly Waiting[] = [];
  /** Ids of the alerts that end so, by the device that is missed. */
  readonly #missed = new Map<string, Set<string>>();

  constructor(book: AlertBook) {
    this.#book = book;
    for (const known of book.open()) this.#miss(known);
  }

  /** @returns whether it waits; otherwise it is an alert now */
  waits(signal: Signal): boolean {
    const { settles } = kindOf(signal.type);
    if (settles === 0 || signal.devices.length > 1) return false;
    if (this.#waiting.some((one) => one.signal.key === signal.key)) return true;
    if (this.#waiting.length >= WAITING) return false;
    this.#waiting = [...this.#waiting, { signal, due: signal.at + settles }];
    return true;
  }

  /** Those that have waited long enough. */
  due(now: Instant): readonly Signal[] {
    const due = this.#waiting.filter((one) => one.due <= now);
    if (due.length === 0) return [];
    this.#waiting = this.#waiting.filter((one) => one.due > now);
    return due.map(({ signal }) => signal);
  }

  /** A clock was set: what waits is due. */
  reset(at: Instant): void {
    this.#waiting = this.#waiting.map(({ signal }) => ({ signal, due: at }));
  }

  /** Something happened to an alert. */
  changed(id: string): void {
    const known = this.#book.get(id);
    if (known === undefined || absenceOf(known.alert.last) === undefined) return;
    if (known.alert.state !== 'resolved') this.#miss(known);
    else this.#unmiss(known);
  }

  /** Alerts that are over by what is seen. Costs next to nothing while nothing is missed. */
  seen(observation: Observation, deviceOf: DeviceOf): readonly Known[] {
    if (this.#missed.size === 0 && this.#waiting.length === 0) return NOBODY;
    const heard = heardIn(observation, deviceOf);
    for (const { device } of heard) if (this.#isMissed(device)) return this.#backBy(heard);
    return NOBODY;
  }

  #backBy(heard: readonly Heard[]): readonly Known[] {
    const isSeen = (signal: Signal): boolean => heard.some((one) => isOver(signal, one));
    const left = this.#waiting.filter(({ signal }) => !isSeen(signal));
    this.settled += this.#waiting.length - left.length;
    if (left.length < this.#waiting.length) this.#waiting = left;
    return heard
      .flatMap(({ device }) => [...(this.#missed.get(device) ?? [])])
      .flatMap((id) => this.#book.get(id) ?? [])
      .filter(({ alert }) => alert.state !== 'resolved' && isSeen(alert.last));
  }

  #isMissed(device: string): boolean {
    return (
      this.#missed.has(device) ||
      this.#waiting.some(({ signal }) => signal.devices.includes(device))
    );
  }

  #miss({ alert }: Known): void {
    const [device = ''] = alert.last.devices;
    if (absenceOf(alert.last) === undefined) return;
    const ids = this.#missed.get(device);
    if (ids === undefined) this.#missed.set(device, new Set([alert.id]));
    else ids.add(alert.id);
  }

  #unmiss({ alert }: Known): void {
    const [device = ''] = alert.last.devices;
    const ids = this.#missed.get(device);
    ids?.delete(alert.id);
    if (ids?.size === 0) this.#missed.delete(device);
  }
}

function absenceOf({ type }: Signal): 'heard' | 'answers' | undefined {
  const { how } = kindOf(type).ending;
  return how === 'heard' || how === 'answers' ? how : undefined;
}

function isOver(signal: Signal, heard: Heard): boolean {
  const how = absenceOf(signal);
  return how !== undefined && isBack(signal, how, heard);
}
