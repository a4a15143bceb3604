/** Slots of a table at its beginning; a power of two, like all its sizes. */
const SMALLEST = 16;
/** Octets of a table beside its slots: the array and what holds it. */
const TABLE_OCTETS = 192;

/**
 * Which numbers were noted lately: the last `capacity` for sure, and at most twice as many. For
 * fingerprints of which only membership is asked: two flat tables take 5 to 11 octets for each, where
 * a `Set` takes 40.
 */
export class RecentNumbers {
  readonly #capacity: number;
  #young = new Int32Array(SMALLEST);
  #old = new Int32Array(0);
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get octets(): number {
    return (this.#young.length + this.#old.length) * 4 + 2 * TABLE_OCTETS;
  }

  has(number: number): boolean {
    const mark = markOf(number);
    return isIn(this.#young, mark) || isIn(this.#old, mark);
  }

  /** Notes it. @returns whether it was there already */
  add(number: number): boolean {
    const mark = markOf(number);
    const slot = slotOf(this.#young, mark);
    if (this.#young[slot] === mark) return true;
    const wasKnown = isIn(this.#old, mark);
    this.#young[slot] = mark;
    this.#count += 1;
    if (this.#count >= this.#capacity) this.#turn();
    else if (this.#count * 4 >= this.#young.length * 3) this.#grow();
    return wasKnown;
  }

  /** The young are the old ones now. */
  #turn(): void {
    this.#old = this.#young;
    this.#young = new Int32Array(SMALLEST);
    this.#count = 0;
  }

  #grow(): void {
    const larger = new Int32Array(this.#young.length * 2);
    for (const mark of this.#young) if (mark !== 0) larger[slotOf(larger, mark)] = mark;
    this.#young = larger;
  }
}

/** An empty slot is 0. */
function markOf(number: number): number {
  const mark = number | 0;
  return mark === 0 ? 1 : mark;
}

function isIn(table: Int32Array, mark: number): boolean {
  return table.length > 0 && table[slotOf(table, mark)] === mark;
}

/** Where it is, or would be: a quarter of the slots is always empty. */
function slotOf(table: Int32Array, mark: number): number {
  const last = table.length - 1;
  let at = (mark ^ (mark >>> 15)) & last;
  for (let held = table[at]; held !== 0 && held !== mark; held = table[at]) at = (at + 1) & last;
  return at;
}
