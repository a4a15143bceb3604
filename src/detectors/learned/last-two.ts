/**
 * The two answers that were asked for last: an observation has two ends, and thirty detectors ask the
 * same of each of them.
 */
export class LastTwo<Value> {
  #newer: Asked<Value> | undefined;
  #older: Asked<Value> | undefined;

  /** @param more what else the question had; compared by identity like the key */
  get(key: string, more?: string): Value | undefined {
    const newer = this.#newer;
    if (newer !== undefined && newer.key === key && newer.more === more) return newer.value;
    const older = this.#older;
    return older !== undefined && older.key === key && older.more === more
      ? older.value
      : undefined;
  }

  set(key: string, more: string | undefined, value: Value): void {
    const room = this.#older;
    this.#older = this.#newer;
    // Written over rather than made anew: this happens for every observation.
    if (room === undefined) this.#newer = { key, more, value };
    else {
      room.key = key;
      room.more = more;
      room.value = value;
      this.#newer = room;
    }
  }

  clear(): void {
    this.#newer = undefined;
    this.#older = undefined;
  }
}

interface Asked<Value> {
  key: string;
  more: string | undefined;
  value: Value;
}
