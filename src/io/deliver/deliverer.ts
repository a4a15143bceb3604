import { randomUUID } from 'node:crypto';
import type { Notice, NoticeDevice } from '../../notifiers/notifier.ts';
import type { Settings } from '../config.ts';
import type { OutboxEntry, Settlement } from '../store/outbox.ts';
import type { Store } from '../store/store.ts';
import type { ChannelConfig } from './channel-settings.ts';
import type { Outcome } from './outcome.ts';
import { messageOf } from './outcome.ts';
import { DIGEST_PREFIX, DIRECT, digestOf, HOLD, HOUR, merged } from './overflow.ts';
import { Router } from './router.ts';
import type { Send } from './send.ts';
import { sender } from './send.ts';

/** After so many tries, two days of them, it is parked. */
const TRIES = 60;
/** Milliseconds before the second try; each further one doubles it, up to an hour. */
const FIRST_WAIT = 5000;
/** Milliseconds for which a row is ours while we try; far more than a try takes. */
const LEASE = 60_000;
/** Milliseconds after which we look again: another process may have put something there. */
const LOOK_EVERY = 30_000;
/** Milliseconds for which the end waits for what is under way. */
const PATIENCE = 5000;

export interface DelivererOptions {
  readonly settings: Pick<Settings, 'channels' | 'alerts' | 'zones'>;
  /** Of the product. */
  readonly version: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** What is known of the device with this MAC or address. */
  describe?(key: string): NoticeDevice | undefined;
  /** Where a person can look at what a notice is about. */
  link?(notice: Notice): string | undefined;
  /** For whoever runs it: a channel fails, works again, something was parked. A line. */
  log?(text: string): void;
  /** Number from 0 to 1, for the jitter. */
  random?(): number;
  /** What brings it there; by default the real thing. */
  readonly send?: Send;
}

/**
 * Takes notices, keeps them in the store and brings them to their channels: at least once, in order
 * within a channel, again after a failure and after a restart. Several processes may do it at once
 * on one store.
 */
export class Deliverer {
  readonly #outbox: Store['outbox'];
  readonly #options: DelivererOptions;
  readonly #channels: Readonly<Record<string, ChannelConfig>>;
  readonly #router: Router;
  readonly #send: Send;
  readonly #owner = randomUUID();
  readonly #end = new AbortController();
  /** Channel → what is under way. */
  readonly #busy = new Map<string, Promise<void>>();
  readonly #failing = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;

  constructor(store: Pick<Store, 'outbox'>, options: DelivererOptions) {
    this.#outbox = store.outbox;
    this.#options = options;
    this.#channels = options.settings.channels;
    this.#router = new Router(options.settings);
    this.#send = options.send ?? sender(options.version);
  }

  /** Names of the channels that are configured. */
  get channels(): readonly string[] {
    return Object.keys(this.#channels);
  }

  /**
   * Puts a notice into the outbox of every channel that is to have it. When this returns, it is kept.
   *
   * @throws PortolanError where the store cannot keep it
   */
  deliver(notice: Notice): void {
    const now = this.#options.now();
    for (const [channel, share] of this.sharesOf(notice)) this.#queue(channel, share, now);
    if (this.#isStarted) this.#schedule(0);
  }

  /** Channel → what of a notice is for it. */
  sharesOf(notice: Notice): ReadonlyMap<string, Notice> {
    return this.#router.share(this.#described(notice));
  }

  /** Delivers from now on whenever something is due, until `close`. */
  start(): void {
    this.#isStarted = true;
    this.#schedule(0);
  }

  /** Tries everything that is due now, in all channels at once and in order within each. */
  async sendDue(): Promise<void> {
    await Promise.all(this.channels.map((channel) => this.#drain(channel)));
  }

  /** Sends a test message now, past the outbox. */
  async test(channel: string): Promise<Outcome> {
    const now = this.#options.now();
    const notice: Notice = { id: `test-${now}`, kind: 'test', alerts: [], names: new Map() };
    return await this.#try(channel, notice);
  }

  /** Gives what is under way some time; the rest stays in the outbox for the next start. */
  async close(patience: number = PATIENCE): Promise<void> {
    this.#isStarted = false;
    clearTimeout(this.#timer);
    const underway = Promise.all(this.#busy.values());
    const limit = setTimeout(() => this.#end.abort(), patience);
    await underway;
    clearTimeout(limit);
    this.#end.abort();
  }

  #described(notice: Notice): Notice {
    const { describe, link } = this.#options;
    const devices = new Map(notice.devices);
    for (const key of notice.alerts.flatMap(({ last }) => last.devices)) {
      const device = devices.get(key) ?? describe?.(key);
      if (device !== undefined) devices.set(key, device);
    }
    const where = notice.link ?? link?.(notice);
    return {
      ...notice,
      ...(devices.size === 0 ? {} : { devices }),
      ...(where === undefined ? {} : { link: where }),
    };
  }

  #queue(channel: string, notice: Notice, now: number): void {
    if (this.#outbox.countSince(channel, now - HOUR) < DIRECT) {
      this.#outbox.add(channel, notice, now);
      return;
    }
    const isGrown = this.#outbox.grow(channel, DIGEST_PREFIX, (waiting) => merged(waiting, notice));
    if (!isGrown) this.#outbox.add(channel, digestOf(notice), now, now + HOLD);
  }

  #schedule(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), Math.min(wait, LOOK_EVERY));
    // Nobody is kept from ending by what can wait for the next start.
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    try {
      await this.sendDue();
      if (!this.#isStarted) return;
      const now = this.#options.now();
      const next = this.#outbox.nextDue(this.channels, now) ?? now + LOOK_EVERY;
      // A row that is due and was not taken is another process's: no need to hurry.
      this.#schedule(Math.max(next - now, 1000));
    } catch (error) {
      this.#log(`The outbox cannot be read: ${messageOf(error)}`);
      if (this.#isStarted) this.#schedule(LOOK_EVERY);
    }
  }

  /** One at a time in a channel: that is what keeps the order. */
  #drain(channel: string): Promise<void> {
    const before = this.#busy.get(channel);
    if (before !== undefined) return before;
    const work = this.#drainOnce(channel).finally(() => this.#busy.delete(channel));
    this.#busy.set(channel, work);
    return work;
  }

  async #drainOnce(channel: string): Promise<void> {
    const lease = LEASE + 1000 * timeoutOf(this.#channels[channel]);
    while (!this.#end.signal.aborted) {
      const entry = this.#outbox.claim(channel, this.#owner, this.#options.now(), lease);
      if (entry === undefined) return;
      const outcome = await this.#try(channel, entry.notice);
      const how = this.#settlement(entry, outcome);
      this.#outbox.settle(entry.id, this.#owner, how, this.#options.now());
      this.#report(channel, how);
      if (how.kind === 'failed') return;
    }
  }

  async #try(channel: string, notice: Notice): Promise<Outcome> {
    const config = this.#channels[channel];
    if (config === undefined) return { kind: 'refused', why: 'there is no such channel' };
    const now = this.#options.now();
    try {
      return await this.#send(notice, config, { now, signal: this.#end.signal });
    } catch (error) {
      return { kind: 'later', why: messageOf(error) };
    }
  }

  #settlement({ tries }: OutboxEntry, outcome: Outcome): Settlement {
    if (outcome.kind === 'delivered') return { kind: 'sent' };
    if (outcome.kind === 'refused' || tries >= TRIES) return { kind: 'parked', error: outcome.why };
    const jitter = 0.5 + (this.#options.random ?? Math.random)();
    const wait = Math.min(FIRST_WAIT * 2 ** (tries - 1), HOUR) * jitter;
    const notBefore = this.#options.now() + Math.max(wait, outcome.after ?? 0);
    return { kind: 'failed', error: outcome.why, notBefore };
  }

  /** A word when a channel begins to fail and when it works again, and for each that was parked. */
  #report(channel: string, how: Settlement): void {
    if (how.kind === 'parked') {
      this.#log(`${channel}: not delivered: ${how.error}. After mending it: portolan notify retry`);
    } else if (how.kind === 'failed' && !this.#failing.has(channel)) {
      this.#failing.add(channel);
      this.#log(`${channel}: not delivered yet: ${how.error}; it is tried again`);
    } else if (how.kind === 'sent' && this.#failing.delete(channel)) {
      this.#log(`${channel}: delivers again`);
    }
  }

  #log(text: string): void {
    this.#options.log?.(text);
  }
}

/** Seconds that a program of the user's may take. */
function timeoutOf(config: ChannelConfig | undefined): number {
  return config?.type === 'exec' ? config.timeout : 0;
}
