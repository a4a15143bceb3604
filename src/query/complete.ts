import { PortolanError } from '../base/errors.ts';
import { fieldCalled } from './compile.ts';
import type { Field, Resource } from './field.ts';
import { operatorsOf } from './field.ts';
import type { Token } from './syntax.ts';
import { tokensOf } from './tokens.ts';

/** Suggestions at most: a list that is longer nobody reads. */
const MOST = 20;

export interface Suggestion {
  /** What to put in place of everything from `from` on. */
  readonly insert: string;
  readonly from: number;
  readonly help: string;
}

/**
 * What may stand at the end of what was typed so far.
 *
 * @param valuesOf values that a field has in the list, the most frequent first
 */
export function completeFilter<Item>(
  text: string,
  resource: Resource<Item>,
  valuesOf: (field: Field<Item>) => readonly string[],
): readonly Suggestion[] {
  const tokens = readable(text);
  if (tokens === undefined) return [];
  const typed = tokens.at(-1);
  // A word that touches the end is still being typed; after a space the next one begins.
  const isOpen = typed?.kind === 'word' && typed.at + typed.text.length === text.length;
  const before = isOpen ? tokens.slice(0, -1) : tokens;
  const place = { from: isOpen ? typed.at : text.length, part: isOpen ? typed.text : '' };
  return fitting(expected(before, resource, valuesOf), place);
}

interface Word {
  readonly insert: string;
  readonly help: string;
}

function expected<Item>(
  before: readonly Token[],
  resource: Resource<Item>,
  valuesOf: (field: Field<Item>) => readonly string[],
): readonly Word[] {
  const last = before.at(-1);
  const field = fieldBefore(before, resource);
  if (field !== undefined && asksForValue(before)) return valueWords(field, valuesOf(field));
  const named = last?.kind === 'word' ? fieldCalled(resource, last.text) : undefined;
  if (named !== undefined && fieldBefore(before.slice(0, -1), resource) === undefined) {
    return operatorsOf(named)
      .split(' ')
      .map((operator) => ({ insert: operator, help: OPERATOR_HELP[operator] ?? '' }));
  }
  return isComplete(last) ? [...JOINTS, ...fieldWords(resource)] : fieldWords(resource);
}

/** The field whose value is being given: `field =`, `field in (a,`. */
function fieldBefore<Item>(
  before: readonly Token[],
  resource: Resource<Item>,
): Field<Item> | undefined {
  const inside = before.findLastIndex(({ kind }) => kind === '(');
  const isList = inside >= 0 && before.slice(inside + 1).every(isListPart);
  const operatorAt = isList && isIn(before[inside - 1]) ? inside - 1 : before.length - 1;
  const operator = before[operatorAt];
  if (operator?.kind !== 'operator' && !isIn(operator)) return undefined;
  const name = before[operatorAt - 1];
  return name?.kind === 'word' ? fieldCalled(resource, name.text) : undefined;
}

function isListPart({ kind }: Token): boolean {
  return kind === 'word' || kind === 'text' || kind === ',';
}

function isIn(token: Token | undefined): boolean {
  return token?.kind === 'word' && token.text.toLowerCase() === 'in';
}

function asksForValue(before: readonly Token[]): boolean {
  const last = before.at(-1);
  return last?.kind === 'operator' || last?.kind === ',' || last?.kind === '(' || isIn(last);
}

function isComplete(last: Token | undefined): boolean {
  if (last === undefined) return false;
  if (last.kind === 'word') return !['and', 'or', 'not', 'in'].includes(last.text.toLowerCase());
  return last.kind === 'text' || last.kind === ')';
}

const JOINTS: readonly Word[] = [
  { insert: 'and', help: 'both must hold' },
  { insert: 'or', help: 'one must hold' },
];

const OPERATOR_HELP: Readonly<Record<string, string>> = {
  '=': 'is',
  '!=': 'is not',
  '~': 'contains',
  in: 'is one of (a, b), or within a network',
  '<': 'less, earlier',
  '<=': 'at most',
  '>': 'more, later',
  '>=': 'at least',
};

function fieldWords<Item>({ fields }: Resource<Item>): readonly Word[] {
  return fields.map(({ name, help }) => ({ insert: name, help }));
}

function valueWords<Item>(field: Field<Item>, present: readonly string[]): readonly Word[] {
  switch (field.type) {
    case 'choice':
      return field.choices.map((choice) => ({ insert: choice, help: field.name }));
    case 'truth':
      return ['yes', 'no'].map((word) => ({ insert: word, help: field.help }));
    case 'time':
      return TIMES;
    case 'text':
    case 'address':
    case 'number':
      return present.map((value) => ({ insert: quoteWord(value), help: field.name }));
  }
}

const TIMES: readonly Word[] = [
  { insert: '-1h', help: 'an hour ago' },
  { insert: '-24h', help: 'a day ago' },
  { insert: '-7d', help: 'a week ago' },
  { insert: '-30d', help: 'thirty days ago' },
];

/** As one word of the language: in quotes where it would be several, or mean something. */
export function quoteWord(value: string): string {
  const isPlain = /^[\p{L}\p{N}_.:/@%*+-]+$/u.test(value) && !/^(?:and|or|not|in)$/i.test(value);
  return isPlain ? value : `"${value.replaceAll(/[\\"]/g, '\\$&')}"`;
}

function fitting(
  words: readonly Word[],
  { from, part }: { readonly from: number; readonly part: string },
): readonly Suggestion[] {
  const wanted = part.toLowerCase();
  const starts = words.filter(({ insert }) => bare(insert).startsWith(wanted));
  const others = words.filter(
    ({ insert }) => !bare(insert).startsWith(wanted) && bare(insert).includes(wanted),
  );
  return [...starts, ...others].slice(0, MOST).map((word) => ({ ...word, from }));
}

function bare(insert: string): string {
  return insert.replace(/^"/, '').toLowerCase();
}

/** Undefined where a quotation is still open: then it is the person's own text. */
function readable(text: string): readonly Token[] | undefined {
  try {
    return tokensOf(text).filter(({ kind }) => kind !== 'end');
  } catch (error) {
    if (error instanceof PortolanError) return undefined;
    throw error;
  }
}
