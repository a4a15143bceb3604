import { setImmediate } from 'node:timers/promises';
import type { Detector } from '../../detectors/detector.ts';
import { Monitor } from '../../detectors/monitor.ts';
import { OwnScans } from '../../flows/own-scans.ts';
import { documentedFor } from '../../knowledge/announced.ts';
import type { Category, Instant } from '../../model/core.ts';
import type { Observation } from '../../model/observation.ts';
import type { TlsExpectation } from '../../model/tls-profile.ts';
import type { AlertKeeper } from './keeper.ts';
import { OwnTraffic } from './own-traffic.ts';
import type { PastStore } from './past.ts';
import { past } from './past.ts';

const DAY = 86_400_000;
/** Observations that are held while the past is read; beyond that they are dropped, and counted. */
const HELD = 100_000;
/** Milliseconds for which others wait while the past is read. */
const SLICE = 10;

export interface AlertWatchOptions {
  readonly keeper: AlertKeeper;
  readonly detectors: readonly Detector[];
  /** So long all that is done is taken as usual. */
  readonly learnDays: number;
  categoryOf?(device: string): Category | 'unknown';
  /** Whether the policy lets it be opened; undefined: it says nothing (`policy-watch.ts`). */
  mayOpen?(observation: Observation): boolean | undefined;
  /** Scans of ours that were under way then: what they do is nothing to warn of (`own-traffic.ts`). */
  ownScans?(since: Instant, until: Instant): OwnScans;
  /** What its MUD file says of the TLS of a device (`tls-profiles.ts`). */
  tlsProfileOf?(device: string): readonly TlsExpectation[] | undefined;
}

/** What happens → detectors → alerts, while it happens. */
export class AlertWatch {
  readonly #keeper: AlertKeeper;
  readonly #monitor: Monitor;
  readonly #learnDays: number;
  readonly #ownScans: NonNullable<AlertWatchOptions['ownScans']>;
  readonly #ownTraffic = new OwnTraffic();
  /** What came while the past is read: it is looked at after it. */
  #held: Observation[] | undefined;
  #untaken = 0;

  constructor(options: AlertWatchOptions) {
    const { keeper, detectors, learnDays, categoryOf, mayOpen, tlsProfileOf } = options;
    const { ownScans = () => NO_SCANS } = options;
    this.#keeper = keeper;
    this.#learnDays = learnDays;
    this.#ownScans = ownScans;
    this.#monitor = new Monitor({
      detectors,
      learnDays,
      documented: documentedFor,
      isExpected: (signal) => keeper.isExpected(signal),
      ...(categoryOf === undefined ? {} : { categoryOf }),
      ...(mayOpen === undefined ? {} : { mayOpen }),
      ...(tlsProfileOf === undefined ? {} : { tlsProfileOf }),
    });
  }

  /** What was not looked at for want of room. */
  get untaken(): number {
    return this.#untaken;
  }

  take(observations: readonly Observation[]): void {
    if (this.#held === undefined) {
      this.#seeAll(observations);
      return;
    }
    const room = Math.max(0, HELD - this.#held.length);
    this.#held.push(...observations.slice(0, room));
    this.#untaken += Math.max(0, observations.length - room);
  }

  /** Time went on, whether or not anything was seen, and others may have done something. */
  tick(now: Instant): void {
    this.#keeper.refresh();
    if (this.#held !== undefined) return;
    for (const signal of this.#monitor.tick(now)) this.#keeper.take(signal);
    this.#keeper.tick(now);
  }

  /**
   * Learns again from stored flows and evidence what it knew before the start, in slices between which everybody
   * else has a turn. What it says of the past was said then. Where it is ended before it knows what is
   * usual, it judges nothing.
   */
  async learn(store: PastStore, now: Instant, signal?: AbortSignal): Promise<void> {
    this.#held = [];
    try {
      await this.#learn(store, now, signal);
    } finally {
      const held = this.#held;
      this.#held = undefined;
      if (signal?.aborted === true) this.#untaken += held.length;
      else this.take(held);
    }
  }

  async #learn(store: PastStore, now: Instant, signal?: AbortSignal): Promise<void> {
    const turn = new Turn();
    for (const observation of past(store, now - this.#learnDays * DAY, now)) {
      if (observation !== undefined) this.#monitor.see(observation);
      if (turn.isOver()) await turn.next();
      if (signal?.aborted === true) return;
    }
  }

  #seeAll(observations: readonly Observation[]): void {
    const [first] = observations;
    if (first === undefined) return;
    const { since, until } = observations.reduce(
      (span, { at }) => ({ since: Math.min(span.since, at), until: Math.max(span.until, at) }),
      { since: first.at, until: first.at },
    );
    const scans = this.#ownScans(since, until);
    for (const observation of observations) {
      if (!this.#ownTraffic.has(observation, scans)) this.#see(observation);
    }
  }

  #see(observation: Observation): void {
    this.#keeper.note(observation, this.#monitor.context.deviceOf);
    for (const signal of this.#monitor.see(observation)) this.#keeper.take(signal);
  }
}

const NO_SCANS = new OwnScans([]);

/** Work in slices. */
class Turn {
  #since = performance.now();

  isOver(): boolean {
    return performance.now() - this.#since >= SLICE;
  }

  async next(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
