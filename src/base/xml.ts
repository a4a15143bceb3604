/** A piece of a document, with the line (from 1) where it begins. */
export type XmlToken =
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly line: number;
    }
  | { readonly kind: 'close'; readonly name: string; readonly line: number }
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  /** Always the last one: nothing after it can be trusted to be what it seems. */
  | { readonly kind: 'damage'; readonly why: string; readonly line: number };

/** Elements within elements; a document of any format that is read here needs fewer. */
const DEPTH_CAP = 32;
const ATTRIBUTE_CAP = 64;
const NAME_CAP = 128;

/**
 * Reads XML 1.0 piece by piece, as far as it is well-formed, and never throws. `<a/>` gives an
 * opening and a closing token.
 *
 * No document type is read and no entity but the five of XML and character references: nothing can
 * grow ("billion laughs") and nothing outside is fetched (CWE-776, CWE-611).
 */
export function* xmlTokens(text: string): Generator<XmlToken, void> {
  const scanner = new Scanner(text);
  while (!scanner.done) {
    yield* scanner.next();
    if (scanner.damaged) return;
  }
  if (scanner.open !== undefined) {
    yield damage(`ends before </${scanner.open}>`, scanner.line);
  }
}

function damage(why: string, line: number): XmlToken {
  return { kind: 'damage', why, line };
}

class Scanner {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #counted = 0;
  #open: string[] = [];
  damaged = false;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\ufeff')) this.#at = 1;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The innermost element that was opened and not closed. */
  get open(): string | undefined {
    return this.#open.at(-1);
  }

  /** Of the place that was reached. */
  get line(): number {
    for (;;) {
      const next = this.#text.indexOf('\n', this.#counted);
      if (next === -1 || next >= this.#at) return this.#line;
      this.#line += 1;
      this.#counted = next + 1;
    }
  }

  next(): readonly XmlToken[] {
    const text = this.#text;
    if (text[this.#at] !== '<') return this.#characters();
    if (text.startsWith('<!--', this.#at)) return this.#skip('<!--', '-->');
    if (text.startsWith('<![CDATA[', this.#at)) return this.#cdata();
    if (text.startsWith('<?', this.#at)) return this.#skip('<?', '?>');
    if (text.startsWith('<!', this.#at)) return this.#doctype();
    if (text.startsWith('</', this.#at)) return this.#closing();
    return this.#opening();
  }

  #fail(why: string): readonly XmlToken[] {
    this.damaged = true;
    return [damage(why, this.line)];
  }

  #characters(): readonly XmlToken[] {
    const line = this.line;
    const end = this.#text.indexOf('<', this.#at);
    const raw = this.#text.slice(this.#at, end === -1 ? undefined : end);
    this.#at += raw.length;
    if (raw.trim() === '') return [];
    if (this.open === undefined) return this.#fail('has text outside of any element');
    return [{ kind: 'text', text: unescaped(raw), line }];
  }

  #skip(start: string, end: string): readonly XmlToken[] {
    const found = this.#text.indexOf(end, this.#at + start.length);
    if (found === -1) return this.#fail(`ends within ${start}`);
    this.#at = found + end.length;
    return [];
  }

  #cdata(): readonly XmlToken[] {
    const line = this.line;
    const start = this.#at + '<![CDATA['.length;
    const end = this.#text.indexOf(']]>', start);
    if (end === -1) return this.#fail('ends within <![CDATA[');
    this.#at = end + ']]>'.length;
    return [{ kind: 'text', text: this.#text.slice(start, end), line }];
  }

  #doctype(): readonly XmlToken[] {
    if (!this.#text.startsWith('<!DOCTYPE', this.#at))
      return this.#fail('has a tag without a name');
    const end = this.#text.indexOf('>', this.#at);
    const subset = this.#text.indexOf('[', this.#at);
    if (subset !== -1 && subset < end) return this.#fail('declares entities of its own');
    return this.#skip('<!', '>');
  }

  #closing(): readonly XmlToken[] {
    const line = this.line;
    const end = this.#text.indexOf('>', this.#at);
    if (end === -1) return this.#fail('ends within a tag');
    const name = this.#text.slice(this.#at + 2, Math.min(end, this.#at + 2 + NAME_CAP)).trimEnd();
    if (name !== this.open) return this.#fail(`closes ${name}, which is not open`);
    this.#open.pop();
    this.#at = end + 1;
    return [{ kind: 'close', name, line }];
  }

  #opening(): readonly XmlToken[] {
    const line = this.line;
    this.#at += 1;
    const name = this.#name();
    if (name === '') return this.#fail('has a tag without a name');
    if (this.#open.length === DEPTH_CAP) return this.#fail(`nests deeper than ${DEPTH_CAP}`);
    const attributes = new Map<string, string>();
    for (;;) {
      this.#blank();
      const token = this.#tagEnd(name, attributes, line);
      if (token !== undefined) return token;
      const why = this.#attribute(attributes);
      if (why !== undefined) return this.#fail(why);
    }
  }

  #tagEnd(
    name: string,
    attributes: ReadonlyMap<string, string>,
    line: number,
  ): readonly XmlToken[] | undefined {
    const opened: XmlToken = { kind: 'open', name, attributes, line };
    if (this.#take('/>')) return [opened, { kind: 'close', name, line }];
    if (!this.#take('>')) return undefined;
    this.#open.push(name);
    return [opened];
  }

  /** Returns what is wrong, if something is. */
  #attribute(attributes: Map<string, string>): string | undefined {
    const name = this.#name();
    if (name === '') return this.done ? 'ends within a tag' : 'has an attribute without a name';
    if (attributes.size === ATTRIBUTE_CAP) return `has more than ${ATTRIBUTE_CAP} attributes`;
    if (attributes.has(name)) return `has the attribute ${name} twice`;
    this.#blank();
    if (!this.#take('=')) return `has the attribute ${name} without a value`;
    this.#blank();
    const quoteMark = this.#text[this.#at] ?? '';
    if (quoteMark !== '"' && quoteMark !== "'") return `has the attribute ${name} without quotes`;
    const end = this.#text.indexOf(quoteMark, this.#at + 1);
    if (end === -1) return `ends within the attribute ${name}`;
    attributes.set(name, unescaped(this.#text.slice(this.#at + 1, end)));
    this.#at = end + 1;
    return undefined;
  }

  #take(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  #blank(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  #name(): string {
    const start = this.#at;
    while (this.#at - start < NAME_CAP && isNameCharacter(this.#text[this.#at])) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }
}

/** Wider than XML's own production, and without blanks and what ends a name. */
function isNameCharacter(character: string | undefined): boolean {
  return character !== undefined && !' \t\r\n=/><"\'&'.includes(character);
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** An entity that XML does not know stays as it is written. */
function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{1,4});/g, (whole, entity: string) =>
    entity.startsWith('#') ? fromReference(entity, whole) : (NAMED[entity] ?? whole),
  );
}

function fromReference(entity: string, whole: string): string {
  const code = entity.startsWith('#x')
    ? Number.parseInt(entity.slice(2), 16)
    : Number(entity.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
