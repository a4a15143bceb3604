import type { AddressSet } from '../../base/address-set.ts';
import { addressSet } from '../../base/address-set.ts';
import type { BaseChain, FilterRule, FilterVerdict, Hook } from '../../model/filter-program.ts';
import type { ParsedRules } from '../target.ts';
import type { KnownLists } from './conditions.ts';
import { addressesOf, boxesOf, portsOf } from './conditions.ts';
import type { Command } from './script.ts';
import { readScript } from './script.ts';
import type { Family } from './words.ts';
import { OURS } from './words.ts';

/** The longest text that is read: 32 MiB. */
const LONGEST = 1 << 25;
const HOOKS: readonly Hook[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];
/** Where a chain of a menu stands; with the priorities of Linux, on which RouterOS builds. */
const BASES: Readonly<Record<string, readonly [hook: Hook, priority: number]>> = {
  'raw prerouting': ['prerouting', -300],
  'nat dstnat': ['prerouting', -100],
  'filter input': ['input', 0],
  'filter forward': ['forward', 0],
  'filter output': ['output', 0],
  'nat srcnat': ['postrouting', 100],
};
/** They decide nothing and the walk goes on. */
const PASSING = ['log', 'passthrough', 'add-src-to-address-list', 'add-dst-to-address-list'].concat(
  ['fasttrack-connection', 'notrack'],
);

/** Reads an export of a router, or a script of ours. */
export function parse(text: string): ParsedRules {
  if (text.length > LONGEST) return { ok: false, line: 1, why: 'longer than 32 MiB' };
  const script = readScript(text);
  if (!script.ok) return script;
  const reading = new Reading(script.commands, script.notes);
  const { chains, notes } = reading;
  for (const command of script.commands) reading.take(command);
  for (const name of jumpTargets(chains)) if (!chains.has(name)) chains.set(name, []);
  return { ok: true, program: { base: basesOf(chains), chains }, notes };
}

class Reading {
  readonly chains = new Map<string, FilterRule[]>();
  readonly notes: string[];
  readonly #lists: Lists;

  constructor(commands: readonly Command[], notes: readonly string[]) {
    this.#lists = new Lists(commands);
    this.notes = [...notes];
  }

  take(command: Command): void {
    const menu = menuOf(command);
    if (menu === undefined || isRemoval(command)) return;
    const { verb, line, words } = command;
    if (verb !== 'add') this.notes.push(`line ${line}: ${verb} is not followed`);
    else if (words.get('disabled') === 'yes') this.notes.push(`line ${line}: a rule is disabled`);
    else this.#add(command, menu);
  }

  #add(command: Command, menu: Menu): void {
    const key = `${menu.prefix} ${command.words.get('chain') ?? ''}`;
    const known = this.chains.get(key) ?? [];
    this.chains.set(key, known);
    const rules = rulesOf(command, menu, this.#lists);
    if (command.words.has('place-before')) known.unshift(...rules);
    else known.push(...rules);
  }
}

function isRemoval({ verb, text }: Command): boolean {
  return verb === 'remove' && text.includes(`"^${OURS}"`);
}

interface Menu {
  readonly prefix: string;
  readonly kind: string;
  readonly family: Family;
}

function menuOf({ menu }: Command): Menu | undefined {
  const [ip = '', firewall, kind = ''] = menu.split(' ');
  if (firewall !== 'firewall' || !['filter', 'nat', 'raw'].includes(kind)) return undefined;
  return { prefix: `${ip} ${kind}`, kind, family: ip === 'ipv6' ? 6 : 4 };
}

/** The chains that packets meet of themselves are those that their menu has from the start. */
function basesOf(chains: ReadonlyMap<string, unknown>): readonly BaseChain[] {
  return [...chains.keys()]
    .flatMap((chain): readonly BaseChain[] => {
      const [, ...rest] = chain.split(' ');
      const base = BASES[rest.join(' ')];
      if (base === undefined) return [];
      const kind = rest[0] === 'nat' ? 'nat' : 'filter';
      return [{ chain, hook: base[0], priority: base[1], kind, verdict: 'accept' }];
    })
    .toSorted((a, b) => HOOKS.indexOf(a.hook) - HOOKS.indexOf(b.hook) || a.priority - b.priority);
}

function jumpTargets(chains: ReadonlyMap<string, readonly FilterRule[]>): readonly string[] {
  return [...chains.values()].flatMap((rules) =>
    rules.flatMap(({ verdict }) => (verdict?.kind === 'jump' ? [verdict.chain] : [])),
  );
}

function rulesOf(command: Command, menu: Menu, lists: KnownLists): readonly FilterRule[] {
  const { words, line, text } = command;
  const boxes = boxesOf(words, menu.family, lists);
  const comment = words.get('comment') ?? '';
  const id = comment.startsWith(OURS) ? { id: comment.slice(OURS.length) } : {};
  const rule = { ...id, text: text.slice(0, 500), line, boxes };
  const action = words.get('action') ?? 'accept';
  if (PASSING.includes(action)) return [rule];
  const verdict = verdictOf(action, words, menu);
  if (verdict !== undefined) return [{ ...rule, verdict }];
  const opaque = boxes.map((box) => ({ ...box, opaque: `action=${action.slice(0, 40)}` }));
  return (['accept', 'drop'] as const).map((kind) => ({
    ...rule,
    boxes: opaque,
    verdict: { kind },
  }));
}

function verdictOf(
  action: string,
  words: ReadonlyMap<string, string>,
  { prefix }: Menu,
): FilterVerdict | undefined {
  switch (action) {
    case 'accept':
    case 'drop':
    case 'reject':
    case 'return':
      return { kind: action };
    case 'tarpit':
      return { kind: 'drop' };
    case 'jump':
      return { kind: 'jump', chain: `${prefix} ${words.get('jump-target') ?? ''}` };
    case 'masquerade':
    case 'redirect':
      return { kind: action, ...portsTo(words) };
    case 'dst-nat':
    case 'src-nat':
    case 'same':
    case 'netmap':
      return translationOf(action, words);
    default:
      return undefined;
  }
}

function translationOf(
  action: string,
  words: ReadonlyMap<string, string>,
): FilterVerdict | undefined {
  const addresses = addressesOf(words.get('to-addresses') ?? words.get('to-address') ?? '');
  if (addresses === undefined) return undefined;
  return { kind: action === 'dst-nat' ? 'dnat' : 'snat', addresses, ...portsTo(words) };
}

function portsTo(words: ReadonlyMap<string, string>) {
  const ports = portsOf(words.get('to-ports') ?? '');
  return ports === undefined ? {} : { ports };
}

/** Lists of addresses and interfaces, as far as the text tells what is in them. */
class Lists implements KnownLists {
  readonly #addresses = new Map<string, AddressSet[]>();
  readonly #doubtful = new Set<string>();
  readonly #interfaces = new Map<string, string[]>();

  constructor(commands: readonly Command[]) {
    for (const command of commands) {
      if (command.verb !== 'add' || command.words.get('disabled') === 'yes') continue;
      if (command.menu.endsWith('firewall address-list')) this.#address(command);
      if (command.menu === 'interface list') this.#list(command);
      if (command.menu === 'interface list member') this.#member(command);
    }
  }

  addresses(name: string, family: Family): AddressSet | undefined {
    const key = `${family} ${name}`;
    const sets = this.#addresses.get(key);
    return sets === undefined || this.#doubtful.has(key) ? undefined : addressSet(sets.flat());
  }

  interfaces(name: string): readonly string[] | undefined {
    return this.#doubtful.has(name) ? undefined : this.#interfaces.get(name);
  }

  /** A name stands for what it was when we wrote it; of others' names nothing is known. */
  #address({ menu, words }: Command): void {
    const key = `${menu.startsWith('ipv6') ? 6 : 4} ${words.get('list') ?? ''}`;
    const set = addressesOf(words.get('address') ?? '') ?? knownOf(words.get('comment') ?? '');
    if (set === undefined) this.#doubtful.add(key);
    const known = this.#addresses.get(key);
    if (known === undefined) this.#addresses.set(key, [set ?? []]);
    else known.push(set ?? []);
  }

  #list({ words }: Command): void {
    const name = words.get('name') ?? '';
    if (words.has('include') || words.has('exclude')) this.#doubtful.add(name);
    if (!this.#interfaces.has(name)) this.#interfaces.set(name, []);
  }

  #member({ words }: Command): void {
    const name = words.get('list') ?? '';
    const known = this.#interfaces.get(name) ?? [];
    known.push(words.get('interface') ?? '');
    this.#interfaces.set(name, known);
  }
}

/** `ptl:name 192.0.2.1,192.0.2.8-192.0.2.9` */
function knownOf(comment: string): AddressSet | undefined {
  const head = `${OURS}name`;
  if (!comment.startsWith(head)) return undefined;
  const parts = comment.slice(head.length).trim().split(',');
  return addressSet(parts.flatMap((part) => addressesOf(part) ?? []));
}
