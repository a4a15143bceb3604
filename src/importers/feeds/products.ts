import type { AffectedProduct, VersionRange } from '../../model/vulnerability.ts';

/** Products of one record; the Linux kernel has some hundred, a family of cameras several hundred. */
const MOST_PRODUCTS = 4096;
/** Ranges of one product in one record. */
const MOST_RANGES = 64;

/** Gathers what a record says of products: one entry a product, however often it is named. */
export class Products {
  readonly #byKey = new Map<string, AffectedProduct & { readonly ranges: VersionRange[] }>();

  add(product: Omit<AffectedProduct, 'ranges'>, range: VersionRange): void {
    if (product.vendor === '' || product.product === '') return;
    const key = `${product.vendor} ${product.product}`;
    const known = this.#byKey.get(key);
    if (known === undefined) {
      if (this.#byKey.size < MOST_PRODUCTS) this.#byKey.set(key, { ...product, ranges: [range] });
      return;
    }
    const text = JSON.stringify(range);
    if (known.ranges.some((one) => JSON.stringify(one) === text)) return;
    if (known.ranges.length < MOST_RANGES) known.ranges.push(range);
    // What applies without a condition somewhere applies without one.
    if (known.conditional && !product.conditional)
      this.#byKey.set(key, { ...known, conditional: false });
  }

  get all(): readonly AffectedProduct[] {
    return [...this.#byKey.values()];
  }
}
