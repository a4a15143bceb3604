import type { Token } from './tokens.ts';
import { Cursor } from './tokens.ts';

/** An element of a set or map: the parts of its key, what it maps to, and what it is called. */
export interface Element {
  readonly key: readonly string[];
  readonly data: readonly Token[];
  readonly comment?: string;
}

/** Begin what an element has besides its key. */
const ATTRIBUTES = ['timeout', 'expires', 'counter', 'comment', 'limit', 'quota', 'last', 'ct'];

/** `{ a . b : verdict, … }` without the braces. */
export function elementsOf(tokens: readonly Token[]): readonly Element[] {
  const groups: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'comma') groups.push([]);
    else if (token.kind !== 'end') groups.at(-1)?.push(token);
  }
  return groups.filter((group) => group.length > 0).map(elementOf);
}

function elementOf(group: readonly Token[]): Element {
  const colon = group.findIndex(({ text, kind }) => text === ':' && kind === 'word');
  const head = colon < 0 ? group : group.slice(0, colon);
  const cut = head.findIndex(({ text, kind }) => kind === 'word' && ATTRIBUTES.includes(text));
  const words = (cut < 0 ? head : head.slice(0, cut)).map(({ text }) => text);
  const key = words
    .join(' ')
    .split(' . ')
    .map((part) => part.replaceAll(' ', ''));
  const said = head.findIndex(({ text, kind }) => kind === 'word' && text === 'comment');
  const comment = said < 0 ? undefined : head[said + 1]?.text;
  const data = colon < 0 ? [] : group.slice(colon + 1);
  return { key, data, ...(comment === undefined ? {} : { comment }) };
}

/** The elements in the body of a set or map. */
export function declaredElements(body: readonly Token[]): readonly Element[] {
  const cursor = new Cursor(body);
  while (!cursor.done) {
    const isElements = cursor.takes('elements', '=') || cursor.takes('elements=');
    if (isElements) return elementsOf(cursor.block() ?? []);
    cursor.statement();
    cursor.skipEnds();
    if (cursor.peek().kind === 'close') cursor.take();
  }
  return [];
}
