import { RecentMap } from '../../../base/recent-map.ts';
import { Refusal } from '../refusal.ts';

/** Tries that cost nothing but themselves. */
const FREE = 5;
/** Milliseconds after the fifth; each further one doubles it. */
const FIRST_DELAY = 2000;
const LONGEST_DELAY = 15 * 60_000;
/** Milliseconds of rest after which all is forgotten. */
const FORGOTTEN = 60 * 60_000;
/** Names and addresses that are remembered at once; at most twice as many. */
const KEPT = 10_000;

interface Tries {
  readonly count: number;
  readonly last: number;
}

/**
 * Slows down whoever guesses: five tries, then a delay that doubles. A try counts when it begins, so
 * that a thousand at once are no way around it; one that is turned away is not looked at, and counts
 * for nothing.
 */
export class Throttle {
  readonly #tries = new RecentMap<Tries>(KEPT);

  /** Milliseconds until another try is looked at; 0 where this one is, which is then counted. */
  admit(keys: readonly string[], now: number): number {
    const wait = Math.max(...keys.map((key) => this.#wait(key, now)));
    if (wait > 0) return wait;
    for (const key of keys) {
      this.#tries.set(key, { count: this.#count(key, now) + 1, last: now });
    }
    return 0;
  }

  /** It was the right one: what went before it is forgotten. */
  forget(key: string): void {
    this.#tries.set(key, { count: 0, last: 0 });
  }

  /** The try that was just counted was none. */
  giveBack(key: string): void {
    const known = this.#tries.get(key);
    if (known !== undefined) this.#tries.set(key, { ...known, count: known.count - 1 });
  }

  #count(key: string, now: number): number {
    const known = this.#tries.get(key);
    return known === undefined || now - known.last > FORGOTTEN ? 0 : known.count;
  }

  #wait(key: string, now: number): number {
    const count = this.#count(key, now);
    if (count < FREE) return 0;
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (count - FREE));
    return Math.max(0, (this.#tries.get(key)?.last ?? 0) + delay - now);
  }
}

export function tooMany(wait: number): Refusal {
  const seconds = Math.ceil(wait / 1000);
  return new Refusal(429, 'E_TOO_MANY', `Too many tries; the next is looked at in ${seconds} s`, {
    remedy: `Wait ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  });
}
