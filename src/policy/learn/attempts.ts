import { RecentMap } from '../../base/recent-map.ts';

/** So many hosts in vain on one port, or ports in vain on one host, are a search. */
export const SEARCH = 10;
/** Pairs of who and where that are remembered; at most twice as many. */
const CAPACITY = 16_384;

/**
 * Who tries doors: what is refused or not answered is no need of anybody, but a row of it makes the
 * rest suspicious. Names count for nothing here: a service that DNS names and that is down is tried
 * again and again, by one name.
 */
export class Attempts {
  /** Hosts by who and service, and services by who and host: at most `SEARCH` of each. */
  readonly #hosts = new RecentMap<Set<string>>(CAPACITY);
  readonly #services = new RecentMap<Set<string>>(CAPACITY);

  inVain(who: string, host: string, service: string): void {
    note(this.#hosts, `${who} ${service}`, host);
    note(this.#services, `${who} ${host}`, service);
  }

  isSearch(who: string, host: string, service: string): boolean {
    return (
      isFull(this.#hosts.get(`${who} ${service}`)) || isFull(this.#services.get(`${who} ${host}`))
    );
  }
}

function note(map: RecentMap<Set<string>>, key: string, value: string): void {
  const known = map.get(key) ?? new Set();
  if (known.size < SEARCH) known.add(value);
  map.set(key, known);
}

function isFull(values: ReadonlySet<string> | undefined): boolean {
  return (values?.size ?? 0) >= SEARCH;
}
