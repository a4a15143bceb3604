/** Numbers that are the same in every run of a seed (Marsaglia 2003, xorshift32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    // A state of 0 stays 0.
    this.#state = (Math.imul(seed, 2_654_435_761) ^ 0x9e37_79b9) | 0 || 1;
  }

  /** 0 up to, and without, `limit`. */
  below(limit: number): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return (state >>> 0) % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<Value>(values: readonly Value[]): Value {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  }

  /** Some of them, at least one, in their order. */
  some<Value>(values: readonly Value[], most: number): readonly Value[] {
    const count = 1 + this.below(Math.min(most, values.length));
    const chosen = new Set<Value>();
    while (chosen.size < count) chosen.add(this.of(values));
    return values.filter((value) => chosen.has(value));
  }
}
