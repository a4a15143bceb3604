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
  const base = divided.tables.flatMap((table, at) => {
    // nf_tables and the kernel's former interface may both have one.
    const before = divided.tables.slice(0, at).filter((one) => isSameTable(one, table)).length;
    return readTable(table, before === 0 ? '' : ` #${before + 1}`, divided, chains);
  });
  const order = Object.values(HOOKS);
  const sorted = base.toSorted(
    (a, b) => order.indexOf(a.hook) - order.indexOf(b.hook) || a.priority - b.priority,
  );
  return { ok: true, program: { base: sorted, chains }, notes: divided.notes };
}

function isSameTable(a: TableText, b: TableText): boolean {
  return a.family === b.family && a.name === b.name;
}

function readTable(
  table: TableText,
  turn: string,
  { sets }: Sections,
  chains: Map<string, readonly FilterRule[]>,
): readonly BaseChain[] {
  const names = new Set([...table.chains.keys(), ...table.rules.map(({ chain }) => chain)]);
  const key = (name: string): string =>
    `${table.family === 4 ? 'ip' : 'ip6'} ${table.name}${turn} ${name}`;
  const chainKey = (name: string): string | undefined => (names.has(name) ? key(name) : undefined);
  const byChain = new Map<string, FilterRule[]>([...names].map((name) => [name, []]));
  for (const rule of table.rules) {
    byChain.get(rule.chain)?.push(ruleOf(rule, { table, sets, chainKey }));
  }
  for (const [name, rules] of byChain) chains.set(key(name), rules);
  return Object.keys(HOOKS).flatMap((name) => {
    const [base] = baseOf(table, name, names, key);
    return base === undefined ? [] : [withDefault(table, name, base, chains)];
  });
}

/**
 * The default of a chain is for one family, that of a base chain for both. So a chain that drops is
 * jumped to from one of ours, and comes back there with whatever it returned.
 */
function withDefault(
  { family, chains: declared }: TableText,
  name: string,
  base: BaseChain,
  chains: Map<string, readonly FilterRule[]>,
): BaseChain {
  const { policy, line = 1 } = declared.get(name) ?? {};
  if (policy !== 'DROP') return base;
  const sources = EVERY_ADDRESS.filter((range) => range.family === family);
  const text = `:${name} DROP`;
  const whole = `${base.chain} DROP`;
  chains.set(whole, [
    { text, line, boxes: [{ sources }], verdict: { kind: 'jump', chain: base.chain } },
    { text, line, boxes: [{ sources }], verdict: { kind: 'drop' } },
  ]);
  return { ...base, chain: whole };
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
