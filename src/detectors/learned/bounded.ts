/** A map that keeps the `capacity` keys that were set first most recently; setting again moves none. */
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
      const [oldest] = this.#map.keys();
      if (oldest !== undefined) this.#map.delete(oldest);
      this.dropped += 1;
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
}

/** FNV-1a, 32 bits: an address or name as a number, where only membership is asked. */
export function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
