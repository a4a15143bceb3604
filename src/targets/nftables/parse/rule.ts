import { parseAddress, parseNetwork } from '../../../base/address.ts';
import { addressSet, EVERY_ADDRESS } from '../../../base/address-set.ts';
import type { Instant } from '../../../model/core.ts';
import type { FilterBox, FilterRule, FilterVerdict } from '../../../model/filter-program.ts';
import { product } from './boxes.ts';
import type { Reading } from './keys.ts';
import { KEYS } from './keys.ts';
import type { Element } from './sets.ts';
import { elementsOf } from './sets.ts';
import { turnOf } from './times.ts';
import type { Token } from './tokens.ts';
import { Cursor } from './tokens.ts';
import { numberOf } from './words.ts';

/** What a table has besides its chains. */
export interface TableView {
  /** `inet portolan`: in front of the names of its chains. */
  readonly table: string;
  readonly sets: ReadonlyMap<string, readonly Element[]>;
  readonly now?: Instant;
}

/** Where what we do not know may end: at a statement, or at a verdict. */
const STATEMENTS = ['counter', 'log', 'accept', 'drop', 'reject', 'return', 'continue', 'jump']
  .concat([
    'goto',
    'dnat',
    'snat',
    'masquerade',
    'redirect',
    'queue',
    'comment',
    'notrack',
    'limit',
  ])
  .concat(['update']);
const UNDECIDED = ['time', 'hour', 'day', 'pkttype', 'length', 'cpu'];
const OPERATORS = ['==', '!=', '<', '>', '<=', '>='];
/** What we write for a rule's id, and nobody else's comment. */
const ID = /^[a-z][a-z0-9_-]{0,39}$/;
const LOG_OPTIONS = ['prefix', 'level', 'group', 'snaplen', 'queue-threshold', 'flags'];

interface Branch {
  readonly box: FilterBox | undefined;
  readonly verdict: FilterVerdict | undefined;
  /** Of the rule for which its element stands, where that says so. */
  readonly id?: string;
}

interface Parts {
  boxes: readonly FilterBox[];
  verdict?: FilterVerdict;
  id?: string;
  until?: Instant;
  /** A verdict map: each of its verdicts with what leads to it. */
  branches?: readonly Branch[];
}

/** One line of a chain: a rule, or as many as a verdict map has verdicts. */
export function rulesOf(tokens: readonly Token[], view: TableView): readonly FilterRule[] {
  const cursor = new Cursor(tokens);
  const parts: Parts = { boxes: [{}] };
  while (!cursor.done) readPart(cursor, view, parts);
  const text = textOf(tokens);
  const line = tokens[0]?.line ?? 1;
  const base = {
    ...{ text, line },
    ...(parts.id === undefined ? {} : { id: parts.id }),
    ...(parts.until === undefined ? {} : { until: parts.until }),
  };
  if (parts.branches === undefined) {
    const verdict = parts.verdict === undefined ? {} : { verdict: parts.verdict };
    return [{ ...base, boxes: parts.boxes, ...verdict }];
  }
  return parts.branches.map(({ box, verdict, id }) => ({
    ...base,
    ...(id === undefined ? {} : { id }),
    boxes: product(parts.boxes, [box ?? { opaque: text }]),
    ...(verdict === undefined ? {} : { verdict }),
  }));
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ kind, text }) => (kind === 'string' ? `"${text}"` : text)).join(' ');
}

function readPart(cursor: Cursor, view: TableView, parts: Parts): void {
  if (readStatement(cursor, parts)) return;
  const verdict = readVerdict(cursor, view, parts);
  if (verdict !== undefined) {
    parts.verdict = verdict;
    return;
  }
  const keys = readKeys(cursor);
  if (keys.length === 0 && readUndecided(cursor, view, parts)) return;
  if (keys.length === 0) readUnknown(cursor, parts, [cursor.take()]);
  else if (!readMatch(cursor, view, keys, parts)) readUnknown(cursor, parts, []);
}

/** What changes nothing about whether the rule matches. */
function readStatement(cursor: Cursor, parts: Parts): boolean {
  if (cursor.takes('counter')) {
    takePairs(cursor, ['packets', 'bytes', 'name']);
    return true;
  }
  if (cursor.takes('log')) {
    takePairs(cursor, LOG_OPTIONS);
    return true;
  }
  if (cursor.takes('comment')) {
    const { text } = cursor.take();
    if (ID.test(text)) parts.id = text;
    return true;
  }
  return cursor.takes('continue') || cursor.takes('notrack');
}

/** An option and its value, as long as there are any. */
function takePairs(cursor: Cursor, options: readonly string[]): void {
  while (cursor.peek().kind === 'word' && options.includes(cursor.peek().text)) {
    cursor.take();
    cursor.take();
  }
}

function readVerdict(
  cursor: Cursor,
  { table }: TableView,
  parts: Parts,
): FilterVerdict | undefined {
  const word = cursor.peek().text;
  switch (word) {
    case 'accept':
    case 'drop':
    case 'return':
      cursor.take();
      return { kind: word };
    case 'reject':
      cursor.take();
      if (cursor.takes('with'))
        while (!cursor.done && cursor.peek().text !== 'comment') cursor.take();
      return { kind: 'reject' };
    case 'jump':
    case 'goto':
      cursor.take();
      return { kind: word, chain: `${table} ${cursor.take().text}` };
    case 'queue':
      cursor.take();
      parts.boxes = product(parts.boxes, [{ opaque: 'queue' }]);
      return { kind: 'drop' };
    default:
      return readTranslation(cursor, parts);
  }
}

function readTranslation(cursor: Cursor, parts: Parts): FilterVerdict | undefined {
  const kind = cursor.peek().text;
  if (kind === 'masquerade' || kind === 'redirect') {
    cursor.take();
    const to = cursor.takes('to') ? portOf(cursor.take().text.replace(/^:/, '')) : undefined;
    skipFlags(cursor);
    return { kind, ...(to === undefined ? {} : { ports: [to] }) };
  }
  if (kind !== 'dnat' && kind !== 'snat') return undefined;
  cursor.take();
  if (['ip', 'ip6'].includes(cursor.peek().text)) cursor.take();
  cursor.takes('to');
  const target = targetOf(cursor.peek().text);
  if (target === undefined) {
    // A map, or an expression: it translates, and to what is not known.
    readUnknown(cursor, parts, [cursor.take()]);
    return { kind, addresses: EVERY_ADDRESS };
  }
  cursor.take();
  skipFlags(cursor);
  return { kind, ...target };
}

function skipFlags(cursor: Cursor): void {
  while (/^(random|fully-random|persistent)$/.test(cursor.peek().text)) {
    cursor.take();
    if (cursor.peek().kind === 'comma') cursor.take();
  }
}

/** `192.0.2.1`, `192.0.2.1:80`, `192.0.2.1-192.0.2.9:80-90`, `[2001:db8::1]:80`, `2001:db8::1` */
function targetOf(text: string): Omit<FilterVerdict & { kind: 'dnat' }, 'kind'> | undefined {
  // `192.0.2.20-192.0.2.23` is listed as a prefix.
  const network = text.includes('/') ? parseNetwork(text) : undefined;
  if (network !== undefined) return { addresses: addressSet([network]) };
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?:-\[([0-9a-fA-F:.]+)\])?(?::(\S+))?$/.exec(text);
  const dotted = /^(\d+\.[\d.]+)(?:-(\d+\.[\d.]+))?(?::(\S+))?$/.exec(text);
  const bare = /^([0-9a-fA-F:]+)(?:-([0-9a-fA-F:]+))?$/.exec(text);
  const [, first, last = first, ports] = bracketed ?? dotted ?? bare ?? [];
  const from = first === undefined ? undefined : parseAddress(first);
  const to = last === undefined ? undefined : parseAddress(last);
  if (from === undefined || to === undefined || from.family !== to.family) return undefined;
  const port = ports === undefined ? undefined : portOf(ports);
  const addresses = addressSet([{ family: from.family, from: from.value, to: to.value }]);
  return { addresses, ...(port === undefined ? {} : { ports: [port] }) };
}

function portOf(text: string): { from: number; to: number } | undefined {
  const [from, to = from] = text.split('-').map((part) => numberOf(part));
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** `ip daddr . meta l4proto . th dport` */
function readKeys(cursor: Cursor): readonly Reading[] {
  const readings: Reading[] = [];
  do {
    const found = KEYS.find(([words]) => cursor.takes(...words));
    if (found === undefined) return [];
    readings.push(found[1]);
  } while (cursor.takes('.'));
  return readings;
}

/** Whether it could be read; what could not is left to `readUnknown`. */
function readMatch(
  cursor: Cursor,
  view: TableView,
  keys: readonly Reading[],
  parts: Parts,
): boolean {
  if (cursor.takes('vmap')) {
    const elements = readElements(cursor, view);
    if (elements === undefined) return false;
    parts.branches = branchesOf(elements, keys, view);
    return true;
  }
  const negated = cursor.takes('!=') || cursor.takes('!');
  cursor.takes('==');
  const elements = readElements(cursor, view) ?? readValues(cursor, keys.length);
  const boxes = elements && boxesOf(elements, keys, negated);
  if (boxes === undefined) return false;
  parts.boxes = product(parts.boxes, boxes);
  return true;
}

function readElements(cursor: Cursor, { sets }: TableView): readonly Element[] | undefined {
  const { kind, text } = cursor.peek();
  if (kind === 'open') return elementsOf(cursor.block() ?? []);
  if (kind !== 'word' || !text.startsWith('@')) return undefined;
  cursor.take();
  return sets.get(text.slice(1));
}

/** A value, or several with commas (`established,related`); one for each key of a concatenation. */
function readValues(cursor: Cursor, count: number): readonly Element[] | undefined {
  const key: string[] = [];
  do key.push(cursor.take().text);
  while (key.length < count && cursor.takes('.'));
  if (key.length !== count || /^[$<>&|^(]/.test(key[0] ?? '')) return undefined;
  const elements: Element[] = [{ key, data: [] }];
  while (cursor.peek().kind === 'comma') {
    cursor.take();
    elements.push({ key: [cursor.take().text], data: [] });
  }
  return elements;
}

function boxesOf(
  elements: readonly Element[],
  keys: readonly Reading[],
  negated: boolean,
): readonly FilterBox[] | undefined {
  const [read, ...more] = keys;
  if (read === undefined) return undefined;
  if (more.length === 0) {
    // Of an empty set everything is out, and nothing in.
    if (elements.length === 0) return negated ? [{}] : [];
    const box = read(
      elements.map(({ key }) => key[0] ?? ''),
      negated,
    );
    return box && [box];
  }
  if (negated) return undefined;
  const boxes = gathered(elements).map((key) => concatenated(key, keys));
  const known = boxes.filter((box) => box !== undefined);
  return known.length === boxes.length ? known.flat() : undefined;
}

/** Elements that differ in the last part only are one box: all MACs of a device, all ports of a peer. */
function gathered(elements: readonly Element[]): readonly (readonly (readonly string[])[])[] {
  const byHead = new Map<string, { head: readonly string[]; last: string[] }>();
  for (const { key } of elements) {
    const head = key.slice(0, -1);
    const text = head.join(' . ');
    const known = byHead.get(text) ?? { head, last: [] };
    known.last.push(key.at(-1) ?? '');
    byHead.set(text, known);
  }
  return Array.from(byHead.values(), ({ head, last }) => [...head.map((part) => [part]), last]);
}

function concatenated(
  key: readonly (readonly string[])[],
  keys: readonly Reading[],
): readonly FilterBox[] | undefined {
  let boxes: readonly FilterBox[] = [{}];
  for (const [index, read] of keys.entries()) {
    const box = read(key[index] ?? [''], false);
    if (box === undefined) return undefined;
    boxes = product(boxes, [box]);
  }
  return boxes;
}

/**
 * Elements that lead to the same verdict are one branch, those of each rule another. No two overlap,
 * so any order will do.
 */
function branchesOf(
  elements: readonly Element[],
  keys: readonly Reading[],
  view: TableView,
): readonly Branch[] {
  const groups = new Map<string, Element[]>();
  for (const element of elements) {
    const text = `${textOf(element.data)} ${element.comment ?? ''}`;
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [element]);
    else group.push(element);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([, group]): Branch[] => {
    const [first] = group;
    const verdict = readVerdict(new Cursor(first?.data ?? []), view, { boxes: [{}] });
    const id = first?.comment !== undefined && ID.test(first.comment) ? first.comment : undefined;
    const named = id === undefined ? { verdict } : { verdict, id };
    const boxes = boxesOf(group, keys, false);
    if (boxes === undefined) return [{ box: undefined, ...named }];
    return boxes.map((box) => ({ box, ...named }));
  });
}

/** Of these we know where they end, so that what stands behind them is still read. */
function readUndecided(cursor: Cursor, { now }: TableView, parts: Parts): boolean {
  const key = UNDECIDED.find((each) => cursor.takes('meta', each));
  if (key === undefined) return false;
  const operator = OPERATORS.includes(cursor.peek().text) ? cursor.take().text : '==';
  const value = cursor.peek().kind === 'open' ? (cursor.block() ?? []) : [cursor.take()];
  const turn = key === 'time' ? turnOf(operator, textOf(value)) : undefined;
  if (turn === undefined || now === undefined) {
    parts.boxes = product(parts.boxes, [{ opaque: `meta ${key} ${operator} ${textOf(value)}` }]);
    return true;
  }
  const isAhead = now < turn.at;
  if (isAhead) parts.until = Math.min(turn.at, parts.until ?? turn.at);
  if (isAhead !== turn.isBefore) parts.boxes = [];
  return true;
}

/** It may match or not: all up to the next statement is taken as one condition. */
function readUnknown(cursor: Cursor, parts: Parts, first: readonly Token[]): void {
  const words = [...first];
  while (!cursor.done && !STATEMENTS.includes(cursor.peek().text)) {
    const { kind } = cursor.peek();
    // One by one: a set may have more elements than a call may have arguments.
    for (const token of kind === 'open' ? (cursor.block() ?? [cursor.take()]) : [cursor.take()]) {
      words.push(token);
    }
  }
  // `meta mark set 1`, `flow add @f`: it does something, and asks nothing.
  if (words[0]?.text === 'flow' || words[2]?.text === 'set') return;
  parts.boxes = product(parts.boxes, [{ opaque: textOf(words) || 'a value that is not known' }]);
}
