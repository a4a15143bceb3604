import type { Instant } from '../../model/core.ts';
import type { Notice } from '../../notifiers/notifier.ts';

export type OutboxState = 'waiting' | 'sent' | 'parked' | 'dropped';

/** One notice for one channel. */
export interface OutboxEntry {
  readonly id: number;
  readonly channel: string;
  readonly notice: Notice;
  readonly state: OutboxState;
  readonly queuedAt: Instant;
  /** How often it was tried. */
  readonly tries: number;
  readonly notBefore: Instant;
  readonly triedAt?: Instant;
  /** Why the last try failed. */
  readonly error?: string;
}

/** How often it happened since the store was made; what was sent is not kept for ever, this is. */
export interface OutboxTotal {
  readonly channel: string;
  readonly result: 'sent' | 'failed' | 'parked' | 'dropped';
  readonly times: number;
}

/** How a try ended. */
export type Settlement =
  | { readonly kind: 'sent' }
  /** Again, not before then. */
  | { readonly kind: 'failed'; readonly error: string; readonly notBefore: Instant }
  /** Not again by itself. */
  | { readonly kind: 'parked'; readonly error: string };

/**
 * What is to be told, until it is told. Each call is one transaction, so that several processes can
 * use one store; nothing is sent here.
 */
export interface Outbox {
  /** @returns undefined where the channel has a notice of that id already, sent or not */
  add(channel: string, notice: Notice, at: Instant, notBefore?: Instant): number | undefined;
  /**
   * Puts the alerts of a notice to those of one that waits and was not tried yet.
   *
   * @param prefix of the ids of the notices that may be grown
   * @returns whether there was one
   */
  grow(channel: string, prefix: string, merge: (waiting: Notice) => Notice): boolean;
  /** Of a channel, since then, whatever became of them. */
  countSince(channel: string, since: Instant): number;
  /**
   * The first that waits in a channel, if it is its time and nobody has it: it is the caller's for
   * `lease` milliseconds.
   */
  claim(channel: string, owner: string, now: Instant, lease: number): OutboxEntry | undefined;
  /** @returns whether it was still the caller's */
  settle(id: number, owner: string, how: Settlement, now: Instant): boolean;
  /** When the next one is due in one of the channels; undefined where none waits. */
  nextDue(channels: readonly string[], now: Instant): Instant | undefined;
  /** Newest first. */
  list(query?: { readonly channel?: string; readonly limit?: number }): readonly OutboxEntry[];
  /** How many there are of each state in each channel. */
  counts(): readonly {
    readonly channel: string;
    readonly state: OutboxState;
    readonly count: number;
  }[];
  totals(): readonly OutboxTotal[];
  /** Parked and waiting ones are due now, with all their tries. @returns how many */
  retry(ids: readonly number[] | 'parked', now: Instant): number;
  /** @returns how many of them were not sent yet */
  drop(ids: readonly number[] | 'parked'): number;
}
