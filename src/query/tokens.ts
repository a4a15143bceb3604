import { filterError } from './problem.ts';
import type { Token } from './syntax.ts';
import { LONGEST } from './syntax.ts';

const SPACE = /\s/;
/** What ends a word. An apostrophe does not: names have them. */
const BREAKS = new Set(['(', ')', ',', '=', '!', '<', '>', '~', '"']);

/**
 * The parts of a filter; the last one is `end`.
 *
 * @throws PortolanError E_FILTER
 */
export function tokensOf(filter: string): readonly Token[] {
  if (filter.length > LONGEST) {
    throw filterError(
      filter.slice(0, LONGEST),
      LONGEST,
      `it has ${filter.length} characters, and ${LONGEST} are the most`,
    );
  }
  const tokens: Token[] = [];
  for (let at = 0; at < filter.length; ) {
    if (SPACE.test(filter.charAt(at))) {
      at += 1;
      continue;
    }
    const [token, next] = tokenAt(filter, at);
    tokens.push(token);
    at = next;
  }
  tokens.push({ kind: 'end', text: '', at: filter.length });
  return tokens;
}

function tokenAt(filter: string, at: number): readonly [Token, next: number] {
  const character = filter.charAt(at);
  switch (character) {
    case '(':
    case ')':
    case ',':
      return [{ kind: character, text: character, at }, at + 1];
    case '"':
    case "'":
      return quoted(filter, at, character);
    case '=':
    case '~':
      return [{ kind: 'operator', text: character, at }, at + 1];
    case '<':
    case '>': {
      const isOrEqual = filter.charAt(at + 1) === '=';
      const text = isOrEqual ? (`${character}=` as const) : character;
      return [{ kind: 'operator', text, at }, at + text.length];
    }
    case '!':
      if (filter.charAt(at + 1) !== '=') {
        throw filterError(filter, at, '"!" stands only in "!="; the opposite is "not"');
      }
      return [{ kind: 'operator', text: '!=', at }, at + 2];
    default:
      return word(filter, at);
  }
}

function word(filter: string, at: number): readonly [Token, next: number] {
  let end = at;
  while (end < filter.length) {
    const character = filter.charAt(end);
    if (BREAKS.has(character) || SPACE.test(character)) break;
    end += 1;
  }
  return [{ kind: 'word', text: filter.slice(at, end), at }, end];
}

/** A backslash takes the meaning of the character after it. */
function quoted(filter: string, at: number, mark: string): readonly [Token, next: number] {
  let text = '';
  for (let index = at + 1; index < filter.length; index += 1) {
    const character = filter.charAt(index);
    if (character === mark) return [{ kind: 'text', text, at }, index + 1];
    if (character === '\\' && index + 1 < filter.length) index += 1;
    text += filter.charAt(index);
  }
  throw filterError(filter, at, `this quotation has no end: add ${mark}`);
}
