const SECOND = 1000;

/** How many of something happened within any one second, at most. Memory: one second's worth. */
export class Meter {
  #times: number[] = [];
  #head = 0;
  #highest = 0;

  get highest(): number {
    return this.#highest;
  }

  /** @param now milliseconds; never less than in the call before */
  count(now: number): void {
    this.#times.push(now);
    while ((this.#times[this.#head] ?? now) <= now - SECOND) this.#head += 1;
    this.#highest = Math.max(this.#highest, this.#times.length - this.#head);
    // Copied only when more than half of it is past: constant cost a count.
    if (this.#head > 64 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
  }
}
