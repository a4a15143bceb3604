import type { PortolanError } from '../../base/errors.ts';
import { closest } from '../../base/suggest.ts';
import type { Token } from './tokens.ts';
import { filterError, tokens } from './tokens.ts';

/** Parentheses and negations within each other. */
const DEEPEST = 100;

/** Where in the filter the parser is. */
export class TokenCursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #words: ReadonlySet<string>;
  #at = 0;
  #depth = 0;

  /** @param words of the language, to tell an unknown word from a misplaced one */
  constructor(text: string, words: ReadonlySet<string>) {
    this.#text = text;
    this.#tokens = tokens(text);
    this.#words = words;
  }

  peek(ahead = 0): Token {
    const last = this.#tokens.at(-1) ?? { kind: 'end', text: '', at: 0, escaped: false };
    return this.#tokens[this.#at + ahead] ?? last;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Goes past the next token if it is one of these. */
  accept(...texts: readonly string[]): string | undefined {
    const { text, escaped, kind } = this.peek();
    if (kind === 'end' || escaped || !texts.includes(text)) return undefined;
    this.#at += 1;
    return text;
  }

  expect(text: string): void {
    if (this.accept(text) === undefined) throw this.misplaced(`"${text}" is missing`);
  }

  /** Runs what is one level deeper; a filter that nests without end is refused. */
  deeper<T>(work: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) {
      throw this.error(`it nests deeper than ${DEEPEST} levels`, 'Say it with fewer parentheses');
    }
    const result = work();
    this.#depth -= 1;
    return result;
  }

  error(why: string, remedy: string, token: Token = this.peek()): PortolanError {
    return filterError(this.#text, token.at, why, remedy);
  }

  /** The next token is not what can stand here. */
  misplaced(wanted: string): PortolanError {
    const { kind, text } = this.peek();
    if (kind === 'end') return this.error(`the filter ends too early: ${wanted}`, 'Complete it');
    if (kind === 'word' && !this.#words.has(text) && !/^[\d.:-]/.test(text)) {
      return this.error(`unknown word "${text}"`, this.#remedy(text));
    }
    return this.error(`"${text}" does not fit here: ${wanted}`, 'See: man pcap-filter');
  }

  #remedy(word: string): string {
    const near = closest(word, [...this.#words]);
    return near === undefined
      ? 'A capture filter knows addresses, ports and protocols up to TCP and UDP, not what they carry: name its port'
      : `Did you mean "${near}"?`;
  }
}
