import type { FirstBytesStore } from './first-bytes.ts';
import type { Answer } from './recognise.ts';
import { hashOf, SEED } from './seen-filter.ts';

/** Conversations that are remembered, and octets of both sides of one. */
const SIZE = 4096;
const OCTETS = 1024;
/** Octets of each side that choose the place: no more than a chunk of the store. */
const HASHED = 64;

interface Entry {
  readonly key: number;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly answer: Answer;
}

/**
 * What came of asking about the same octets on the same port before. Devices poll: they say the same
 * again and again, and who recognises them is a function of what they say. The octets themselves are
 * compared, where they are kept, so nobody can pass for another by a hash.
 */
export class Memo {
  readonly #store: FirstBytesStore;
  readonly #entries: (Entry | undefined)[] = new Array<Entry | undefined>(SIZE).fill(undefined);

  constructor(store: FirstBytesStore) {
    this.#store = store;
  }

  /**
   * @param key everything else that the answer depends on
   * @param client side of the slot that is taken for the client's
   */
  get(key: number, slot: number, client: number): Answer | undefined {
    if (this.#octets(slot) > OCTETS) return undefined;
    const entry = this.#entries[this.#placeOf(key, slot, client)];
    const isSame =
      entry !== undefined &&
      entry.key === key &&
      this.#store.holds(slot, client, entry.client) &&
      this.#store.holds(slot, 1 - client, entry.server);
    return isSame ? entry.answer : undefined;
  }

  set(key: number, slot: number, client: number, answer: Answer): void {
    if (this.#octets(slot) > OCTETS) return;
    this.#entries[this.#placeOf(key, slot, client)] = {
      key,
      client: this.#store.read(slot, client).slice(),
      server: this.#store.read(slot, 1 - client).slice(),
      answer,
    };
  }

  #octets(slot: number): number {
    return this.#store.length(slot, 0) + this.#store.length(slot, 1);
  }

  #placeOf(key: number, slot: number, client: number): number {
    const asked = this.#hashOf(slot, client, SEED ^ key);
    const answered = this.#hashOf(slot, 1 - client, asked ^ this.#store.length(slot, client));
    return answered & (SIZE - 1);
  }

  #hashOf(slot: number, side: number, seed: number): number {
    const { pool } = this.#store;
    const from = this.#store.start(slot, side);
    return hashOf(pool, from, from + Math.min(this.#store.length(slot, side), HASHED), seed);
  }
}
