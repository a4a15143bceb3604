/**
 * Numbers below a capacity in the order in which they came, each at most once, taken out anywhere in
 * the same time: a doubly linked list in two arrays.
 */
export class OpenQueue {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #end: number;

  constructor(capacity: number) {
    this.#end = capacity;
    this.#next = new Int32Array(capacity + 1).fill(-1);
    this.#previous = new Int32Array(capacity + 1).fill(-1);
    this.#next[capacity] = capacity;
    this.#previous[capacity] = capacity;
  }

  /** The one that came first; -1 where there is none. */
  get first(): number {
    const first = this.#next[this.#end] ?? -1;
    return first === this.#end ? -1 : first;
  }

  has(number: number): boolean {
    return (this.#next[number] ?? -1) >= 0;
  }

  push(number: number): void {
    const last = this.#previous[this.#end] ?? this.#end;
    this.#next[last] = number;
    this.#previous[number] = last;
    this.#next[number] = this.#end;
    this.#previous[this.#end] = number;
  }

  remove(number: number): void {
    if (!this.has(number)) return;
    const before = this.#previous[number] ?? this.#end;
    const after = this.#next[number] ?? this.#end;
    this.#next[before] = after;
    this.#previous[after] = before;
    this.#next[number] = -1;
    this.#previous[number] = -1;
  }
}
