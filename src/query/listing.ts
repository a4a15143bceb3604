import { parseAddress } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import type { Instant } from '../model/core.ts';
import { compileFilter, fieldCalled } from './compile.ts';
import type { Field, Resource } from './field.ts';
import { said } from './problem.ts';

/** Items of a page where nobody says how many, and the most. */
export const USUAL_LIMIT = 100;
export const MOST_LIMIT = 500;

export interface ListRequest {
  readonly filter?: string | undefined;
  /** Field, `-` before it for descending. */
  readonly sort?: string | undefined;
  readonly limit?: number | undefined;
  /** After this one. */
  readonly after?: Position | undefined;
}

/** Where a page ended: the next one begins behind it, whatever came or went meanwhile. */
export interface Position {
  readonly sort: string;
  readonly key: SortKey;
  readonly id: string;
}

export type SortKey = string | number;

export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly next?: Position;
  readonly total: number;
  readonly all: number;
}

interface Entry<Item> {
  readonly key: SortKey;
  readonly id: string;
  readonly item: Item;
}

/**
 * Items of one version of a list, asked and sorted as often as one likes: an order is made once and
 * kept, so that a page costs one pass over the items.
 */
export class Listing<Item> {
  readonly items: readonly Item[];
  readonly #resource: Resource<Item>;
  readonly #orders = new Map<string, readonly Entry<Item>[]>();

  constructor(items: readonly Item[], resource: Resource<Item>) {
    this.items = items;
    this.#resource = resource;
  }

  /** @throws PortolanError E_FILTER, E_USAGE */
  page(request: ListRequest, now: Instant): Listed<Item> {
    const { filter = '', limit = USUAL_LIMIT, after } = request;
    const sort = orderOf(this.#resource, request.sort);
    const passes = compileFilter(filter, this.#resource, now);
    const order = this.#order(sort);
    if (after !== undefined && after.sort !== sort) throw strangeCursor();
    const isDescending = sort.startsWith('-');
    const left = order.filter(({ item }) => passes(item));
    const from = after === undefined ? 0 : firstBehind(left, after, isDescending);
    const found = left.slice(from, from + limit);
    const last = found.at(-1);
    const isMore = last !== undefined && last !== left.at(-1);
    return {
      items: found.map(({ item }) => item),
      ...(isMore ? { next: { sort, key: last.key, id: last.id } } : {}),
      total: left.length,
      all: this.items.length,
    };
  }

  /** Everything that the filter leaves, in the order of the list. */
  filtered(filter: string, now: Instant, sort: string = this.#resource.order): readonly Item[] {
    const passes = compileFilter(filter, this.#resource, now);
    return this.#order(orderOf(this.#resource, sort))
      .filter(({ item }) => passes(item))
      .map(({ item }) => item);
  }

  /** @param sort as `orderOf` writes it: whoever writes it otherwise gets no order of their own */
  #order(sort: string): readonly Entry<Item>[] {
    const known = this.#orders.get(sort);
    if (known !== undefined) return known;
    const isDescending = sort.startsWith('-');
    const field = sortField(this.#resource, sort.replace(/^-/, ''));
    const entries = this.items.map((item) => ({
      key: keyOf(field, item),
      id: this.#resource.idOf(item),
      item,
    }));
    entries.sort((a, b) => compare(a, b, isDescending));
    this.#orders.set(sort, entries);
    return entries;
  }
}

/**
 * The one way to write an order down: a field is known in any case, and each spelling would be kept.
 *
 * @throws PortolanError E_USAGE
 */
function orderOf<Item>(resource: Resource<Item>, sort: string = resource.order): string {
  const { name } = sortField(resource, sort.replace(/^-/, ''));
  return sort.startsWith('-') ? `-${name}` : name;
}

/** By bisection: to compare texts as people do costs too much to do it with each. */
function firstBehind<Item>(
  entries: readonly Entry<Item>[],
  after: Position,
  isDescending: boolean,
): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry !== undefined && compare(entry, after, isDescending) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function strangeCursor(): PortolanError {
  return new PortolanError('E_USAGE', 'This cursor does not belong to this list and order', {
    remedy: 'Ask for the first page: leave cursor out',
  });
}

/** @throws PortolanError E_USAGE */
export function sortField<Item>(resource: Resource<Item>, name: string): Field<Item> {
  const field = fieldCalled(resource, name);
  if (field !== undefined) return field;
  const names = resource.fields.map((one) => one.name);
  const near = closest(name, names);
  const hint = near === undefined ? '' : `, did you mean "${near}"?`;
  throw new PortolanError('E_USAGE', `${resource.name} have no field ${said(name)}${hint}`, {
    remedy: `Sort by one of: ${names.join(', ')}`,
  });
}

/** Fields are in the order of people: `Camera 2` before `Camera 10`, whatever the case. */
const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(
  a: Pick<Entry<unknown>, 'key' | 'id'>,
  b: Pick<Entry<unknown>, 'key' | 'id'>,
  isDescending: boolean,
): number {
  const byKey = compareKeys(a.key, b.key);
  if (byKey !== 0) return isDescending ? -byKey : byKey;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function compareKeys(a: SortKey, b: SortKey): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return COLLATOR.compare(String(a), String(b));
}

/** The first value speaks for several; what is unknown is less than everything. */
function keyOf<Item>(field: Field<Item>, item: Item): SortKey {
  switch (field.type) {
    case 'text':
      return first(field.of(item)) ?? '';
    case 'choice': {
      const value = first(field.of(item)) ?? '';
      return field.ordered === true ? field.choices.indexOf(value) : value;
    }
    case 'address':
      return addressKey(first(field.of(item)) ?? '');
    case 'number':
    case 'time':
      return first(field.of(item)) ?? -1;
    case 'truth':
      return field.of(item) ? 1 : 0;
  }
}

function first<Value>(value: Value | readonly Value[]): Value | undefined {
  return isList(value) ? value[0] : value;
}

function isList<Value>(value: Value | readonly Value[]): value is readonly Value[] {
  return Array.isArray(value);
}

/** Decimal, since the collator compares numbers: IPv4 first; what is no address comes last, as text. */
function addressKey(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) return `9 ${text}`;
  return `${address.family} ${address.value}`;
}
