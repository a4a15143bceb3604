import { parseAddress, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet, EVERY_ADDRESS, unionOf } from '../../base/address-set.ts';
import type { FilterProgram, FilterRule } from '../../model/filter-program.ts';
import type { ParsedRules } from '../target.ts';
import { entryOf } from './entry.ts';
import type { Family } from './words.ts';

/** The longest text that is read: 32 MiB. */
const LONGEST = 1 << 25;

interface Binding {
  readonly interface: string;
  readonly list: string;
  readonly family: Family;
  readonly direction: 'in' | 'out';
  readonly line: number;
}

/** Reads a running configuration: lists, groups of networks, and the interfaces that lists are on. */
export function parse(text: string): ParsedRules {
  if (text.length > LONGEST) return { ok: false, line: 1, why: 'longer than 32 MiB' };
  const reader = new Reader();
  for (const [index, raw] of text.split('\n').entries()) {
    const words = raw.trim().split(/\s+/);
    const why = reader.take(words, raw.startsWith(' ') || raw.startsWith('\t'), index + 1);
    if (why !== undefined) return { ok: false, line: index + 1, why };
  }
  return { ok: true, program: reader.program(), notes: reader.notes() };
}

type Mode =
  | {
      readonly kind: 'list';
      readonly family: Family;
      readonly name: string;
      readonly standard: boolean;
    }
  | { readonly kind: 'group' | 'interface'; readonly name: string }
  | { readonly kind: 'other' };

class Reader {
  readonly #lists = new Map<string, { readonly family: Family; readonly rules: FilterRule[] }>();
  readonly #groups = new Map<string, AddressSet | undefined>();
  readonly #bindings: Binding[] = [];
  readonly #notes: string[] = [];
  #mode: Mode = { kind: 'other' };

  take(words: readonly string[], isInner: boolean, line: number): string | undefined {
    const [first = ''] = words;
    if (first === '' || first.startsWith('!')) return undefined;
    if (!isInner) {
      this.#mode = { kind: 'other' };
      this.#head(words, line);
      return undefined;
    }
    const mode = this.#mode;
    if (mode.kind === 'group') this.#member(mode.name, words);
    if (mode.kind === 'interface') this.#bind(mode.name, words, line);
    return mode.kind === 'list' ? this.#entry(mode, words, line) : undefined;
  }

  /** What follows belongs to it, as long as it is indented. */
  #head(words: readonly string[], line: number): void {
    const [a = '', b = '', c = '', d = ''] = words;
    if (a === 'no') {
      this.#drop(words.slice(1));
    } else if (a === 'interface') {
      this.#mode = { kind: 'interface', name: words.slice(1).join('') };
    } else if (a === 'object-group' && (b === 'network' || b === 'v6-network')) {
      this.#mode = { kind: 'group', name: c };
      this.#groups.set(c, []);
    } else if (a === 'ip' && b === 'access-list') {
      this.#open(d, 4, c === 'standard');
    } else if (a === 'ipv6' && b === 'access-list') {
      this.#open(c, 6, false);
    } else if (a === 'access-list') this.#numbered(b, words.slice(2), line);
  }

  /** `access-list 101 permit …`: numbers below 100 and from 1300 are lists of sources only. */
  #numbered(name: string, words: readonly string[], line: number): void {
    const number = Number(name);
    this.#open(name, 4, number < 100 || (number >= 1300 && number < 2000));
    if (this.#mode.kind === 'list') this.#entry(this.#mode, words, line);
    this.#mode = { kind: 'other' };
  }

  /** `no ip access-list extended X` before it is written anew. */
  #drop(words: readonly string[]): void {
    if (words[1] === 'access-list') this.#lists.delete(`${words[0]} ${words.at(-1)}`);
  }

  #open(name: string, family: Family, standard: boolean): void {
    const key = `${family === 4 ? 'ip' : 'ipv6'} ${name}`;
    if (!this.#lists.has(key)) this.#lists.set(key, { family, rules: [] });
    this.#mode = { kind: 'list', family, name: key, standard };
  }

  /** A group in a group, a range or a name is not followed: nothing is known of the whole then. */
  #member(name: string, words: readonly string[]): void {
    const known = this.#groups.get(name);
    if (words[0] === 'description' || known === undefined) return;
    const set = memberOf(words);
    this.#groups.set(name, set && unionOf(known, set));
  }

  #bind(name: string, words: readonly string[], line: number): void {
    const [a, b, list = '', direction] = words;
    const family =
      a === 'ip' && b === 'access-group' ? 4 : a === 'ipv6' && b === 'traffic-filter' ? 6 : 0;
    if (family === 0 || (direction !== 'in' && direction !== 'out')) return;
    this.#bindings.push({ interface: name, list: `${a} ${list}`, family, direction, line });
  }

  #entry(
    mode: Extract<Mode, { kind: 'list' }>,
    words: readonly string[],
    line: number,
  ): string | undefined {
    const list = this.#lists.get(mode.name);
    const entry = entryOf(words, { ...mode, line, groups: this.#groups });
    if (entry === undefined) return 'neither an entry of a list nor a remark';
    list?.rules.push(...entry);
    return undefined;
  }

  notes(): readonly string[] {
    const bound = this.#bindings.map(({ list }) => list);
    const free = [...this.#lists.keys()].filter((name) => !bound.includes(name));
    return [
      ...this.#notes,
      ...free.map((name) => `${name}: is on no interface, and decides nothing`),
    ];
  }

  /** A chain for each interface and direction; what no entry matches is denied. */
  program(): FilterProgram {
    const chains = new Map<string, readonly FilterRule[]>();
    for (const [name, { family, rules }] of this.#lists) {
      const text = `${name}: whatever is left`;
      const last: FilterRule = {
        text,
        line: rules.at(-1)?.line ?? 1,
        boxes: [{}],
        verdict: { kind: 'drop' },
      };
      // A list without entries denies nothing.
      chains.set(name, rules.length === 0 ? [] : [...rules, ...ndOf(family), last]);
    }
    const base = this.#bindings
      .filter(({ list }) => this.#lists.has(list))
      .map((binding) => {
        const { direction, list, family, line } = binding;
        const chain = `${binding.interface} ${direction} ${list}`;
        const sources = EVERY_ADDRESS.filter((range) => range.family === family);
        const where =
          direction === 'in' ? { inputs: [binding.interface] } : { outputs: [binding.interface] };
        const boxes = [{ sources, ...where }];
        chains.set(chain, [{ text: chain, line, boxes, verdict: { kind: 'jump', chain: list } }]);
        const hook = direction === 'in' ? ('prerouting' as const) : ('postrouting' as const);
        return { chain, hook, kind: 'filter' as const, priority: 0, verdict: 'accept' as const };
      });
    return { base, chains };
  }
}

/** Before the end of every list of IPv6 neighbours may find each other. */
function ndOf(family: Family): readonly FilterRule[] {
  if (family === 4) return [];
  const boxes = [{ protocols: [58], types: [135, 136] }];
  return [{ text: 'permit icmp any any nd', line: 1, boxes, verdict: { kind: 'accept' } }];
}

/** `host 192.0.2.1`, `192.0.2.0 255.255.255.0`, `192.0.2.0 /24`, `2001:db8::/32` */
function memberOf([a = '', b = '']: readonly string[]): AddressSet | undefined {
  if (a === 'any') return EVERY_ADDRESS;
  if (a === 'host') return networkSet(b);
  if (b.startsWith('/')) return networkSet(`${a}${b}`);
  if (b === '') return networkSet(a);
  const mask = parseAddress(b);
  if (mask?.family !== 4) return undefined;
  const bits = mask.value.toString(2);
  const isMask = /^1*0*$/.test(bits) && bits.length === 32;
  return isMask ? networkSet(`${a}/${bits.replaceAll('0', '').length}`) : undefined;
}

function networkSet(text: string): AddressSet | undefined {
  const range = parseNetwork(text);
  return range && addressSet([range]);
}
