import { PortolanError } from '../../base/errors.ts';

/** A word, number or sign of a filter; `at` counts characters from 0. */
export interface Token {
  readonly kind: 'word' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
  /** `\tcp`: a name, though it is also a word of the language. */
  readonly escaped: boolean;
}

/** Characters of a filter; a shell passes more, nobody writes more. */
const LONGEST = 16_384;

/** Longest first, so that `<=` is no `<`. */
const SIGNS = ['&&', '||', '<<', '>>', '<=', '>=', '==', '!='].concat([...'()[]:/+-*%&|^!<>=']);

/**
 * Splits a filter into tokens. Outside brackets a word takes colons and hyphens with it (MAC and
 * IPv6 addresses, `8000-9000`, `tcp-syn`), inside only letters and digits: `tcp[0:2]`.
 *
 * @throws PortolanError E_FILTER
 */
export function tokens(text: string): readonly Token[] {
  if (text.length > LONGEST) {
    throw filterError(
      text,
      LONGEST,
      `the filter is longer than ${LONGEST} characters`,
      'Shorten it',
    );
  }
  const found: Token[] = [];
  let at = 0;
  let depth = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const token = wordAt(text, at, depth > 0) ?? signAt(text, at);
    if (token.text === '[') depth += 1;
    if (token.text === ']') depth -= 1;
    found.push(token);
    at += token.text.length + (token.escaped ? 1 : 0);
  }
  return [...found, { kind: 'end', text: '', at: text.length, escaped: false }];
}

function wordAt(text: string, at: number, isIndex: boolean): Token | undefined {
  const escaped = text.charAt(at) === '\\';
  const from = escaped ? at + 1 : at;
  const pattern = isIndex ? /[A-Za-z0-9_.]+/y : /(?:[A-Za-z0-9_]|::)[A-Za-z0-9_.:-]*/y;
  pattern.lastIndex = from;
  const word = pattern.exec(text)?.[0];
  return word === undefined ? undefined : { kind: 'word', text: word, at, escaped };
}

function signAt(text: string, at: number): Token {
  const sign = SIGNS.find((one) => text.startsWith(one, at));
  if (sign !== undefined) return { kind: 'sign', text: sign, at, escaped: false };
  throw filterError(text, at, `"${text.charAt(at)}" means nothing in a filter`, 'Leave it out');
}

/** The error with the filter below it and a caret under the place. */
export function filterError(text: string, at: number, why: string, remedy: string): PortolanError {
  return new PortolanError('E_FILTER', `capture filter, character ${at + 1}: ${why}`, {
    remedy,
    excerpt: { text, at },
  });
}
