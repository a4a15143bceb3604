import { END } from './space.ts';

/** No label is left between two neighbours: whoever marks the field must start anew. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

/**
 * The addresses at which some rule begins or ends, each with a label: a small integer in the same
 * order. Diagrams hold labels, so an IPv6 address costs them no more than a port. Labels
 * are spread out, so that a rule that comes later finds room for its own ends between them, and
 * what was built before stays as it is.
 */
export class Cuts {
  readonly #values: bigint[];
  readonly #labels: number[];
  /** The highest value of the field: an interval up to it has no end. */
  readonly #last: bigint;

  constructor(last: bigint, values: Iterable<bigint>) {
    const inner = [...new Set(values)].filter((value) => value > 0n && value <= last);
    this.#values = [0n, ...inner.sort((a, b) => (a < b ? -1 : 1))];
    const step = Math.floor(END / (this.#values.length + 1));
    this.#labels = this.#values.map((_, index) => index * step);
    this.#last = last;
  }

  /** The label where the intervals that begin with this value begin; marks it where it is new. */
  mark(value: bigint): number {
    if (value > this.#last) return END;
    const index = this.#indexOf(value);
    const below = this.#labels[index] ?? 0;
    const known = this.#values[index];
    if (known === undefined || known >= value) return below;
    const above = this.#labels[index + 1] ?? END;
    const label = below + ((above - below) >> 1);
    if (label === below) throw new NoRoom();
    this.#values.splice(index + 1, 0, value);
    this.#labels.splice(index + 1, 0, label);
    return label;
  }

  /** The label of any value. */
  labelOf(value: bigint): number {
    return this.#labels[this.#indexOf(value)] ?? 0;
  }

  /** The first value that has this label. */
  valueAt(label: number): bigint | undefined {
    if (label === END) return undefined;
    let low = 0;
    let high = this.#labels.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#labels[middle] ?? END) <= label) low = middle;
      else high = middle - 1;
    }
    return this.#values[low];
  }

  /** Of the last cut that is not above the value. */
  #indexOf(value: bigint): number {
    let low = 0;
    let high = this.#values.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const at = this.#values[middle];
      if (at !== undefined && at <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
