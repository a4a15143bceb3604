import type { Instant } from '../../../model/core.ts';
import { holderOf } from '../peer.ts';
import { newSecret, same } from './secret.ts';
import { Throttle, tooMany } from './throttle.ts';

/** Milliseconds for which it can be used. */
const LIFE = 15 * 60_000;

/**
 * How the first person gets in: whoever started the daemon sees the link. It is worth something once,
 * or for a quarter of an hour, and only while nobody has an account.
 */
export class OneTimeLink {
  readonly #now: () => Instant;
  readonly #throttle = new Throttle();
  #key: string | undefined;
  #until = 0;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /**
   * In the fragment, which a browser sends to nobody and no log has.
   *
   * @param address of the dashboard, with a slash at its end
   */
  make(address: string): string {
    this.#key = newSecret();
    this.#until = this.#now() + LIFE;
    return `${address}#k=${this.#key}`;
  }

  /**
   * @returns whether this was it; then it is none any more
   * @throws Refusal 429 for who guesses: there is nothing to find, but each try is written down
   */
  use(key: string, address: string): boolean {
    const wait = this.#throttle.admit([holderOf(address)], this.#now());
    if (wait > 0) throw tooMany(wait);
    const good = this.#key !== undefined && this.#now() < this.#until && same(key, this.#key);
    if (good) this.#key = undefined;
    return good;
  }
}
