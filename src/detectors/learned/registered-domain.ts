import { getDomain } from 'tldts';

/** Names whose part is remembered: the list of suffixes is long, and devices ask for the same again. */
const REMEMBERED = 4_096;

/**
 * The part of a name that somebody had to register, by the public suffix list (publicsuffix.org):
 * `example.co.uk` of `a.b.example.co.uk`. What has none (`localhost`) is its own.
 */
export class RegisteredDomains {
  #known = new Map<string, string>();

  of(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size === REMEMBERED) this.#known = new Map();
    const lower = name.toLowerCase();
    // Tenants of one cloud are not one another: private suffixes (github.io) count as suffixes.
    const domain =
      getDomain(lower, { allowPrivateDomains: true, validateHostname: false }) ?? lower;
    this.#known.set(name, domain);
    return domain;
  }
}
