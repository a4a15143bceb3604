/**
 * A map that forgets the keys that were set first of all when it is full; setting again moves none.
 *
 * It forgets an eighth at a time: a map whose oldest key is deleted at each step has holes in front,
 * over which each search for the next oldest must go (16 us at 10,000 keys).
 */
export class BoundedMap<Key, Value> {
  dropped = 0;
  readonly #capacity: number;
  readonly #map = new Map<Key, Value>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#map.size;
  }

  has(key: Key): boolean {
    return this.#map.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#map.size === this.#capacity && !this.#map.has(key)) {
      this.#forget(Math.max(1, this.#capacity >> 3));
    }
    this.#map.set(key, value);
  }

  delete(key: Key): void {
    this.#map.delete(key);
  }

  clear(): void {
    this.#map.clear();
  }

  values(): IterableIterator<Value> {
    return this.#map.values();
  }

  keys(): IterableIterator<Key> {
    return this.#map.keys();
  }

  entries(): IterableIterator<[Key, Value]> {
    return this.#map.entries();
  }

  #forget(count: number): void {
    let left = count;
    for (const key of this.#map.keys()) {
      if (left === 0) break;
      this.#map.delete(key);
      left -= 1;
    }
    this.dropped += count;
  }
}

/** FNV-1a, 32 bits. */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * FNV-1a, 32 bits: an address or name as a number, where only membership is asked.
 *
 * @param before what else belongs to it: the fingerprint of that, so that no text of both is made
 */
export function fingerprint(text: string, before: number = BASIS): number {
  let hash = before;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return hash;
}

/** The same with a number (a port, a protocol) behind it. */
export function withNumber(hash: number, number: number): number {
  const stirred = Math.imul(hash ^ number, PRIME);
  return stirred ^ (stirred >>> 15);
}
