import { Refusal } from '../refusal.ts';

/**
 * Lets few do costly work at a time, and few wait for it: a hash of a password takes 32 MiB and a
 * processor, and anybody may ask for one.
 */
export class Turnstile {
  readonly #atOnce: number;
  readonly #mayWait: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(atOnce: number, mayWait: number) {
    this.#atOnce = atOnce;
    this.#mayWait = mayWait;
  }

  /**
   * @param turnedAway called before it is refused, where too many wait already
   * @throws Refusal 429
   */
  async pass<T>(work: () => Promise<T>, turnedAway: () => void = () => {}): Promise<T> {
    if (this.#inside >= this.#atOnce) {
      if (this.#waiting.length >= this.#mayWait) {
        turnedAway();
        throw crowded();
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#inside += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      // Its place goes on to the next one.
      else next();
    }
  }
}

function crowded(): Refusal {
  return new Refusal(429, 'E_TOO_MANY', 'Too many people sign in at once', {
    remedy: 'Try it again in some seconds.',
    headers: { 'retry-after': '5' },
  });
}
