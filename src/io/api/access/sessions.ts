import type { Instant } from '../../../model/core.ts';
import type { AccessStore, StoredSession } from '../../store/access.ts';
import { bestEffort } from './best-effort.ts';
import { digest, newSecret } from './secret.ts';

const MINUTE = 60_000;
/** Milliseconds without a request after which a session is over, and in any case. */
const IDLE = 12 * 60 * MINUTE;
const ABSOLUTE = 7 * 24 * 60 * MINUTE;
/** For who came by the one-time link and has not made the first account yet. */
const SETUP = 15 * MINUTE;
/** When it was seen is written down this often, not with every request. */
const TOUCH_EVERY = MINUTE;

/** What the browser gets; nothing else ever knows the id. */
export interface OpenedSession {
  readonly id: string;
  readonly hash: string;
  readonly csrf: string;
  readonly expiresAt: Instant;
}

export interface LiveSession {
  readonly hash: string;
  readonly account: string | undefined;
  readonly csrf: string;
  readonly expiresAt: Instant;
}

export class Sessions {
  readonly #store: AccessStore;
  readonly #now: () => Instant;

  constructor(store: AccessStore, now: () => Instant) {
    this.#store = store;
    this.#now = now;
  }

  /** Always a new id: one that somebody put into the browser before is worth nothing. */
  open(account: string | undefined): OpenedSession {
    const now = this.#now();
    this.#store.endSessionsBefore(now - ABSOLUTE, now - IDLE);
    const id = newSecret();
    const stored: StoredSession = {
      hash: digest(id),
      ...(account === undefined ? {} : { account }),
      createdAt: now,
      seenAt: now,
    };
    this.#store.addSession(stored);
    return { id, ...this.#live(stored, id) };
  }

  /** @param id from a cookie */
  find(id: string): LiveSession | undefined {
    const stored = this.#store.session(digest(id));
    if (stored === undefined || !this.#isGood(stored)) return undefined;
    const now = this.#now();
    if (now - stored.seenAt >= TOUCH_EVERY) {
      bestEffort(() => this.#store.touchSession(stored.hash, now));
    }
    return this.#live(stored, id);
  }

  isAlive(hash: string): boolean {
    const stored = this.#store.session(hash);
    return stored !== undefined && this.#isGood(stored);
  }

  end(hash: string): void {
    this.#store.endSession(hash);
  }

  endAllOf(account: string, exceptHash?: string): void {
    this.#store.endSessionsOf(account, exceptHash);
  }

  #isGood({ account, createdAt, seenAt }: StoredSession): boolean {
    const now = this.#now();
    if (account === undefined) return now < createdAt + SETUP;
    return now < createdAt + ABSOLUTE && now < seenAt + IDLE;
  }

  #live({ hash, account, createdAt, seenAt }: StoredSession, id: string): LiveSession {
    const expiresAt =
      account === undefined
        ? createdAt + SETUP
        : Math.min(createdAt + ABSOLUTE, Math.max(seenAt, this.#now()) + IDLE);
    // Follows from the id, so that there is nothing to keep and nothing to get out of step.
    return { hash, account, csrf: digest(`csrf ${id}`), expiresAt };
  }
}
