import { parseAddress, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import {
  addressSet,
  complementOf,
  EVERY_ADDRESS,
  intersectionOf,
  unionOf,
} from '../../base/address-set.ts';
import type { PortSet } from '../../base/port-set.ts';
import { portSet } from '../../base/port-set.ts';
import { PROTOCOLS, SERVICES } from '../nftables/parse/words.ts';

/** Words of a rule, taken one after the other. */
export class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get next(): string {
    return this.#words[this.#at] ?? '';
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  take(): string {
    const word = this.next;
    this.#at += 1;
    return word;
  }

  takes(...words: readonly string[]): boolean {
    if (!words.includes(this.next)) return false;
    this.#at += 1;
    return true;
  }

  /** What stands between brackets of one kind, these left out; nothing where none opens. */
  bracketed(open: '(' | '{', close: ')' | '}'): readonly string[] | undefined {
    if (this.next !== open) return undefined;
    const inner: string[] = [];
    let depth = 0;
    do {
      const word = this.take();
      if (word === open) depth += 1;
      if (word === close) depth -= 1;
      if (depth > 0 && !(depth === 1 && word === open)) inner.push(word);
    } while (depth > 0 && !this.done);
    return inner;
  }

  /** A list in braces, or the one word that stands in its place. */
  list(): readonly string[] {
    const inner = this.bracketed('{', '}');
    return inner?.filter((word) => word !== ',') ?? [this.take()];
  }
}

const ALIASES: Readonly<Record<string, number>> = {
  icmp6: 58,
  'ipv6-icmp': 58,
  carp: 112,
  pfsync: 240,
};
const PORT_NAMES: Readonly<Record<string, number>> = { ...SERVICES, imaps: 993, submission: 587 };

export function protocolOf(text: string): number | undefined {
  const number = PROTOCOLS[text] ?? ALIASES[text] ?? (/^\d{1,3}$/.test(text) ? Number(text) : 256);
  return number > 255 ? undefined : number;
}

/** icmp.h as pf.conf(5) names it. */
const TYPES: Readonly<Record<string, number>> = {
  echorep: 0,
  unreach: 3,
  echoreq: 8,
  timex: 11,
  paramprob: 12,
};
const TYPES6: Readonly<Record<string, number>> = {
  unreach: 1,
  toobig: 2,
  timex: 3,
  paramprob: 4,
  echoreq: 128,
  echorep: 129,
  listqry: 130,
  listenrep: 131,
  listendone: 132,
  routersol: 133,
  routeradv: 134,
  neighbrsol: 135,
  neighbradv: 136,
  redir: 137,
};

export function typeOf(text: string, is6: boolean): number | undefined {
  const number = (is6 ? TYPES6 : TYPES)[text] ?? (/^\d{1,3}$/.test(text) ? Number(text) : 256);
  return number > 255 ? undefined : number;
}

/** `80`, `http`, `80:90`, `!= 80`, `>= 1024`, `1024 >< 2048`; undefined where we cannot tell. */
export function portsOf(words: readonly string[]): PortSet | undefined {
  const ranges: { from: number; to: number }[] = [];
  const rest = new Words(words);
  while (!rest.done) {
    const range = portRange(rest);
    if (range === undefined) return undefined;
    ranges.push(...range);
  }
  return portSet(ranges.filter(({ from, to }) => from <= to));
}

const LAST = 65_535;
const SIGNS = ['=', '!', '!=', '<', '<=', '>', '>='];

function portRange(words: Words): PortSet | undefined {
  let sign = '';
  while (SIGNS.includes(words.next)) sign += words.take();
  const [first, last] = words.take().split(':');
  const from = portNumber(first);
  const to = last === undefined ? from : portNumber(last === '' ? String(LAST) : last);
  if (from === undefined || to === undefined) return undefined;
  const between = words.next;
  if (!words.takes('><', '<>')) return bySign(sign, from, to);
  const end = portNumber(words.take());
  if (end === undefined) return undefined;
  if (between === '><') return [{ from: from + 1, to: end - 1 }];
  return [
    { from: 0, to: from - 1 },
    { from: end + 1, to: LAST },
  ];
}

function bySign(sign: string, from: number, to: number): PortSet {
  switch (sign) {
    case '<':
      return [{ from: 0, to: from - 1 }];
    case '<=':
      return [{ from: 0, to: from }];
    case '>':
      return [{ from: from + 1, to: LAST }];
    case '>=':
      return [{ from, to: LAST }];
    case '!':
    case '!=':
      return [
        { from: 0, to: from - 1 },
        { from: to + 1, to: LAST },
      ];
    default:
      return [{ from, to }];
  }
}

function portNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = PORT_NAMES[text] ?? (/^\d{1,5}$/.test(text) ? Number(text) : LAST + 1);
  return number > LAST ? undefined : number;
}

export interface Host {
  readonly addresses?: AddressSet;
  /** The firewall itself. */
  readonly local?: true;
  /** What we cannot tell. */
  readonly doubt?: string;
}

export type TableLookup = (name: string) => AddressSet | undefined;

/** Where a packet comes from or goes to. */
export function hostOf(words: Words, tables: TableLookup): Host {
  // `to port 80`: the host may be left out.
  if (words.next === 'port') return {};
  if (words.next !== '{') return singleHost(words, tables);
  const parts = new Words(words.list());
  const hosts: Host[] = [];
  while (!parts.done) hosts.push(singleHost(parts, tables));
  return hosts.length === 1 && hosts[0] !== undefined ? hosts[0] : anyOf(hosts);
}

/** Of a list with something unknown in it all is unknown. */
function anyOf(hosts: readonly Host[]): Host {
  const unknown = hosts.find(({ doubt, local }) => doubt !== undefined || local === true);
  if (unknown !== undefined) return { doubt: unknown.doubt ?? 'self' };
  if (hosts.some(({ addresses }) => addresses === undefined)) return {};
  return { addresses: unionOf(...hosts.map(({ addresses = [] }) => addresses)) };
}

function singleHost(words: Words, tables: TableLookup): Host {
  const not = words.takes('!');
  const dynamic = words.bracketed('(', ')');
  const text = dynamic?.join('') ?? words.take();
  if (text === 'self' && !not) return { local: true };
  if (text === 'any' && !not) return {};
  const set = text.startsWith('<') ? tables(text.slice(1, -1)) : networkOf(text, words);
  if (set === undefined) return { doubt: `${not ? '! ' : ''}${text.slice(0, 60)}` };
  return { addresses: not ? complementOf(set) : set };
}

/** A network, or `a - b`. */
function networkOf(text: string, words: Words): AddressSet | undefined {
  const first = parseNetwork(text);
  if (first === undefined) return undefined;
  if (!words.takes('-')) return addressSet([first]);
  const last = parseAddress(words.take());
  if (last === undefined || last.family !== first.family) return undefined;
  return addressSet([{ family: first.family, from: first.from, to: last.value }]);
}

export function ofFamily(family: 4 | 6, set: AddressSet = EVERY_ADDRESS): AddressSet {
  return intersectionOf(
    set,
    EVERY_ADDRESS.filter((range) => range.family === family),
  );
}

/** `table <x> const { 192.0.2.1 !192.0.2.0/28 }`; undefined where its content is elsewhere. */
export function tableOf(words: readonly string[]): AddressSet | undefined {
  if (words.includes('file')) return undefined;
  const from = words.indexOf('{');
  // A table that is filled while the rules are in force.
  if (from < 0) return undefined;
  const rest = new Words(words.slice(from));
  const list = new Words(rest.list());
  const wanted: AddressSet[] = [];
  const taken: AddressSet[] = [];
  while (!list.done) {
    const not = list.takes('!');
    const { addresses } = singleHost(list, () => undefined);
    if (addresses === undefined) return undefined;
    (not ? taken : wanted).push(addresses);
  }
  return intersectionOf(unionOf(...wanted), complementOf(unionOf(...taken)));
}
