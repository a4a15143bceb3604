/** One command of a script or an export, with the menu that it stands in. */
export interface Command {
  /** `ip firewall filter` */
  readonly menu: string;
  readonly verb: string;
  readonly words: ReadonlyMap<string, string>;
  readonly line: number;
  readonly text: string;
}

export type ScriptReading =
  | { readonly ok: true; readonly commands: readonly Command[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly line: number; readonly why: string };

const VERBS = [
  'add',
  'set',
  'remove',
  'move',
  'print',
  'export',
  'edit',
  'enable',
  'disable',
].concat(['unset', 'find', 'import', 'comment', 'reset-counters', 'reset-counters-all']);

/** Reads `/export`, terse or wrapped, and scripts of `add` commands. Conditions are not followed. */
export function readScript(text: string): ScriptReading {
  const commands: Command[] = [];
  const notes: string[] = [];
  let menu = '';
  for (const { text: raw, line } of joinedLines(text)) {
    const body = raw.trim();
    if (body === '' || body.startsWith('#')) continue;
    if (/^[:{}]/.test(body)) {
      notes.push(`line ${line}: a script is not followed`);
      continue;
    }
    const read = commandOf(body, line, menu);
    if (typeof read === 'string') return { ok: false, line, why: read };
    ({ menu } = read);
    if (read.verb !== '') commands.push(read);
  }
  return { ok: true, commands, notes };
}

/** Or why it is none. A line that only goes to a menu has no verb. */
function commandOf(body: string, line: number, menu: string): Command | string {
  const words = wordsOf(body);
  if (words === undefined) return 'a quote or a bracket does not end';
  const at = words.findIndex((word) => VERBS.includes(word));
  const path = at < 0 ? words : words.slice(0, at);
  const verb = words[at] ?? '';
  const rest = { verb, words: valuesOf(words.slice(path.length + 1)), line, text: body };
  if (!body.startsWith('/')) {
    return path.length > 0 ? 'neither a menu nor a command of one' : { menu, ...rest };
  }
  const gone = path.join(' ').replaceAll('/', ' ').trim().replaceAll(/ +/g, ' ');
  return { menu: gone, ...rest };
}

/** A backslash at the end of a line: the next goes on where its indentation ends. */
function joinedLines(text: string): readonly { readonly text: string; readonly line: number }[] {
  const lines: { text: string; line: number }[] = [];
  let goesOn = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const body = raw.replace(/\r$/, '');
    const last = lines.at(-1);
    const part = body.endsWith('\\') ? body.slice(0, -1) : body;
    if (goesOn && last !== undefined) last.text += part.trimStart();
    else lines.push({ text: part, line: index + 1 });
    goesOn = body.endsWith('\\');
  }
  return lines;
}

function valuesOf(words: readonly string[]): ReadonlyMap<string, string> {
  const pairs = words.flatMap((word): readonly (readonly [string, string])[] => {
    const at = word.indexOf('=');
    return at > 0 ? [[word.slice(0, at), word.slice(at + 1)]] : [];
  });
  return new Map(pairs);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', _: ' ' };

/** Words end at a space outside of quotes and brackets. Undefined where one of these does not end. */
function wordsOf(text: string): readonly string[] | undefined {
  const scanner = new Scanner(text);
  const words: string[] = [];
  for (;;) {
    const word = scanner.word();
    if (word === undefined) return scanner.isWhole ? words : undefined;
    words.push(word);
  }
}

class Scanner {
  readonly #text: string;
  #at = 0;
  isWhole = true;

  constructor(text: string) {
    this.#text = text;
  }

  word(): string | undefined {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
    if (this.#at >= this.#text.length) return undefined;
    let word = '';
    for (let sign = this.#text[this.#at]; sign !== undefined; sign = this.#text[this.#at]) {
      if (sign === ' ' || sign === '\t') break;
      word += this.#part(sign);
    }
    return this.isWhole ? word : undefined;
  }

  #part(sign: string): string {
    if (sign === '"') return this.#quoted();
    if (sign === '[' || sign === '(') return this.#bracketed();
    this.#at += 1;
    return sign;
  }

  #quoted(): string {
    let text = '';
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const sign = this.#text[this.#at] ?? '';
      if (sign === '"') {
        this.#at += 1;
        return text;
      }
      if (sign === '\\') {
        this.#at += 1;
        const next = this.#text[this.#at] ?? '';
        text += ESCAPES[next] ?? next;
      } else text += sign;
    }
    this.isWhole = false;
    return text;
  }

  /** As it stands: what it comes to is known to the router only. */
  #bracketed(): string {
    const from = this.#at;
    let depth = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const sign = this.#text[this.#at] ?? '';
      if ('[('.includes(sign)) depth += 1;
      if ('])'.includes(sign)) depth -= 1;
      if (depth === 0) {
        this.#at += 1;
        return this.#text.slice(from, this.#at);
      }
    }
    this.isWhole = false;
    return '';
  }
}
