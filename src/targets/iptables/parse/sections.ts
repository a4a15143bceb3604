import type { AddressRange } from '../../../base/address.ts';
import { parseNetwork } from '../../../base/address.ts';
import type { AddressSet } from '../../../base/address-set.ts';
import { addressSet, differenceOf } from '../../../base/address-set.ts';
import type { PortRange, PortSet } from '../../../base/port-set.ts';
import { portSet } from '../../../base/port-set.ts';
import { wordsOf } from './lines.ts';
import { addressRange, portRange } from './values.ts';

/** One line `-A CHAIN …`. */
export interface RuleLine {
  readonly line: number;
  readonly text: string;
  readonly chain: string;
  /** Behind the chain. */
  readonly words: readonly string[];
}

export interface ChainText {
  readonly line: number;
  /** Chains of people have none. */
  readonly policy?: 'ACCEPT' | 'DROP';
}

/** One table of one family. */
export interface TableText {
  readonly family: 4 | 6;
  readonly name: string;
  readonly chains: ReadonlyMap<string, ChainText>;
  readonly rules: readonly RuleLine[];
}

/** What a set of ipset(8) matches; undefined for kinds that we do not follow. */
export interface SetText {
  readonly addresses?: AddressSet;
  readonly ports?: PortSet;
  readonly interfaces?: readonly string[];
}

export interface Sections {
  readonly tables: readonly TableText[];
  readonly sets: ReadonlyMap<string, SetText>;
  readonly notes: readonly string[];
}

export type Divided = Sections | { readonly line: number; readonly why: string };

interface Open {
  readonly name: string;
  readonly line: number;
  readonly chains: Map<string, ChainText>;
  readonly rules: RuleLine[];
}

/** Divides what iptables-save, ip6tables-save and ipset save print, one behind the other. */
export function sectionsOf(text: string): Divided {
  const reading = new Reading();
  let number = 0;
  for (const raw of text.split('\n')) {
    number += 1;
    const line = raw.trim();
    const why = line === '' ? undefined : reading.line(line, number);
    if (why !== undefined) return { line: number, why };
  }
  return reading.end();
}

class Reading {
  readonly #tables: TableText[] = [];
  readonly #members = new Map<string, Members>();
  readonly #notes: string[] = [];
  #open: Open | undefined;
  /** What the last head said; undefined where none did. */
  #family: 4 | 6 | undefined;

  /** Why it cannot be read. */
  line(text: string, number: number): string | undefined {
    if (text.startsWith('#')) {
      const [, six] = /\bip(6)?tables/.exec(text) ?? [];
      if (/\bip6?tables/.test(text)) this.#family = six === undefined ? 4 : 6;
      return undefined;
    }
    if (text.startsWith('*')) return this.#begin(text.slice(1), number);
    if (text === 'COMMIT') return this.#commit();
    if (/^(?:create|add) /.test(text)) return this.#set(text, number);
    if (this.#open === undefined) return 'a table was expected: *filter, *nat …';
    if (text.startsWith(':')) return this.#declare(this.#open, text, number);
    return this.#rule(this.#open, text.replace(/^\[\d+:\d+\] /, ''), number);
  }

  end(): Divided {
    if (this.#open !== undefined) {
      return { line: this.#open.line, why: 'the table does not end with COMMIT' };
    }
    const sets = new Map([...this.#members].map(([name, members]) => [name, setOf(members)]));
    return { tables: this.#tables, sets, notes: this.#notes };
  }

  #begin(name: string, line: number): string | undefined {
    if (this.#open !== undefined) return 'the table before does not end with COMMIT';
    this.#open = { name: name.trim(), line, chains: new Map(), rules: [] };
    return undefined;
  }

  #commit(): string | undefined {
    const open = this.#open;
    if (open === undefined) return 'COMMIT ends no table';
    this.#open = undefined;
    const family = this.#family ?? guessed(open.rules);
    this.#tables.push({ family, name: open.name, chains: open.chains, rules: open.rules });
    return undefined;
  }

  #declare({ chains }: Open, text: string, line: number): string | undefined {
    const [name = '', policy] = text.slice(1).split(' ');
    if (name === '') return 'a chain without a name';
    const isBase = policy === 'DROP' || policy === 'ACCEPT';
    chains.set(name, isBase ? { line, policy } : { line });
    return undefined;
  }

  #rule({ chains, rules }: Open, text: string, line: number): string | undefined {
    const words = wordsOf(text);
    if (words === undefined) return 'a quotation mark is open';
    const [action, chain = '', ...rest] = words;
    switch (action) {
      case '-A':
      case '--append':
        rules.push({ line, text, chain, words: rest });
        return undefined;
      case '-P':
        chains.set(chain, { line, policy: rest[0] === 'DROP' ? 'DROP' : 'ACCEPT' });
        return undefined;
      case '-N':
        chains.set(chain, { line });
        return undefined;
      case '-I':
      case '-D':
      case '-R':
      case '-F':
      case '-X':
      case '-Z':
        this.#notes.push(`line ${line}: ${action} is not followed`);
        return undefined;
      default:
        return 'is no rule: -A CHAIN …';
    }
  }

  #set(text: string, line: number): string | undefined {
    const [action, name = '', value = '', ...options] = text.split(/\s+/, 32);
    if (action === 'create') {
      this.#members.set(name, {
        kind: value,
        ranges: [],
        not: [],
        ports: [],
        interfaces: [],
      });
      return undefined;
    }
    const members = this.#members.get(name);
    if (members === undefined) return 'adds to a set that was not created before';
    if (!collect(members, value, options)) this.#notes.push(`line ${line}: entry is not followed`);
    return undefined;
  }
}

interface Members {
  readonly kind: string;
  readonly ranges: AddressRange[];
  readonly not: AddressRange[];
  readonly ports: PortRange[];
  readonly interfaces: string[];
}

/** Whether the entry is of a kind that is followed; others leave their set open. */
function collect(members: Members, value: string, options: readonly string[]): boolean {
  switch (members.kind) {
    case 'hash:ip':
    case 'hash:net':
    case 'bitmap:ip': {
      const range = addressRange(value) ?? parseNetwork(value);
      if (range === undefined) return false;
      (options.includes('nomatch') ? members.not : members.ranges).push(range);
      return true;
    }
    case 'bitmap:port': {
      const range = portRange(value, '-');
      if (range !== undefined) members.ports.push(range);
      return range !== undefined;
    }
    case 'hash:net,iface': {
      const [, name] = /^(?:0\.0\.0\.0|::)\/0,(.+)$/.exec(value) ?? [];
      if (name !== undefined) members.interfaces.push(name);
      return name !== undefined;
    }
    default:
      return true;
  }
}

function setOf({ kind, ranges, not, ports, interfaces }: Members): SetText {
  if (kind === 'hash:net,iface') return { interfaces };
  if (kind === 'bitmap:port') return { ports: portSet(ports) };
  if (!['hash:ip', 'hash:net', 'bitmap:ip'].includes(kind)) return {};
  return { addresses: differenceOf(addressSet(ranges), addressSet(not)) };
}

/** Without a head, by what its rules speak of. */
function guessed(rules: readonly RuleLine[]): 4 | 6 {
  const isSix = rules.some(({ words }) =>
    words.some((word, at) => {
      const before = words[at - 1] ?? '';
      if (/icmp6|ipv6-icmp/.test(word)) return true;
      return (
        ['-s', '-d', '--to-destination', '--to-source'].includes(before) && word.includes('::')
      );
    }),
  );
  return isSix ? 6 : 4;
}
