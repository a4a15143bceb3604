/**
 * A map with a bound that strangers cannot break: it keeps the `capacity` keys set last, and at
 * most twice as many.
 *
 * Two generations rather than one ordered map: to delete and set again keeps order too, but leaves
 * holes that the search for the oldest key must step over (16 us a flow against 0.8 at 10,000 keys).
 */
export class RecentMap<Value> {
  readonly #capacity: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: Value): void {
    if (this.#young.size === this.#capacity && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
