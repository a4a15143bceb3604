/** a to z, 0 to 9, and everything else. */
const LETTERS = 37;
/** Names by which it is known what names look like here. */
const KNOWN = 40;
/** Bits by which the letters of a name must be less likely than those of usual names, on average. */
const STRANGER = 1;
const SHORTEST = 7;

/**
 * What pairs of letters occur in names that exist on this network, and how unlikely the pairs of
 * another name are: names that a machine draws are, in whatever language the others are.
 */
export class Bigrams {
  readonly #pairs = new Uint32Array(LETTERS * LETTERS);
  readonly #singles = new Uint32Array(LETTERS);
  #names = 0;
  /** Mean cost of the names that were learned. */
  #usual = 0;

  get octets(): number {
    return (this.#pairs.length + this.#singles.length) * 4;
  }

  learn(label: string): void {
    this.#names += 1;
    const weight = 1 / Math.min(this.#names, 500);
    this.#usual += (this.#cost(label) - this.#usual) * weight;
    for (let index = 1; index < label.length; index += 1) {
      const [one, other] = [codeOf(label, index - 1), codeOf(label, index)];
      this.#pairs[one * LETTERS + other] = (this.#pairs[one * LETTERS + other] ?? 0) + 1;
      this.#singles[one] = (this.#singles[one] ?? 0) + 1;
    }
  }

  isStrange(label: string): boolean {
    if (this.#names < KNOWN || label.length < SHORTEST) return false;
    return this.#cost(label) > this.#usual + STRANGER;
  }

  /** Bits a pair, with one added to each count so that nothing is impossible. */
  #cost(label: string): number {
    let bits = 0;
    for (let index = 1; index < label.length; index += 1) {
      const [one, other] = [codeOf(label, index - 1), codeOf(label, index)];
      const pairs = (this.#pairs[one * LETTERS + other] ?? 0) + 1;
      bits -= Math.log2(pairs / ((this.#singles[one] ?? 0) + LETTERS));
    }
    return label.length < 2 ? 0 : bits / (label.length - 1);
  }
}

function codeOf(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code >= 97 && code <= 122) return code - 97;
  return code >= 48 && code <= 57 ? code - 22 : LETTERS - 1;
}
