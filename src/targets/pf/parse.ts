import type { AddressSet } from '../../base/address-set.ts';
import type {
  FilterBox,
  FilterProgram,
  FilterRule,
  FilterVerdict,
} from '../../model/filter-program.ts';
import type { ParsedRules } from '../target.ts';
import { tableOf } from './conditions.ts';
import type { PfRule } from './rule.ts';
import { ruleOf } from './rule.ts';
import type { Statement } from './statements.ts';
import { readStatements } from './statements.ts';
import { Ways } from './ways.ts';

/** The longest text that is read: 32 MiB. */
const LONGEST = 1 << 25;
/** They say nothing about who may what. */
const SILENT = [
  'set',
  'scrub',
  'table',
  'altq',
  'queue',
  'nat-anchor',
  'rdr-anchor',
  'binat-anchor',
].concat(['load', '}', 'ether']);

/**
 * Reads a pf.conf or what `pfctl -s rules` prints. The last rule that matches decides, or the first
 * with `quick`: asked in the order of a program, these come first and the others after them, backwards.
 */
export function parse(text: string): ParsedRules {
  if (text.length > LONGEST) return { ok: false, line: 1, why: 'longer than 32 MiB' };
  const read = readStatements(text);
  if (!read.ok) return read;
  const tables = tablesOf(read.statements);
  const notes: string[] = [];
  const parts: (PfRule | Statement)[] = [];
  for (const statement of read.statements) {
    const rule = ruleOf(statement, (name) => tables.get(name));
    const [first = ''] = statement.words;
    if (rule !== undefined) parts.push(rule);
    else if (SILENT.includes(first)) note(statement, notes);
    else if (!isStatement(first))
      return { ok: false, line: statement.line, why: 'this is no statement of pf' };
    else {
      notes.push(`line ${statement.line}: what ${first} adds is not known here`);
      parts.push(statement);
    }
  }
  return { ok: true, program: programOf(parts), notes };
}

function note({ words: [first = ''], line }: Statement, notes: string[]): void {
  if (['load', 'ether'].includes(first)) notes.push(`line ${line}: ${first} is not followed`);
}

/** Statements of pf that may decide about packets, and are not read. */
function isStatement(word: string): boolean {
  return ['anchor', 'antispoof', 'binat', 'no', 'include'].includes(word);
}

function tablesOf(statements: readonly Statement[]): ReadonlyMap<string, AddressSet> {
  const tables = new Map<string, AddressSet>();
  for (const { words } of statements) {
    const [first, name = ''] = words;
    const set = first === 'table' ? tableOf(words) : undefined;
    if (set !== undefined) tables.set(name.replaceAll(/[<>"]/g, ''), set);
  }
  return tables;
}

function programOf(parts: readonly (PfRule | Statement)[]): FilterProgram {
  const ways = new Ways(parts.filter((part) => 'action' in part));
  const chains = new Map<string, readonly FilterRule[]>([
    ['nat', parts.flatMap((part) => ('action' in part ? translationOf(part) : []))],
    ['in', stageOf(parts, ways, 'in')],
    ['out', stageOf(parts, ways, 'out')],
  ]);
  return {
    base: [
      { chain: 'nat', hook: 'prerouting', kind: 'nat', priority: -100, verdict: 'accept' },
      { chain: 'in', hook: 'prerouting', kind: 'filter', priority: 0, verdict: 'accept' },
      { chain: 'out', hook: 'postrouting', kind: 'filter', priority: 0, verdict: 'accept' },
    ],
    chains,
  };
}

function stageOf(
  parts: readonly (PfRule | Statement)[],
  ways: Ways,
  stage: 'in' | 'out',
): readonly FilterRule[] {
  const quick: FilterRule[] = [];
  const last: FilterRule[] = [];
  for (const part of parts) {
    if (!('action' in part)) {
      last.unshift(...unknownRules(part));
      continue;
    }
    if (part.direction !== undefined && part.direction !== stage) continue;
    ways.follow(part, stage);
    const rule = filterRuleOf(part, ways, stage);
    if (rule === undefined) continue;
    if (part.isQuick) quick.push(rule);
    else last.unshift(rule);
  }
  return [...quick, ...last];
}

/** Either may be, of any packet. */
function unknownRules({ text, line }: Statement): readonly FilterRule[] {
  const boxes = [{ opaque: text.slice(0, 80) }];
  return (['accept', 'drop'] as const).map((kind) => ({ text, line, boxes, verdict: { kind } }));
}

function filterRuleOf(rule: PfRule, ways: Ways, stage: 'in' | 'out'): FilterRule | undefined {
  const { action, statement, isReturn } = rule;
  if (action !== 'pass' && action !== 'block') return undefined;
  const boxes = rule.boxes.flatMap((box) =>
    withWay({ ...box, ...interfacesOf(rule, stage) }, rule, ways),
  );
  const kind = action === 'pass' ? 'accept' : isReturn ? 'reject' : 'drop';
  return { text: statement.text, line: statement.line, boxes, verdict: { kind } };
}

function interfacesOf({ interfaces }: PfRule, stage: 'in' | 'out'): FilterBox {
  if (interfaces === undefined) return {};
  const { names, not } = interfaces;
  if (stage === 'in') return not ? { notInputs: names } : { inputs: names };
  return not ? { notOutputs: names } : { outputs: names };
}

/** Both the interface that is asked and those that the tag stands for. */
function withWay(box: FilterBox, { tagged }: PfRule, ways: Ways): readonly FilterBox[] {
  if (tagged === undefined) return [box];
  const found = ways.boxesOf(tagged);
  if (found === undefined)
    return [{ ...box, opaque: `${box.opaque ?? ''} tagged ${tagged.tag}`.trim() }];
  return found.flatMap((way) => {
    const inputs = common(box.inputs, way.inputs);
    const outputs = common(box.outputs, way.outputs);
    if (inputs?.length === 0 || outputs?.length === 0) return [];
    if (box.local !== undefined && way.local !== undefined && box.local !== way.local) return [];
    return [{ ...way, ...box, ...(inputs && { inputs }), ...(outputs && { outputs }) }];
  });
}

function common(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((name) => b.includes(name));
}

function translationOf(rule: PfRule): readonly FilterRule[] {
  const { action, translation, statement } = rule;
  if (action !== 'rdr' || translation?.kind !== 'dnat') return [];
  const verdict: FilterVerdict =
    translation.addresses.length > 0
      ? translation
      : {
          kind: 'redirect',
          ...(translation.ports === undefined ? {} : { ports: translation.ports }),
        };
  const boxes = rule.boxes.map((box) => ({ ...box, ...interfacesOf(rule, 'in') }));
  return [{ text: statement.text, line: statement.line, boxes, verdict }];
}
