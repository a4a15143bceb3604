import { z } from 'zod';
import { orderNumberKeys, productKey, vendorKey } from '../../base/product-key.ts';
import type { VersionRange } from '../../model/vulnerability.ts';
import { parseCpe } from './cpe.ts';
import { readRanges } from './version-text.ts';

const fullName = z.object({
  name: z.string(),
  product_id: z.string(),
  product_identification_helper: z
    .object({
      cpe: z.string().optional(),
      model_numbers: z.array(z.string()).optional(),
    })
    .optional(),
});

/** A branch may hold branches to any depth: they are read by a stack, each looked at by itself. */
const branch = z.object({
  category: z.string(),
  name: z.string(),
  product: fullName.optional(),
  branches: z.array(z.unknown()).default([]),
});

export const productTree = z.object({
  branches: z.array(z.unknown()).default([]),
  full_product_names: z.array(fullName).default([]),
  relationships: z
    .array(
      z.object({
        product_reference: z.string(),
        relates_to_product_reference: z.string(),
        full_product_name: fullName,
      }),
    )
    .default([]),
});

/** A product of the tree: its maker, the keys under which it is looked up, and its versions. */
export interface CsafProduct {
  readonly vendor: string;
  readonly keys: readonly string[];
  readonly ranges: readonly VersionRange[];
}

/** By product id. */
export type ProductTree = ReadonlyMap<string, readonly CsafProduct[]>;

/** Branches that are looked at, and how deep they may stand in one another. */
const MOST_BRANCHES = 50_000;
const DEEPEST = 32;

interface Place {
  readonly vendor: string;
  readonly name: string;
  readonly ranges: readonly VersionRange[];
  readonly depth: number;
}

/** CSAF 2.0 §3.1.2 (branches), §3.1.3 (full product name) and §3.2.2.4 (relationships). */
export function readProducts(tree: z.infer<typeof productTree>): ProductTree {
  const products = new Map<string, readonly CsafProduct[]>();
  const root: Place = { vendor: '', name: '', ranges: UNSTATED, depth: 0 };
  const waiting: (readonly [unknown, Place])[] = tree.branches.map((one) => [one, root] as const);
  for (let count = 0; count < MOST_BRANCHES; count += 1) {
    const next = waiting.pop();
    if (next === undefined) break;
    const parsed = branch.safeParse(next[0]);
    if (!parsed.success) continue;
    const place = placeOf(parsed.data, next[1]);
    const { product, branches } = parsed.data;
    if (product !== undefined) products.set(product.product_id, [productOf(product, place)]);
    if (place.depth < DEEPEST) waiting.push(...branches.map((one) => [one, place] as const));
  }
  for (const one of tree.full_product_names) products.set(one.product_id, byHelper(one));
  for (const one of tree.relationships) relate(products, one);
  return products;
}

const UNSTATED: readonly VersionRange[] = [{ unstated: true }];

function placeOf({ category, name }: z.infer<typeof branch>, before: Place): Place {
  const place = { ...before, depth: before.depth + 1 };
  switch (category) {
    case 'vendor':
      return { ...place, vendor: vendorKey(name) };
    case 'product_name':
      return { ...place, name };
    case 'product_version':
    case 'product_version_range':
      return { ...place, ranges: readRanges(name, category === 'product_version') };
    default:
      return place;
  }
}

function productOf(
  product: z.infer<typeof fullName>,
  { vendor, name, ranges }: Place,
): CsafProduct {
  const called = name === '' ? product.name : name;
  const keys = [
    productKey(called, vendor),
    ...orderNumberKeys(called),
    ...numbersOf(product).map((number) => productKey(number)),
  ];
  return { vendor, keys: [...new Set(keys)].filter((key) => key !== ''), ranges };
}

/** A model number with a wildcard (CSAF §3.1.3.3.5) stands for several: those are left to the name. */
function numbersOf(product: z.infer<typeof fullName>): readonly string[] {
  const numbers = product.product_identification_helper?.model_numbers ?? [];
  return numbers.filter((number) => !/[*?]/.test(number));
}

/** Without branches only a CPE tells who made it and what it is. */
function byHelper(product: z.infer<typeof fullName>): readonly CsafProduct[] {
  const cpe = parseCpe(product.product_identification_helper?.cpe ?? '');
  if (cpe === undefined) return [];
  const vendor = vendorKey(cpe.vendor.replaceAll('_', ' '));
  const exact =
    cpe.version === '*' || cpe.version === '-' ? UNSTATED : readRanges(cpe.version, true);
  return [{ vendor, keys: [productKey(cpe.product, vendor)], ranges: exact }];
}

/** Firmware that is installed on a device: the device's name with the firmware's versions. */
function relate(
  products: Map<string, readonly CsafProduct[]>,
  relation: z.infer<typeof productTree>['relationships'][number],
): void {
  const firmware = products.get(relation.product_reference) ?? [];
  const device = products.get(relation.relates_to_product_reference) ?? [];
  const ranges = firmware.flatMap((one) => one.ranges);
  const related = device.map((one) => ({
    ...one,
    ranges: ranges.length === 0 ? UNSTATED : ranges,
  }));
  products.set(relation.full_product_name.product_id, related);
}
