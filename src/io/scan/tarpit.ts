/** Open ports of a device after which it is asked whether everything is open. */
const SUSPICIOUS = 12;
/** Share of the asked ports that are open, from which on that is suspicious. */
const SHARE = 0.8;
/** More open ports than any device has, whatever they answer. */
const TOO_MANY = 200;
/** Ports by which it is decided. */
export const SAMPLE = 30;

/** IANA's dynamic ports (RFC 6335 §6): nobody has thirty services there by chance. */
const DYNAMIC_FROM = 49_152;
const LAST = 65_535;

/**
 * Suspects a device on which everything is open (a tarpit, a honeypot, a redirect of all ports),
 * so that nobody identifies 65,535 services.
 */
export class TarpitWatch {
  #asked = 0;
  #open = 0;
  #verdict: 'unknown' | 'tarpit' | 'real' = 'unknown';

  get open(): number {
    return this.#open;
  }

  get isTarpit(): boolean {
    return this.#verdict === 'tarpit';
  }

  /** Until this is decided nothing is identified. */
  get isSuspicious(): boolean {
    if (this.#verdict !== 'unknown') return false;
    return this.#open > TOO_MANY || (this.#open >= SUSPICIOUS && this.#open >= this.#asked * SHARE);
  }

  asked(isOpen: boolean): void {
    this.#asked += 1;
    if (isOpen) this.#open += 1;
  }

  /** @param openSamples how many of `SAMPLE` random high ports were open */
  decide(openSamples: number): void {
    this.#verdict = openSamples >= SAMPLE ? 'tarpit' : 'real';
  }
}

/** @param random from 0 to below 1 */
export function samplePorts(random: () => number): readonly number[] {
  const ports = new Set<number>();
  const size = LAST - DYNAMIC_FROM + 1;
  // A source that repeats itself must not keep us here.
  for (let tries = 0; ports.size < SAMPLE && tries < SAMPLE * 100; tries += 1) {
    ports.add(DYNAMIC_FROM + Math.floor(random() * size));
  }
  return [...ports];
}
