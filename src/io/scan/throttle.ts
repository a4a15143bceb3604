import type { Clock } from './clock.ts';

/**
 * Hands out turns at a rate, one after the other.
 *
 * Not a bucket that fills while nothing happens: after a pause it would let two seconds' worth go
 * at once. The distance is counted from when a turn was really taken, so that any second holds at
 * most `rate` of them, however late the timers are.
 */
export class Throttle {
  readonly #clock: Clock;
  #gap: number;
  #next = Number.NEGATIVE_INFINITY;
  #tail: Promise<unknown> = Promise.resolve();

  /** @param rate turns a second; `Infinity` for no limit */
  constructor(rate: number, clock: Clock) {
    this.#gap = 1000 / rate;
    this.#clock = clock;
  }

  get isLimited(): boolean {
    return this.#gap > 0;
  }

  set rate(rate: number) {
    const gap = 1000 / rate;
    // What is owed stays owed, in packets: it is paid at the new rate.
    if (this.#gap > 0 && Number.isFinite(this.#next)) {
      const owed = Math.max(0, this.#next - this.#clock.now());
      this.#next = this.#clock.now() + owed * (gap / this.#gap);
    }
    this.#gap = gap;
  }

  /** @throws the signal's reason when it is aborted meanwhile */
  turn(cost: number, signal: AbortSignal): Promise<void> {
    if (this.#gap === 0) return Promise.resolve();
    const mine = this.#tail.then(() => this.#wait(cost, signal));
    this.#tail = mine.catch(() => {});
    return mine;
  }

  /** What was spent without a turn makes the next one wait. */
  charge(cost: number): void {
    if (this.#gap === 0) return;
    this.#next = Math.max(this.#next, this.#clock.now()) + cost * this.#gap;
  }

  /** It leaves only now, having waited elsewhere after its turn: the distance counts from here. */
  departed(cost: number): void {
    if (this.#gap === 0) return;
    this.#next = Math.max(this.#next, this.#clock.now() + cost * this.#gap);
  }

  async #wait(cost: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (let left = this.#left(); left > 0; left = this.#left()) {
      await this.#clock.sleep(Math.ceil(left), signal);
    }
    this.#next = this.#clock.now() + cost * this.#gap;
  }

  #left(): number {
    return this.#next - this.#clock.now();
  }
}
