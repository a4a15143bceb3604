import { RecentMap } from '../../base/recent-map.ts';

/** RFC 6762 §5.2, §6: nobody repeats a question or an answer to the group within a second. */
const REPEAT = 1000;
/** Messages that are remembered so as to know them again. */
const REMEMBERED = 1024;

/**
 * How much may be passed on: so many a second, with a reserve, and nothing twice within a second.
 * Two relays between the same networks would else feed each other for ever.
 */
export class Budget {
  readonly #perSecond: number;
  readonly #reserve: number;
  readonly #seen = new RecentMap<number>(REMEMBERED);
  #left: number;
  #at: number | undefined;

  constructor(perSecond: number, reserve = 2 * perSecond) {
    this.#perSecond = perSecond;
    this.#reserve = reserve;
    this.#left = reserve;
  }

  /**
   * @param to whom it goes to, since two may be told the same
   * @param at milliseconds, of a clock that does not go back
   */
  allows(message: Uint8Array, to: string, at: number): boolean {
    const key = `${to} ${Buffer.from(message).toString('latin1')}`;
    const before = this.#seen.get(key);
    if (before !== undefined && at - before < REPEAT) return false;
    const passed = at - (this.#at ?? at);
    this.#at = at;
    this.#left = Math.min(this.#reserve, this.#left + (passed * this.#perSecond) / 1000);
    if (this.#left < 1) return false;
    this.#left -= 1;
    this.#seen.set(key, at);
    return true;
  }
}
