import type { Page } from '../../model/api/common.ts';
import type { FlowItem } from '../../model/api/flows.ts';
import type { Instant } from '../../model/core.ts';
import { compileFilter } from '../../query/compile.ts';
import { Listing, strangeCursor, USUAL_LIMIT } from '../../query/listing.ts';
import { parseFilter } from '../../query/parse.ts';
import { flows as resource } from '../../query/resources/flows.ts';
import type { Comparison, Expression } from '../../query/syntax.ts';
import { momentOf } from '../../query/values.ts';
import type { FlowQuery, Store, StoredFlow } from '../store/store.ts';
import type { ListWords } from './lists.ts';
import { pageOf, readCursor, writeCursor } from './lists.ts';
import { flowItem } from './views/flow-items.ts';
import type { SiteFacts } from './views/site-facts.ts';

/** Flows that one question looks at: beyond, `total` is what was found among these. */
export const LOOKED_AT = 5000;

export interface FlowListOptions {
  readonly now: Instant;
  readonly version: string;
  /** Only what was last seen then or later. */
  readonly since?: Instant;
}

/**
 * A page of the flows, newest first. What the database can tell by itself (address, port, protocol,
 * time) it is asked; the rest of a filter is asked of at most `LOOKED_AT` flows.
 *
 * @throws PortolanError E_FILTER, E_USAGE
 */
export function flowPage(
  facts: SiteFacts,
  store: Pick<Store, 'flows' | 'totals'>,
  words: ListWords,
  options: FlowListOptions,
): Page<FlowItem> {
  const { filter = '', sort = resource.order, limit = USUAL_LIMIT, cursor } = words;
  if (sort !== resource.order) return sortedPage(facts, store, words, options);
  const { now, version, since } = options;
  const query = notBefore(pushedDown(parseFilter(filter), now), since);
  const passes = compileFilter(filter, resource, now);
  const everything = { total: store.totals.count(), isAtLeast: false };
  const first = filter.trim() === '' && since === undefined ? everything : undefined;
  const from = cursor === undefined ? undefined : positionOf(cursor);
  const flows = store.flows({
    ...query,
    // Where everything passes, one more than the page tells whether there is another.
    limit: first === undefined ? LOOKED_AT : limit + 1,
    ...(from === undefined ? {} : { after: from.after }),
  });
  const found = look(itemsOf(facts, flows), passes, {
    limit,
    mayStop: from !== undefined || first !== undefined,
  });
  const counted = { total: found.matches, isAtLeast: found.looked === LOOKED_AT };
  const total = from ?? first ?? counted;
  return {
    items: found.items,
    ...(found.end === undefined ? {} : { next: cursorOf(found.end, total) }),
    total: total.total,
    ...(total.isAtLeast ? { isAtLeast: true as const } : {}),
    all: everything.total,
    version,
  };
}

interface Found {
  readonly items: readonly FlowItem[];
  readonly looked: number;
  readonly matches: number;
  /** After which the next page begins; undefined on the last. */
  readonly end: FlowItem | undefined;
}

/** @param options `mayStop`: nobody needs to know how many there are, so that a page is enough */
function look(
  flows: Iterable<FlowItem>,
  passes: (item: FlowItem) => boolean,
  { limit, mayStop }: { readonly limit: number; readonly mayStop: boolean },
): Found {
  const items: FlowItem[] = [];
  let looked = 0;
  let matches = 0;
  let last: FlowItem | undefined;
  for (const item of flows) {
    looked += 1;
    last = item;
    if (!passes(item)) continue;
    matches += 1;
    if (items.length < limit) items.push(item);
    else if (mayStop) break;
  }
  const isFull = matches > items.length;
  const end = isFull ? items.at(-1) : looked === LOOKED_AT ? last : undefined;
  return { items, looked, matches, end };
}

function* itemsOf(facts: SiteFacts, flows: Iterable<StoredFlow>): Iterable<FlowItem> {
  for (const flow of flows) yield flowItem(facts, flow);
}

/** Any other order is that of the newest flows that the filter leaves. */
function sortedPage(
  facts: SiteFacts,
  store: Pick<Store, 'flows' | 'totals'>,
  words: ListWords,
  { now, version, since }: FlowListOptions,
): Page<FlowItem> {
  const query = notBefore(pushedDown(parseFilter(words.filter ?? ''), now), since);
  const stored: readonly StoredFlow[] = [...store.flows({ ...query, limit: LOOKED_AT })];
  const listing = new Listing(
    stored.map((flow) => flowItem(facts, flow)),
    resource,
  );
  const page = pageOf(listing, words, { version, now });
  return {
    ...page,
    ...(stored.length === LOOKED_AT ? { isAtLeast: true as const } : {}),
    all: store.totals.count(),
  };
}

/** The later of what the filter asks for and of the span that one looks at. */
function notBefore(query: FlowQuery, since: Instant | undefined): FlowQuery {
  if (since === undefined) return query;
  return { ...query, since: Math.max(since, query.since ?? since) };
}

/** Counted on the first page, and carried along: who turns pages is told the same number. */
interface Total {
  readonly total: number;
  readonly isAtLeast: boolean;
}

function cursorOf({ lastSeen, id }: FlowItem, { total, isAtLeast }: Total): string {
  const rest = `${id} ${total} ${isAtLeast ? 'more' : 'all'}`;
  return writeCursor({ sort: resource.order, key: lastSeen, id: rest });
}

function positionOf(cursor: string): Total & { readonly after: NonNullable<FlowQuery['after']> } {
  const { sort, key, id: rest } = readCursor(cursor);
  const [, id, total, more] = /^(\d{1,15}) (\d{1,15}) (more|all)$/.exec(rest) ?? [];
  if (sort !== resource.order || typeof key !== 'number' || id === undefined) {
    throw strangeCursor();
  }
  return {
    after: { lastSeen: key, id: Number(id) },
    total: Number(total),
    isAtLeast: more === 'more',
  };
}

/**
 * What of a filter the database can be asked: terms that must hold in any case. The whole filter is
 * asked of what comes back, so that this may only leave out what would not pass.
 */
export function pushedDown(expression: Expression | undefined, now: Instant): FlowQuery {
  const query: FlowQuery = {};
  for (const term of mustHold(expression)) Object.assign(query, askedOf(term, now));
  return query;
}

function askedOf({ field, operator, values }: Comparison, now: Instant): FlowQuery {
  const [{ text } = { text: '' }, ...more] = values;
  if (more.length > 0) return {};
  const name = field.text.toLowerCase();
  if (name === 'lastseen') return operator.startsWith('>') ? sinceQuery(text, now) : {};
  return operator === '=' || operator === 'in' ? equalQuery(name, text) : {};
}

function sinceQuery(text: string, now: Instant): FlowQuery {
  const since = momentOf(text, now);
  return since === undefined ? {} : { since };
}

function equalQuery(name: string, text: string): FlowQuery {
  if (name === 'port') return /^\d{1,5}$/.test(text) ? { port: Number(text) } : {};
  if (name === 'protocol') return isLower(text) ? { protocol: text } : {};
  const isAddress = name === 'address' || name === 'source' || name === 'destination';
  return isAddress && isIpv4(text) ? { address: text } : {};
}

function mustHold(expression: Expression | undefined): readonly Comparison[] {
  if (expression === undefined) return [];
  if (expression.kind === 'compare') return [expression];
  return expression.kind === 'and' ? expression.of.flatMap(mustHold) : [];
}

/** Protocol ids are lower case; in any other case the database, which tells cases apart, is not asked. */
function isLower(text: string): boolean {
  return text === text.toLowerCase();
}

/** One of its forms only; IPv6 has many, which are left to whoever can read them. */
function isIpv4(text: string): boolean {
  return /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text);
}
