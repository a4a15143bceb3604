import type { Document, Node, ParsedNode } from 'yaml';
import {
  Composer,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  Parser,
  visit,
} from 'yaml';
import { visible } from '../base/untrusted.ts';
import type { Diagnostic, Path, Place, Places } from './problem.ts';

/**
 * What a policy's text may be at most. 50,000 rules with their origins are some 12 million
 * characters; nothing in a policy is nested deeper than 8; an alias is a convenience and no multiplier.
 */
export const MOST = {
  characters: 16_000_000,
  depth: 24,
  aliases: 100,
  aliased: 10_000,
  rules: 50_000,
} as const;

const REMEDY = 'Correct that line; what may stand there: portolan policy schema';

/** A policy's text with its syntax tree: comments, order and the place of every value. */
export interface PolicyDocument extends Places {
  readonly file: string;
  readonly text: string;
  readonly yaml: Document.Parsed;
}

export type ReadDocument =
  | { readonly ok: true; readonly document: PolicyDocument; readonly value: unknown }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

/** YAML 1.2, of which JSON is a part. Never throws, whatever the text is. */
export function readDocument(text: string, file: string): ReadDocument {
  const lines = new LineCounter();
  // As `Parser.parse` does; here the lexemes come one by one.
  lines.addNewLine(0);
  const placeAt = (offset: number): Place => placeOf(text, file, lines, offset);
  const fail = (message: string, offset: number, remedy = REMEDY): ReadDocument => ({
    ok: false,
    diagnostic: { level: 'error', path: [], message, remedy, place: placeAt(offset) },
  });
  if (text.length > MOST.characters) {
    return fail(
      `a policy has at most ${MOST.characters} characters, this one ${text.length}`,
      0,
      'Put what belongs together into groups and networks',
    );
  }
  const composer = new Composer({
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    // It looks for each key among all the others; `forbidden` does it in one walk.
    uniqueKeys: false,
    // Where a list's dashes stand is in the tokens only; edits need it.
    keepSourceTokens: true,
  });
  const depth = new DepthGauge(lines);
  const documents = [...composer.compose(depth.tokens(text), true, text.length)];
  if (depth.tooDeep !== undefined) {
    return fail(`nested deeper than ${MOST.depth} levels`, depth.tooDeep);
  }
  const [yaml, second] = documents;
  if (yaml === undefined || !('range' in yaml)) return fail('is empty', 0);
  if (second !== undefined) return fail('a second document', second.range?.[0] ?? 0);
  const wrong = yaml.errors[0];
  if (wrong !== undefined) {
    return fail(`is no YAML: ${firstLine(wrong.message)}`, wrong.pos[0]);
  }
  const alias = forbidden(yaml);
  if (alias !== undefined) return fail(alias.message, alias.offset);
  const place = (path: Path, key = false): Place => placeAt(offsetOf(yaml.contents, path, key));
  return {
    ok: true,
    document: { file, text, yaml, place },
    value: yaml.toJS({ maxAliasCount: MOST.aliases }) ?? {},
  };
}

function firstLine(message: string): string {
  return visible(message.split('\n', 1)[0] ?? '');
}

/** Stops a text before its nesting can exhaust the stack of whoever walks the tree. */
class DepthGauge {
  readonly #parser: Parser;
  /** Offset in the text. */
  tooDeep: number | undefined;

  constructor(lines: LineCounter) {
    this.#parser = new Parser(lines.addNewLine);
  }

  *tokens(
    text: string,
  ): Generator<ReturnType<Parser['next']> extends Generator<infer T> ? T : never> {
    for (const lexeme of new Lexer().lex(text)) {
      yield* this.#parser.next(lexeme);
      if (this.#parser.stack.length > MOST.depth) {
        this.tooDeep = this.#parser.offset;
        return;
      }
    }
    yield* this.#parser.end();
  }
}

/** Aliases beyond the cap, and a key that JavaScript would take for an object's ancestry. */
function forbidden(yaml: Document.Parsed): { message: string; offset: number } | undefined {
  let aliases = 0;
  let found: { message: string; offset: number } | undefined;
  const stop = (message: string, node: { range?: Node['range'] }): symbol => {
    found = { message, offset: node.range?.[0] ?? 0 };
    return visit.BREAK;
  };
  visit(yaml, {
    Alias: (_, node, ancestors) => {
      aliases += 1;
      const meant = node.resolve(yaml);
      if (meant === undefined) return stop('an alias of nothing', node);
      if (ancestors.some((one) => isNode(one) && isAnchored(one))) {
        return stop('an alias within what an anchor names', node);
      }
      const [from = 0, to = 0] = meant.range ?? [];
      if (to - from > MOST.aliased) {
        return stop(`an alias of more than ${MOST.aliased} characters`, node);
      }
      if (aliases > MOST.aliases) return stop(`more than ${MOST.aliases} aliases`, node);
      return undefined;
    },
    Map: (_, { items }) => {
      const keys = new Set<string>();
      for (const { key } of items) {
        const text = isScalar(key) ? String(key.value) : '';
        if (isNode(key) && keys.has(text)) return stop(`the key ${shownKey(text)} twice`, key);
        keys.add(text);
      }
      return undefined;
    },
    Pair: (_, { key }) => {
      if (!isScalar(key)) return stop('a key that is no text', isNode(key) ? key : {});
      if (key.value === '__proto__') return stop('"__proto__" cannot be a name', key);
      return undefined;
    },
  });
  return found;
}

function shownKey(key: string): string {
  return `"${visible(key.slice(0, 60))}"`;
}

function isAnchored(node: Node): boolean {
  return 'anchor' in node && node.anchor !== undefined;
}

/** Follows the path as far as it goes. */
function offsetOf(root: ParsedNode | null, path: Path, wantKey: boolean): number {
  let node: unknown = root;
  let offset = startOf(root) ?? 0;
  for (const [index, step] of path.entries()) {
    const item = memberOf(node, step);
    if (item === undefined) return offset;
    const own = startOf(item.value);
    const key = startOf(item.key);
    const preferKey = wantKey && index === path.length - 1;
    offset = (preferKey ? key : own) ?? own ?? key ?? offset;
    node = item.value;
  }
  return offset;
}

/** Undefined past an alias too: what it stands for is written elsewhere. */
function memberOf(
  node: unknown,
  step: string | number,
): { key?: unknown; value: unknown } | undefined {
  if (isAlias(node) || !isCollection(node)) return undefined;
  if (!isMap(node)) {
    const value: unknown = node.items[Number(step)];
    return value === undefined ? undefined : { value };
  }
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step));
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function placeOf(text: string, file: string, lines: LineCounter, offset: number): Place {
  const { line, col: column } = lines.linePos(Math.min(offset, text.length));
  const start = offset - (column - 1);
  const end = text.indexOf('\n', start);
  const excerpt = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, '');
  return { file, line, column, excerpt: { text: excerpt, at: column - 1 } };
}
