/** One statement of a pf.conf: words and single marks; what stands in quotes is one word. */
export interface Statement {
  readonly words: readonly string[];
  readonly line: number;
  readonly text: string;
}

export type Reading =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly line: number; readonly why: string };

/** Macros may stand in macros; what grows beyond that is no rule. */
const MOST_WORDS = 500_000;
/** A quoted string, a table, a variable, a mark, or a word; what is left over is a quote. */
const WORDS = /"[^"]*"|<[\w.:-]{1,64}>|[{}(),!]|>=|<=|!=|><|<>|[=<>]|[^\s"{}(),!=<>]+|"/g;

/** Joins lines that go on, drops comments, puts macros in. */
export function readStatements(text: string): Reading {
  const macros = new Map<string, readonly string[]>();
  const statements: Statement[] = [];
  for (const { text: raw, line } of logicalLines(text)) {
    const words = wordsOf(raw);
    if (words === undefined) return { ok: false, line, why: 'a quote does not end' };
    const [name = '', is, ...value] = words;
    if (is === '=' && /^\w{1,64}$/.test(name)) {
      macros.set(name, expanded(value.flatMap(unquoted), macros));
      continue;
    }
    const all = expanded(words, macros);
    if (all.length > MOST_WORDS) return { ok: false, line, why: `more than ${MOST_WORDS} words` };
    if (all.length > 0) statements.push({ words: all, line, text: raw.trim().slice(0, 500) });
  }
  return { ok: true, statements };
}

/** A line goes on after a backslash, and until its braces are closed: a table, or a whole anchor. */
function logicalLines(text: string): readonly { readonly text: string; readonly line: number }[] {
  const lines: { text: string[]; line: number }[] = [];
  let goesOn = false;
  let depth = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const body = withoutComment(raw.replace(/\r$/, '')).trim();
    const isContinued = body.endsWith('\\');
    const part = isContinued ? body.slice(0, -1) : body;
    const last = lines.at(-1);
    if ((goesOn || depth > 0) && last !== undefined) last.text.push(part);
    else lines.push({ text: [part], line: index + 1 });
    depth = Math.max(0, depth + braces(part));
    goesOn = isContinued;
  }
  return lines.map((each) => ({ line: each.line, text: each.text.join(' ') }));
}

/** How many are open behind it, those in quotes left out. */
function braces(text: string): number {
  let open = 0;
  for (const sign of text.replaceAll(/"[^"]*"/g, '')) {
    if (sign === '{') open += 1;
    if (sign === '}') open -= 1;
  }
  return open;
}

function withoutComment(line: string): string {
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') isQuoted = !isQuoted;
    if (line[at] === '#' && !isQuoted) return line.slice(0, at);
  }
  return line;
}

function wordsOf(text: string): readonly string[] | undefined {
  const words = Array.from(text.matchAll(WORDS), ([word]) => word);
  return words.includes('"') ? undefined : words;
}

/** Inside the quotes of a macro stands a part of a rule. */
function unquoted(word: string): readonly string[] {
  return word.startsWith('"') ? (wordsOf(word.slice(1, -1)) ?? []) : [word];
}

function expanded(
  words: readonly string[],
  macros: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const all: string[] = [];
  for (const word of words) {
    if (all.length > MOST_WORDS) break;
    // A variable that is not there stays, and is a condition that we do not know.
    const value = word.startsWith('$') ? macros.get(word.slice(1)) : undefined;
    if (value === undefined) all.push(word);
    else for (const each of value) all.push(each);
  }
  return all;
}
