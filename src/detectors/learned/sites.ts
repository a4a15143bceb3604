import type { Instant } from '../../model/core.ts';
import type { DetectorContext } from '../detector.ts';
import { BoundedMap, fingerprint } from './bounded.ts';
import { learnedAt } from './ends.ts';

/** Sites of one device: a lamp has three; a device that has more is one that a person uses. */
const SITES = 56;
/** Addresses of one device that are remembered, as numbers. */
const ADDRESSES = 128;
/** Remote ports of one device. */
const PORTS = 32;
/** Behind the numbers of remote services. */
const OWN_PORTS = 131_072;
/** Characters of a name that are kept. */
const NAME_CAP = 64;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Milliseconds for which a site that came after the learning is looked at as new. */
const NEW_FOR = 7 * DAY;
/** New sites in the second half of the learning time, above which further new ones say nothing. */
const LATE_NEWS = 2;
/** Octets that a site takes, estimated: entry, key, record. */
const SITE_OCTETS = 248;

/** A place on the Internet that a device talks to: a registered domain, or an address without name. */
export interface Site {
  readonly key: string;
  /** Of the sites of one device. */
  readonly number: number;
  readonly first: Instant;
  readonly isNamed: boolean;
  last: Instant;
  /** Hours in which it was spoken to. */
  hours: number;
  /** Addresses of its that were learned without an answer of DNS. */
  unasked: number;
  contacts: number;
  /** Octets of payload in all. */
  sent: number;
  received: number;
  /** That it is new was told. */
  isTold: boolean;
}

/** Where one device goes on the Internet. */
export class Sites {
  readonly #context: DetectorContext;
  readonly #device: string;
  readonly #since: Instant;
  readonly #sites = new Map<string, Site>();
  #dropped = 0;
  readonly #addresses = new BoundedMap<number, true>(ADDRESSES);
  readonly #ports = new BoundedMap<number, true>(PORTS);
  #count = 0;
  #lateNews = 0;
  #lateNameless = 0;

  constructor(context: DetectorContext, device: string, since: Instant) {
    this.#context = context;
    this.#device = device;
    this.#since = since;
  }

  get octets(): number {
    return this.#sites.size * SITE_OCTETS + (this.#addresses.size + this.#ports.size) * 48 + 128;
  }

  /** Whether it was seen for a whole day by then: what people do has the rhythm of a day. */
  isKnownForADay(at: Instant): boolean {
    return at - this.#since >= DAY;
  }

  get count(): number {
    return this.#sites.size;
  }

  get(key: string): Site | undefined {
    return this.#sites.get(cutOf(key));
  }

  /** Names that it usually speaks to, for a sentence. */
  get names(): readonly string[] {
    return [...this.#sites.values()]
      .filter((site) => site.isNamed && this.isUsual(site, site.last))
      .sort((one, other) => other.hours - one.hours)
      .slice(0, 3)
      .map(({ key }) => key);
  }

  /** Notes that it is spoken to. */
  meet(key: string, isNamed: boolean, at: Instant): Site {
    const cut = cutOf(key);
    const known = this.#sites.get(cut);
    if (known !== undefined) {
      if (Math.floor(at / HOUR) !== Math.floor(known.last / HOUR)) known.hours += 1;
      known.last = at;
      known.contacts += 1;
      return known;
    }
    this.#countNews(isNamed, at);
    this.#count += 1;
    const site: Site = {
      key: cut,
      number: this.#count,
      first: at,
      isNamed,
      last: at,
      hours: 1,
      unasked: 0,
      contacts: 1,
      sent: 0,
      received: 0,
      isTold: false,
    };
    if (this.#sites.size === SITES) this.#dropLeastUsed();
    this.#sites.set(cut, site);
    return site;
  }

  /** Learned in the learning time, or known for so long that it is usual by now. */
  isUsual(site: Site, at: Instant): boolean {
    return site.first < learnedAt(this.#context, this.#device) || at - site.first > NEW_FOR;
  }

  /**
   * Came when the device had been known for a day and half of the learning time: that it was learned
   * does not make it harmless, as whatever took the device over meanwhile would be learned with it.
   */
  isLate(site: Site): boolean {
    const until = learnedAt(this.#context, this.#device);
    const known = Math.max(DAY, (until - this.#since) / 2);
    return site.first < until && site.first - this.#since >= known;
  }

  knowsAddress(address: string): boolean {
    return this.#addresses.has(fingerprint(address));
  }

  learnAddress(address: string): void {
    this.#addresses.set(fingerprint(address), true);
  }

  /** A remote port, by its `serviceNumber`. */
  knowsPort(port: number): boolean {
    return this.#ports.has(port);
  }

  learnPort(port: number): void {
    this.#ports.set(port, true);
  }

  /** A port of its own over UDP, from which it finds others. */
  knowsOwnPort(port: number): boolean {
    return this.#ports.has(OWN_PORTS + port);
  }

  learnOwnPort(port: number): void {
    this.#ports.set(OWN_PORTS + port, true);
  }

  /**
   * A person uses it, or its makers send it here and there: new sites were still coming when the
   * learning time was half over, so that one more says nothing.
   */
  get isRestless(): boolean {
    const { purpose } = this.#context.about(this.#device);
    return purpose === 'general' || this.#lateNews > LATE_NEWS || this.#dropped > 0;
  }

  /** Speaks to addresses that nobody gave it a name for, ever others (peer to peer). */
  get isRestlessNameless(): boolean {
    return this.#lateNameless > LATE_NEWS;
  }

  /** Where many were seen once, those that it goes back to are kept. */
  #dropLeastUsed(): void {
    let least: Site | undefined;
    for (const site of this.#sites.values()) {
      const isLess = least === undefined || site.hours < least.hours;
      if (isLess || (site.hours === least?.hours && site.last < least.last)) least = site;
    }
    if (least !== undefined) this.#sites.delete(least.key);
    this.#dropped += 1;
  }

  #countNews(isNamed: boolean, at: Instant): void {
    const until = learnedAt(this.#context, this.#device);
    if (at >= until || at - this.#since < (until - this.#since) / 2) return;
    if (isNamed) this.#lateNews += 1;
    else this.#lateNameless += 1;
  }
}

/** The same text where it is short: one that is looked up again and again knows its own hash. */
function cutOf(key: string): string {
  return key.length <= NAME_CAP ? key : key.slice(0, NAME_CAP);
}
