import { getDomain } from 'tldts';
import { RecentMap } from '../../base/recent-map.ts';
import type { DetectorContext } from '../detector.ts';

/** Names whose part is remembered at least: the list of suffixes is long, and devices ask for the same again. */
const REMEMBERED = 512;
const NAME_OCTETS = 176;

/**
 * The part of a name that somebody had to register, by the public suffix list (publicsuffix.org):
 * `example.co.uk` of `a.b.example.co.uk`. What has none (`localhost`) is its own.
 */
export class RegisteredDomains {
  static readonly #shared = new WeakMap<DetectorContext, RegisteredDomains>();

  readonly #known = new RecentMap<string>(REMEMBERED);
  #count = 0;

  /** The one that the detectors of a context share. */
  static of(context: DetectorContext): RegisteredDomains {
    const known = RegisteredDomains.#shared.get(context);
    if (known !== undefined) return known;
    const made = new RegisteredDomains();
    RegisteredDomains.#shared.set(context, made);
    return made;
  }

  get octets(): number {
    return Math.min(this.#count, 2 * REMEMBERED) * NAME_OCTETS;
  }

  of(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#count += 1;
    const lower = name.toLowerCase();
    // Tenants of one cloud are not one another: private suffixes (github.io) count as suffixes.
    const domain =
      getDomain(lower, { allowPrivateDomains: true, validateHostname: false }) ?? lower;
    this.#known.set(name, domain);
    return domain;
  }
}
