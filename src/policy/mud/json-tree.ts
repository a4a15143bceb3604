/** JSON (RFC 8259) with the place of every value: an error in a file is told with its line. */
export type JsonNode = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: 'object';
  /** Offset in the text. */
  readonly at: number;
  readonly members: ReadonlyMap<string, JsonNode>;
}

export interface JsonArray {
  readonly kind: 'array';
  readonly at: number;
  readonly items: readonly JsonNode[];
}

export interface JsonScalar {
  readonly kind: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
}

export type ParsedJson =
  | { readonly ok: true; readonly root: JsonNode }
  | { readonly ok: false; readonly at: number; readonly why: string };

/** A MUD file is nested some twelve levels deep. */
const DEPTH = 32;

/**
 * Reads a whole document; never throws. A key that occurs twice is refused: one reader takes the
 * first and another the last (RFC 8259 §4), and a policy must not depend on who reads it.
 */
export function parseJson(text: string): ParsedJson {
  const scanner = new Scanner(text);
  try {
    return { ok: true, root: scanner.document() };
  } catch (error) {
    if (error instanceof Damage) return { ok: false, at: error.at, why: error.message };
    throw error;
  }
}

export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Line and column of offsets in a text, both from 1: its lines are counted once, for all of them. */
export function placesIn(text: string): (at: number) => TextPlace {
  let starts: number[] | undefined;
  return (at) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

class Damage extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?/y;
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    // RFC 8259 §8.1: a byte-order mark may be ignored.
    if (text.startsWith('\ufeff')) this.#at = 1;
  }

  document(): JsonNode {
    const root = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#damage('something stands behind the end');
    return root;
  }

  #value(depth: number): JsonNode {
    this.#space();
    if (depth > DEPTH) throw this.#damage(`is nested deeper than ${DEPTH} levels`);
    const character = this.#text[this.#at];
    if (character === '{') return this.#object(depth);
    if (character === '[') return this.#array(depth);
    const at = this.#at;
    if (character === '"') return { kind: 'scalar', at, value: this.#string() };
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, at)) continue;
      this.#at += word.length;
      return { kind: 'scalar', at, value };
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(this.#text)?.[0];
    if (number === undefined) throw this.#damage('a value is expected');
    this.#at += number.length;
    return { kind: 'scalar', at, value: Number(number) };
  }

  #object(depth: number): JsonObject {
    const at = this.#at;
    const members = new Map<string, JsonNode>();
    this.#items('}', () => {
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw this.#damage('a key in quotes is expected');
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') throw this.#damage('a colon is expected');
      this.#at += 1;
      if (members.has(key)) throw new Damage(keyAt, 'this key stands here twice');
      members.set(key, this.#value(depth + 1));
    });
    return { kind: 'object', at, members };
  }

  #array(depth: number): JsonArray {
    const at = this.#at;
    const items: JsonNode[] = [];
    this.#items(']', () => items.push(this.#value(depth + 1)));
    return { kind: 'array', at, items };
  }

  /** From an opening bracket to its closing one. */
  #items(close: string, item: () => void): void {
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === close) {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#space();
      item();
      this.#space();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== close) throw this.#damage(`a comma or ${close} is expected`);
      this.#at += 1;
      if (next === close) return;
    }
  }

  #string(): string {
    const from = this.#at;
    let end = from + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    this.#at = end + 1;
    try {
      const text: unknown = JSON.parse(this.#text.slice(from, end + 1));
      if (typeof text === 'string') return text;
    } catch {
      // A control character, an unknown escape or no end: said below.
    }
    throw new Damage(from, 'this is no string of JSON');
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #damage(why: string): Damage {
    return new Damage(this.#at, why);
  }
}
