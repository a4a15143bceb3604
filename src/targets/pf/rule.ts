import type { AddressSet } from '../../base/address-set.ts';
import type { PortSet } from '../../base/port-set.ts';
import type { FilterBox, FilterVerdict } from '../../model/filter-program.ts';
import type { Host, TableLookup } from './conditions.ts';
import { hostOf, ofFamily, portsOf, protocolOf, typeOf, Words } from './conditions.ts';
import type { Statement } from './statements.ts';

/** A rule as it stands, before its tags are looked up. */
export interface PfRule {
  readonly statement: Statement;
  readonly action: 'pass' | 'block' | 'match' | 'rdr' | 'nat';
  readonly isReturn: boolean;
  readonly direction?: 'in' | 'out';
  readonly isQuick: boolean;
  readonly interfaces?: { readonly names: readonly string[]; readonly not: boolean };
  /** Without interfaces and tags: these depend on the way. */
  readonly boxes: readonly FilterBox[];
  readonly tag?: string;
  readonly tagged?: { readonly tag: string; readonly not: boolean };
  readonly translation?: FilterVerdict;
}

/** Everything else is reset as the words come. */
interface Draft {
  interfaces?: { names: readonly string[]; not: boolean };
  direction?: 'in' | 'out';
  isQuick: boolean;
  isReturn: boolean;
  family?: 4 | 6;
  protocols?: readonly number[];
  types?: readonly number[];
  from: Host;
  to: Host;
  sourcePorts?: PortSet;
  destinationPorts?: PortSet;
  tag?: string;
  tagged?: { tag: string; not: boolean };
  translation?: FilterVerdict;
  readonly doubts: string[];
}

type Reader = (words: Words, draft: Draft, tables: TableLookup) => void;

/** What changes nothing about which packets are meant. */
const skip: Reader = () => undefined;
const skipWord: Reader = (words) => {
  words.take();
};
const skipWay: Reader = (words) => {
  if (words.bracketed('(', ')') === undefined) words.list();
};
const skipState: Reader = (words, draft) => {
  words.takes('state');
  const options = words.bracketed('(', ')') ?? [];
  if (options.some((word) => word.startsWith('max')))
    draft.doubts.push(options.join(' ').slice(0, 80));
};

const READERS: Readonly<Record<string, Reader>> = {
  in: (_, draft) => {
    draft.direction = 'in';
  },
  out: (_, draft) => {
    draft.direction = 'out';
  },
  quick: (_, draft) => {
    draft.isQuick = true;
  },
  drop: skip,
  return: (_, draft) => {
    draft.isReturn = true;
  },
  'return-rst': (_, draft) => {
    draft.isReturn = true;
  },
  'return-icmp': (words, draft) => {
    draft.isReturn = true;
    words.bracketed('(', ')');
  },
  'return-icmp6': (words, draft) => {
    draft.isReturn = true;
    words.bracketed('(', ')');
  },
  log: (words) => {
    words.bracketed('(', ')');
  },
  pass: skip,
  on: (words, draft) => {
    const not = words.takes('!');
    const names = words.list();
    if (names.includes('!')) draft.doubts.push(`on ${names.join(' ').slice(0, 60)}`);
    else draft.interfaces = { names, not };
  },
  inet: (_, draft) => {
    draft.family = 4;
  },
  inet6: (_, draft) => {
    draft.family = 6;
  },
  proto: (words, draft) => {
    const names = words.list();
    const numbers = names.map(protocolOf);
    const known = numbers.filter((number) => number !== undefined);
    if (known.length === names.length) draft.protocols = known;
    else draft.doubts.push(`proto ${names.join(' ').slice(0, 60)}`);
  },
  all: skip,
  from: (words, draft, tables) => {
    draft.from = hostOf(words, tables);
    if (words.takes('port')) draft.sourcePorts = portsAt(words, draft) ?? draft.sourcePorts ?? [];
  },
  to: (words, draft, tables) => {
    draft.to = hostOf(words, tables);
    if (words.takes('port'))
      draft.destinationPorts = portsAt(words, draft) ?? draft.destinationPorts ?? [];
  },
  port: (words, draft) => {
    draft.destinationPorts = portsAt(words, draft) ?? [];
  },
  'icmp-type': (words, draft) => types(words, draft, false),
  'icmp6-type': (words, draft) => types(words, draft, true),
  flags: skipWord,
  keep: skipState,
  modulate: skipState,
  synproxy: skipState,
  no: skipState,
  state: skipState,
  tag: (words, draft) => {
    draft.tag = bare(words.take());
  },
  tagged: (words, draft) => {
    draft.tagged = { tag: bare(words.take()), not: false };
  },
  '!': (words, draft) => {
    if (words.takes('tagged')) draft.tagged = { tag: bare(words.take()), not: true };
    else draft.doubts.push('!');
  },
  label: skipWord,
  ridentifier: skipWord,
  tracker: skipWord,
  queue: skipWay,
  'allow-opts': skip,
  'route-to': skipWay,
  'reply-to': skipWay,
  'dup-to': skipWay,
  '->': (words, draft, tables) => {
    draft.translation = target(words, tables);
  },
};

const EVERY_PORT = [{ from: 0, to: 65_535 }];

function portsAt(words: Words, draft: Draft): PortSet | undefined {
  const text = words.next === '{' ? words.list() : bareRange(words);
  const set = portsOf(text);
  if (set !== undefined) return set;
  draft.doubts.push(`port ${text.join(' ').slice(0, 60)}`);
  return EVERY_PORT;
}

/** `port >= 1024`, `port 1 >< 9`, `port 80`. */
function bareRange(words: Words): readonly string[] {
  const text: string[] = [];
  while (['=', '!', '!=', '<', '<=', '>', '>='].includes(words.next)) text.push(words.take());
  text.push(words.take());
  if (['><', '<>'].includes(words.next)) text.push(words.take(), words.take());
  return text;
}

function types(words: Words, draft: Draft, is6: boolean): void {
  const names = words.list();
  const numbers = names.map((name) => typeOf(name, is6)).filter((number) => number !== undefined);
  if (numbers.length === names.length) draft.types = numbers;
  else draft.doubts.push(`${is6 ? 'icmp6-type' : 'icmp-type'} ${names.join(' ').slice(0, 60)}`);
  if (words.takes('code')) draft.doubts.push(`code ${words.take().slice(0, 20)}`);
}

function bare(word: string): string {
  return word.replaceAll('"', '').slice(0, 64);
}

/** Where several may be meant, or what only the firewall knows, no address is given. */
function target(words: Words, tables: TableLookup): FilterVerdict {
  const { addresses } = hostOf(words, tables);
  const ports = words.takes('port') ? portsOf(words.list()) : undefined;
  while (!words.done) words.take();
  return { kind: 'dnat', addresses: addresses ?? [], ...(ports === undefined ? {} : { ports }) };
}

const ACTIONS: Readonly<Record<string, PfRule['action']>> = {
  pass: 'pass',
  block: 'block',
  match: 'match',
  rdr: 'rdr',
  nat: 'nat',
};

/** Undefined for a statement that is no rule. What a rule says that we do not know is a doubt. */
export function ruleOf(statement: Statement, tables: TableLookup): PfRule | undefined {
  const words = new Words(statement.words);
  const action = ACTIONS[words.take()];
  if (action === undefined) return undefined;
  const draft: Draft = { isQuick: false, isReturn: false, from: {}, to: {}, doubts: [] };
  while (!words.done) {
    const word = words.take();
    const read = READERS[word];
    if (read === undefined) draft.doubts.push(word.slice(0, 60));
    else read(words, draft, tables);
  }
  const { direction, interfaces, tag, tagged, translation, isQuick, isReturn } = draft;
  return {
    statement,
    action,
    isQuick,
    isReturn,
    boxes: boxesOf(draft),
    ...(direction === undefined ? {} : { direction }),
    ...(interfaces === undefined ? {} : { interfaces }),
    ...(tag === undefined ? {} : { tag }),
    ...(tagged === undefined ? {} : { tagged }),
    ...(translation === undefined ? {} : { translation }),
  };
}

function boxesOf(draft: Draft): readonly FilterBox[] {
  const { family, from, to, protocols, types: asked, sourcePorts, destinationPorts } = draft;
  const doubts = [...draft.doubts, ...[from.doubt, to.doubt].filter((each) => each !== undefined)];
  // What the firewall itself sends is not judged here.
  if (from.local === true) doubts.push('from self');
  const sources: AddressSet | undefined =
    family === undefined ? from.addresses : ofFamily(family, from.addresses);
  return [
    {
      ...(sources === undefined ? {} : { sources }),
      ...(to.addresses === undefined ? {} : { destinations: to.addresses }),
      ...(to.local === true ? { local: true } : {}),
      ...(protocols === undefined ? {} : { protocols }),
      ...(asked === undefined ? {} : { types: asked }),
      ...(sourcePorts === undefined ? {} : { sourcePorts }),
      ...(destinationPorts === undefined ? {} : { destinationPorts }),
      ...(doubts.length === 0 ? {} : { opaque: doubts.join(' ') }),
    },
  ];
}
