import { mix } from './interner.ts';

/** Words of an entry: the pair, and its number + 1. Four, so that none lies across cache lines. */
const WORDS = 4;
const START = 256;

/**
 * Numbers pairs of 32-bit numbers from 0 on, for arrays of what is known of each. Open addressing at
 * most half full: one look into memory where a `Map` with a composed key takes several.
 */
export class PairIndex {
  size = 0;
  #entries = new Int32Array(START * WORDS);

  /** The number of a pair; -1 where it has none. */
  find(first: number, second: number): number {
    const entries = this.#entries;
    for (let at = this.#home(first, second); ; at = (at + WORDS) & (entries.length - 1)) {
      const number = (entries[at + 2] ?? 0) - 1;
      if (number < 0) return -1;
      if (entries[at] === first && entries[at + 1] === second) return number;
    }
  }

  /** Gives the next number to a pair that has none. */
  add(first: number, second: number): number {
    if ((this.size + 1) * 2 * WORDS > this.#entries.length) this.#grow();
    const number = this.size;
    this.size += 1;
    this.#enter(first, second, number);
    return number;
  }

  #enter(first: number, second: number, number: number): void {
    const entries = this.#entries;
    let at = this.#home(first, second);
    while (entries[at + 2] !== 0) at = (at + WORDS) & (entries.length - 1);
    entries[at] = first;
    entries[at + 1] = second;
    entries[at + 2] = number + 1;
  }

  #home(first: number, second: number): number {
    return (mix(mix(first) ^ second) * WORDS) & (this.#entries.length - 1);
  }

  #grow(): void {
    const old = this.#entries;
    this.#entries = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += WORDS) {
      const number = (old[at + 2] ?? 0) - 1;
      if (number >= 0) this.#enter(old[at] ?? 0, old[at + 1] ?? 0, number);
    }
  }
}
