import { RecentMap } from '../../base/recent-map.ts';
import type { Instant } from '../../model/core.ts';

/** So many hosts in vain on one port, or ports in vain on one host, are a search. */
export const SEARCH = 10;
/** So many are one of which nobody who does what he should is capable. */
export const WIDE_SEARCH = 32;
/** Pairs of who and where that are remembered, and searchers; at most twice as many. */
const CAPACITY = 16_384;

interface Doors {
  readonly tried: Set<string>;
  since: Instant;
}

/**
 * Who tries doors: what is refused or not answered is no need of anybody, but a row of it makes the
 * rest suspicious. Names count for nothing here: a service that DNS names and that is down is tried
 * again and again, by one name.
 */
export class Attempts {
  /** Hosts by who and service, and services by who and host: at most `WIDE_SEARCH` of each. */
  readonly #doors = new RecentMap<Doors>(CAPACITY);
  readonly #searchers = new RecentMap<Instant>(CAPACITY);

  inVain(at: Instant, who: string, host: string, service: string): void {
    this.#note(at, who, `${who} at ${service}`, host);
    this.#note(at, who, `${who} on ${host}`, service);
  }

  /**
   * The door is one of those at which it knocked in a row.
   *
   * @param since when the door was first open to it: what it knew before it did not find by searching
   */
  isSearch(since: Instant, who: string, host: string, service: string): boolean {
    return [`${who} at ${service}`, `${who} on ${host}`].some((key) => {
      const doors = this.#doors.get(key);
      return doors !== undefined && doors.tried.size >= SEARCH && since >= doors.since;
    });
  }

  /** When it began to search widely; undefined where it did not. */
  searchingSince(who: string): Instant | undefined {
    return this.#searchers.get(who);
  }

  #note(at: Instant, who: string, key: string, door: string): void {
    const doors = this.#doors.get(key) ?? { tried: new Set(), since: at };
    doors.since = Math.min(doors.since, at);
    if (doors.tried.size < WIDE_SEARCH) doors.tried.add(door);
    this.#doors.set(key, doors);
    if (doors.tried.size < WIDE_SEARCH) return;
    this.#searchers.set(who, Math.min(doors.since, this.#searchers.get(who) ?? doors.since));
  }
}
