import { filterError, said } from './problem.ts';
import type { Expression, Literal, Operator, Token } from './syntax.ts';
import { DEEPEST } from './syntax.ts';
import { tokensOf } from './tokens.ts';

/**
 * Reads a filter: `field operator value`, joined by `and`, `or`, `not` and parentheses; a word by
 * itself is looked for, and terms beside each other must all hold. An empty one lets everything pass.
 *
 * @returns undefined for an empty filter
 * @throws PortolanError E_FILTER, with the place
 */
export function parseFilter(filter: string): Expression | undefined {
  const tokens = tokensOf(filter);
  if (tokens.length === 1) return undefined;
  const parser = new Parser(filter, tokens);
  const expression = parser.either(0);
  parser.end();
  return expression;
}

const END: Token = { kind: 'end', text: '', at: 0 };

class Parser {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(filter: string, tokens: readonly Token[]) {
    this.#filter = filter;
    this.#tokens = tokens;
  }

  either(depth: number): Expression {
    const parts = [this.#all(depth)];
    while (this.#takes('or')) parts.push(this.#all(depth));
    return joined('or', parts);
  }

  end(): void {
    const token = this.#peek();
    if (token.kind !== 'end') this.#refuse(token, `${said(token.text)} is not expected here`);
  }

  #all(depth: number): Expression {
    const parts = [this.#one(depth)];
    for (;;) {
      if (this.#takes('and')) parts.push(this.#one(depth));
      else if (this.#begins()) parts.push(this.#one(depth));
      else return joined('and', parts);
    }
  }

  /** Whether a further term stands beside the last one. */
  #begins(): boolean {
    const token = this.#peek();
    return (
      token.kind === '(' || token.kind === 'text' || (token.kind === 'word' && !isJoint(token))
    );
  }

  #one(depth: number): Expression {
    const token = this.#peek();
    if (depth > DEEPEST) {
      this.#refuse(token, `more than ${DEEPEST} parentheses or "not" are within each other`);
    }
    if (this.#takes('not')) return { kind: 'not', of: this.#one(depth + 1) };
    if (token.kind === '(') {
      this.#next += 1;
      const inner = this.either(depth + 1);
      const close = this.#peek();
      if (close.kind !== ')') this.#refuse(close, 'a ")" is missing');
      this.#next += 1;
      return inner;
    }
    return this.#term();
  }

  #term(): Expression {
    const token = this.#peek();
    const name = this.#literal('a field or a word');
    if (token.kind === 'text') return { kind: 'word', word: name };
    const operator = this.#operator();
    if (operator === undefined) return { kind: 'word', word: name };
    const values = operator === 'in' ? this.#list() : [this.#literal('a value')];
    return { kind: 'compare', field: name, operator, values };
  }

  #operator(): Operator | undefined {
    const token = this.#peek();
    if (token.kind === 'operator') {
      this.#next += 1;
      return token.text;
    }
    return this.#takes('in') ? 'in' : undefined;
  }

  /** `(a, b)`, or one without parentheses: `address in 192.168.1.0/24`. */
  #list(): readonly Literal[] {
    if (this.#peek().kind !== '(') return [this.#literal('a value')];
    this.#next += 1;
    const values = [this.#literal('a value')];
    for (;;) {
      const token = this.#peek();
      this.#next += 1;
      if (token.kind === ')') return values;
      if (token.kind !== ',') this.#refuse(token, 'a "," or ")" is missing');
      values.push(this.#literal('a value'));
    }
  }

  #literal(what: string): Literal {
    const token = this.#peek();
    const isKeyword = token.kind === 'word' && isJoint(token);
    if ((token.kind !== 'word' && token.kind !== 'text') || isKeyword) {
      const found = token.kind === 'end' ? 'it ends' : `${said(token.text)} stands`;
      const quote = isKeyword ? `; as a word, put it in quotes: "${token.text}"` : '';
      this.#refuse(token, `${what} is missing: ${found} here${quote}`);
    }
    this.#next += 1;
    return { text: token.text, at: token.at };
  }

  /** Words of the language are known in any case. */
  #takes(keyword: 'and' | 'or' | 'not' | 'in'): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== keyword) return false;
    this.#next += 1;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? END;
  }

  #refuse(token: Token, why: string): never {
    throw filterError(this.#filter, token.at, why);
  }
}

const JOINTS: ReadonlySet<string> = new Set(['and', 'or', 'in']);

function isJoint({ text }: Token): boolean {
  return JOINTS.has(text.toLowerCase());
}

function joined(kind: 'and' | 'or', parts: readonly Expression[]): Expression {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, of: parts };
}
