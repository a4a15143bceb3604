import { EVERY_ADDRESS } from '../../../base/address-set.ts';
import type { BaseChain, FilterRule, Hook } from '../../../model/filter-program.ts';
import type { ParsedRules } from '../../target.ts';
import { HOOKED } from '../names.ts';
import { ruleOf } from './rule.ts';
import type { Sections, TableText } from './sections.ts';
import { sectionsOf } from './sections.ts';

const HOOKS: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};
/** linux/netfilter_ipv4.h: NF_IP_PRI_…; nat has one for each direction. */
const PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  filter: 0,
  security: 50,
};
/** The longest ruleset that is read: 32 MiB of text. */
const LONGEST = 1 << 25;

/**
 * Reads what iptables-save, ip6tables-save and ipset save print, one behind the other, or files of
 * ours. Our chains are taken as hooked in where the chains of the kernel are not in the text.
 */
export function parse(text: string): ParsedRules {
  if (text.length > LONGEST) return { ok: false, line: 1, why: 'longer than 32 MiB' };
  const divided = sectionsOf(text);
  if ('why' in divided) return { ok: false, ...divided };
  const chains = new Map<string, readonly FilterRule[]>();
  const base = divided.tables.flatMap((table) => readTable(table, divided, chains));
  const order = Object.values(HOOKS);
  const sorted = base.toSorted(
    (a, b) => order.indexOf(a.hook) - order.indexOf(b.hook) || a.priority - b.priority,
  );
  return { ok: true, program: { base: sorted, chains }, notes: divided.notes };
}

function readTable(
  table: TableText,
  { sets }: Sections,
  chains: Map<string, readonly FilterRule[]>,
): readonly BaseChain[] {
  const names = new Set([...table.chains.keys(), ...table.rules.map(({ chain }) => chain)]);
  const key = (name: string): string =>
    `${table.family === 4 ? 'ip' : 'ip6'} ${table.name} ${name}`;
  const chainKey = (name: string): string | undefined => (names.has(name) ? key(name) : undefined);
  const byChain = new Map<string, FilterRule[]>([...names].map((name) => [name, []]));
  for (const rule of table.rules) {
    byChain.get(rule.chain)?.push(ruleOf(rule, { table, sets, chainKey }));
  }
  for (const [name, rules] of byChain) {
    chains.set(key(name), [...rules, ...defaultOf(table, name)]);
  }
  return Object.keys(HOOKS).flatMap((name) => baseOf(table, name, names, key));
}

/** The default of a chain is for one family, and that of a base chain for both: so it is a rule. */
function defaultOf({ family, chains }: TableText, name: string): readonly FilterRule[] {
  if (HOOKS[name] === undefined || chains.get(name) !== 'DROP') return [];
  const sources = EVERY_ADDRESS.filter((range) => range.family === family);
  return [{ text: `:${name} DROP`, line: 1, boxes: [{ sources }], verdict: { kind: 'drop' } }];
}

function baseOf(
  table: TableText,
  name: string,
  names: ReadonlySet<string>,
  key: (name: string) => string,
): readonly BaseChain[] {
  const hook = HOOKS[name];
  const ours = HOOKED.get(name) ?? '';
  const chain = names.has(name) ? name : names.has(ours) ? ours : undefined;
  if (hook === undefined || chain === undefined) return [];
  const kind = table.name === 'nat' ? 'nat' : 'filter';
  const before = hook === 'prerouting' || hook === 'output' ? -100 : 100;
  const priority = kind === 'nat' ? before : (PRIORITIES[table.name] ?? 0);
  return [{ chain: key(chain), hook, kind, priority, verdict: 'accept' }];
}
