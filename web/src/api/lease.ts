const RENEW_MS = 2_000;
const LASTS_MS = 6_000;

/**
 * Which tab does what only one needs to do. Web Locks would be simpler, and are missing wherever the
 * dashboard is reached by plain HTTP. Two that lead for a moment are harmless.
 */
export class Lease {
  readonly #key: string;
  readonly #own = crypto.getRandomValues(new Uint32Array(2)).join('-');
  readonly #change: (leads: boolean) => void;
  #leads = false;

  constructor(key: string, change: (leads: boolean) => void) {
    this.#key = key;
    this.#change = change;
  }

  start(): void {
    this.#renew();
    window.setInterval(() => this.#renew(), RENEW_MS);
    window.addEventListener('pagehide', () => this.#leave());
    window.addEventListener('pageshow', (event) => event.persisted && this.#renew());
  }

  #renew(): void {
    const [owner, until] = (localStorage.getItem(this.#key) ?? '').split(' ');
    const free = owner === undefined || owner === this.#own || !(Number(until) > Date.now());
    if (free) localStorage.setItem(this.#key, `${this.#own} ${Date.now() + LASTS_MS}`);
    this.#become(free);
  }

  #leave(): void {
    if (this.#leads) localStorage.removeItem(this.#key);
    this.#become(false);
  }

  #become(leads: boolean): void {
    if (leads === this.#leads) return;
    this.#leads = leads;
    this.#change(leads);
  }
}
