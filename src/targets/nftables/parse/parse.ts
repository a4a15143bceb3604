import { EVERY_ADDRESS } from '../../../base/address-set.ts';
import type { Instant } from '../../../model/core.ts';
import type { BaseChain, FilterRule, Hook } from '../../../model/filter-program.ts';
import type { ParsedRules } from '../../target.ts';
import type { TableView } from './rule.ts';
import { rulesOf } from './rule.ts';
import type { Element } from './sets.ts';
import { declaredElements } from './sets.ts';
import type { Token } from './tokens.ts';
import { Cursor, tokensOf } from './tokens.ts';
import { numberOf, PRIORITIES } from './words.ts';

const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];
/** Commands that stand in files and say nothing about what is in force afterwards. */
const COMMANDS = ['delete', 'destroy', 'flush', 'add', 'create', 'insert', 'define', 'include'];
/** Begin what is no rule in a chain. */
const HEADS = ['type', 'policy', 'comment'];
/** The longest ruleset that is read: 32 MiB of text. */
const LONGEST = 1 << 25;

interface Reading {
  readonly base: BaseChain[];
  readonly chains: Map<string, readonly FilterRule[]>;
  readonly notes: string[];
  /** What rules with a time are read as they stand at. */
  readonly now: Instant | undefined;
}

/** Reads what `nft list ruleset` or `nft list table` prints, or a file of ours. */
export function parse(text: string, now?: Instant): ParsedRules {
  if (text.length > LONGEST) return { ok: false, line: 1, why: 'longer than 32 MiB' };
  const cursor = new Cursor(tokensOf(text));
  const reading: Reading = { base: [], chains: new Map(), notes: [], now };
  for (cursor.skipEnds(); !cursor.done; cursor.skipEnds()) {
    const { line } = cursor;
    const why = readTop(cursor, reading);
    if (why !== undefined) return { ok: false, line, why };
  }
  const { base, chains, notes } = reading;
  return { ok: true, program: { base: base.toSorted(byPriority), chains }, notes };
}

function byPriority(a: BaseChain, b: BaseChain): number {
  return HOOKS.indexOf(a.hook) - HOOKS.indexOf(b.hook) || a.priority - b.priority;
}

function readTop(cursor: Cursor, reading: Reading): string | undefined {
  const word = cursor.peek().text;
  if (COMMANDS.includes(word)) {
    const { line } = cursor;
    const tokens = cursor.statement();
    if (tokens.some(({ text }) => text === 'rule' || text === 'element' || text === 'include')) {
      reading.notes.push(`line ${line}: ${word} is not followed`);
    }
    return undefined;
  }
  if (!cursor.takes('table')) return `a table was expected, and not ${JSON.stringify(word)}`;
  const family = cursor.take().text;
  const isNamed = cursor.peek().kind === 'word';
  // `table filter { … }` is of the family ip.
  const name = isNamed ? `${family} ${cursor.take().text}` : `ip ${family}`;
  if (cursor.peek().kind !== 'open') return undefined;
  const body = cursor.block();
  if (body === undefined) return 'the table does not end';
  if (/^(inet|ip|ip6) /.test(name)) readTable(name, body, reading);
  else reading.notes.push(`table ${name}: frames of its family are not routed packets`);
  return undefined;
}

interface ChainText {
  readonly name: string;
  readonly body: readonly Token[];
}

function readTable(table: string, body: readonly Token[], reading: Reading): void {
  const sets = new Map<string, readonly Element[]>();
  const chains: ChainText[] = [];
  const parts = partsOf(body);
  if (parts.some(({ kind, name }) => kind === 'flags' && name === 'dormant')) {
    reading.notes.push(`table ${table}: dormant, nothing of it is in force`);
    return;
  }
  for (const { kind, name, block } of parts) {
    if (kind === 'chain') chains.push({ name, body: block });
    else if (kind === 'set' || kind === 'map') sets.set(name, declaredElements(block));
  }
  const { now } = reading;
  const view = { table, sets, ...(now === undefined ? {} : { now }) };
  for (const chain of chains) readChain(chain, view, reading);
}

interface Part {
  readonly kind: string;
  readonly name: string;
  readonly block: readonly Token[];
}

/** `chain NAME { … }` and the like; of what has no block, the first two words. */
function partsOf(body: readonly Token[]): readonly Part[] {
  const parts: Part[] = [];
  const cursor = new Cursor(body);
  for (cursor.skipEnds(); !cursor.done; cursor.skipEnds()) {
    const { text: kind } = cursor.take();
    const name = cursor.peek().text;
    const block = cursor.peek(1).kind === 'open' ? blockAfterName(cursor) : undefined;
    if (block === undefined) cursor.statement();
    parts.push({ kind, name, block: block ?? [] });
  }
  return parts;
}

function blockAfterName(cursor: Cursor): readonly Token[] | undefined {
  cursor.take();
  return cursor.block();
}

function readChain({ name, body }: ChainText, view: TableView, reading: Reading): void {
  const key = `${view.table} ${name}`;
  const statements = statementsOf(body);
  const rules = statements
    .filter(([first]) => !HEADS.includes(first?.text ?? ''))
    .flatMap((statement) => rulesOf(statement, view));
  const type = statements.find(([first]) => first?.text === 'type');
  const head = type && headOf(type);
  if (head === undefined) {
    reading.chains.set(key, rules);
    return;
  }
  const policy = statements.find(([first]) => first?.text === 'policy')?.[1]?.text;
  reading.base.push({ chain: key, ...head, verdict: policy === 'drop' ? 'drop' : 'accept' });
  reading.chains.set(key, [...onlyFamily(view.table, body[0]?.line ?? 1), ...rules]);
}

function statementsOf(body: readonly Token[]): readonly (readonly Token[])[] {
  const statements: (readonly Token[])[] = [];
  const cursor = new Cursor(body);
  for (cursor.skipEnds(); !cursor.done; cursor.skipEnds()) {
    const statement = cursor.statement();
    // A brace that closes nothing.
    if (statement.length === 0) cursor.take();
    else statements.push(statement);
  }
  return statements;
}

/** `type filter hook forward priority filter - 1` */
function headOf(statement: readonly Token[]): Omit<BaseChain, 'chain'> | undefined {
  const words = statement.map(({ text }) => text);
  const hook = HOOKS.find((each) => each === words[words.indexOf('hook') + 1]);
  if (hook === undefined) return undefined;
  const priority = words.slice(words.indexOf('priority') + 1).join('');
  const [, named = '', sign = '+', offset = '0'] =
    /^([a-z]*|-?\d+)(?:([+-])(\d+))?$/.exec(priority) ?? [];
  const base = numberOf(named, PRIORITIES) ?? Number(named);
  const value = base + (sign === '-' ? -1 : 1) * Number(offset);
  const kind = words[1] === 'nat' ? 'nat' : 'filter';
  return { hook, kind, priority: Number.isFinite(value) ? value : 0, verdict: 'accept' };
}

/** A chain of a table of one family does not see packets of the other. */
function onlyFamily(table: string, line: number): readonly FilterRule[] {
  const family = table.startsWith('ip6 ') ? 6 : table.startsWith('ip ') ? 4 : undefined;
  if (family === undefined) return [];
  const sources = EVERY_ADDRESS.filter((range) => range.family !== family);
  const text = `table ${table}: IPv${family} only`;
  return [{ text, line, boxes: [{ sources }], verdict: { kind: 'accept' } }];
}
