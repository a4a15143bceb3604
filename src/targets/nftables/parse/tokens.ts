/** `end` is the end of a line or a semicolon: both end a statement. */
export interface Token {
  readonly kind: 'word' | 'string' | 'open' | 'close' | 'comma' | 'end';
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/**
 * A string with its quotes, which may go over several lines, a comment, one sign, the end of a line, or
 * a word up to any of these.
 */
const PATTERN = /"[^"]*"|#[^\n]*|\\\n|[{},;\n]|[^\s{},;"#]+/g;

const SIGNS: Readonly<Record<string, Token['kind']>> = {
  '{': 'open',
  '}': 'close',
  ',': 'comma',
  ';': 'end',
  '\n': 'end',
};

/** The words of a ruleset, as nft prints and reads them. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const [found] of text.matchAll(PATTERN)) {
    const kind = found.startsWith('"') ? 'string' : (SIGNS[found] ?? 'word');
    const bare = kind === 'string' ? found.slice(1, -1) : found;
    if (!found.startsWith('#') && found !== '\\\n') tokens.push({ kind, text: bare, line });
    line += found.split('\n').length - 1;
  }
  return tokens;
}

/** Reads tokens from the front; past the end it gives ends. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  get line(): number {
    return this.peek().line;
  }

  peek(ahead = 0): Token {
    const last = this.#tokens.at(-1)?.line ?? 1;
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', text: '', line: last };
  }

  take(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Takes the words if they are the next ones. */
  takes(...words: readonly string[]): boolean {
    const isNext = words.every((word, ahead) => {
      const { kind, text } = this.peek(ahead);
      return kind === 'word' && text === word;
    });
    if (isNext) this.#at += words.length;
    return isNext;
  }

  skipEnds(): void {
    while (!this.done && this.peek().kind === 'end') this.#at += 1;
  }

  /** What stands up to the end of the statement, blocks in braces with it. */
  statement(): readonly Token[] {
    const start = this.#at;
    for (let depth = 0; !this.done; this.#at += 1) {
      const { kind } = this.peek();
      if (depth === 0 && (kind === 'end' || kind === 'close')) break;
      if (kind === 'open') depth += 1;
      if (kind === 'close') depth -= 1;
    }
    return this.#tokens.slice(start, this.#at);
  }

  /** What stands between the brace that is next and its partner; undefined where there is none. */
  block(): readonly Token[] | undefined {
    if (this.peek().kind !== 'open') return undefined;
    const start = this.#at + 1;
    let depth = 0;
    for (; !this.done; this.#at += 1) {
      const { kind } = this.peek();
      if (kind === 'open') depth += 1;
      if (kind === 'close') depth -= 1;
      if (depth === 0) {
        this.#at += 1;
        return this.#tokens.slice(start, this.#at - 1);
      }
    }
    return undefined;
  }
}
