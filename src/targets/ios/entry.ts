import { parseAddress, parseNetwork } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import { addressSet } from '../../base/address-set.ts';
import type { PortSet } from '../../base/port-set.ts';
import { portSet } from '../../base/port-set.ts';
import type { FilterBox, FilterRule } from '../../model/filter-program.ts';
import { ICMP, ICMPV6 } from '../../policy/simulate/match.ts';
import { PROTOCOLS, SERVICES } from '../nftables/parse/words.ts';
import type { Family } from './words.ts';
import { SELF_GROUP } from './words.ts';

export interface EntryContext {
  readonly family: Family;
  readonly standard: boolean;
  readonly line: number;
  readonly groups: ReadonlyMap<string, AddressSet | undefined>;
}

const PORT_NAMES: Readonly<Record<string, number>> = {
  ...SERVICES,
  www: 80,
  'non500-isakmp': 4500,
};
const PORT_NAMES_MORE: Readonly<Record<string, number>> = {
  isakmp: 500,
  syslog: 514,
  tftp: 69,
  ftp: 21,
  pop3: 110,
};
const TYPES: Readonly<Record<string, number>> = {
  echo: 8,
  'echo-reply': 0,
  unreachable: 3,
  'time-exceeded': 11,
};
const TYPES6: Readonly<Record<string, number>> = {
  'echo-request': 128,
  'echo-reply': 129,
  unreachable: 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'nd-ns': 135,
  'nd-na': 136,
};
const LAST = 65_535;

interface End {
  readonly addresses?: AddressSet;
  readonly local?: boolean;
  readonly doubt?: string;
}

/** What an entry comes to; nothing for a remark; undefined for what is no entry. */
export function entryOf(
  all: readonly string[],
  context: EntryContext,
): readonly FilterRule[] | undefined {
  const words = [...all];
  if (words[0] === 'sequence') words.shift();
  if (/^\d+$/.test(words[0] ?? '')) words.shift();
  const verb = words.shift();
  if (verb === 'remark' || verb === 'statistics') return [];
  const text = all.join(' ').slice(0, 500);
  const base = { text, line: context.line };
  if (verb === 'evaluate') {
    const boxes = [{ opaque: text.slice(0, 80) }];
    return [{ ...base, boxes, verdict: { kind: 'accept' } }];
  }
  if (verb !== 'permit' && verb !== 'deny') return undefined;
  const box = context.standard ? standardBox(words, context) : extendedBox(words, context);
  return [{ ...base, boxes: [box], verdict: { kind: verb === 'permit' ? 'accept' : 'drop' } }];
}

function standardBox(words: string[], context: EntryContext): FilterBox {
  const from = endOf(words, context);
  const doubts = [from.doubt, ...rest(words).doubts].filter((each) => each !== undefined);
  return {
    ...(from.addresses === undefined ? {} : { sources: from.addresses }),
    ...(doubts.length === 0 ? {} : { opaque: doubts.join(' ') }),
  };
}

function extendedBox(words: string[], context: EntryContext): FilterBox {
  const protocol = protocolOf(words, context.family);
  const from = endOf(words, context);
  const sourcePorts = portsOf(words);
  const to = endOf(words, context);
  const destinationPorts = portsOf(words);
  const isIcmp = protocol.number === ICMP || protocol.number === ICMPV6;
  const type = isIcmp ? typeOf(words, context.family) : undefined;
  const { doubts, established } = rest(words);
  const all = [protocol.doubt, from.doubt, to.doubt, ...doubts].filter(
    (each) => each !== undefined,
  );
  if (from.local === true) all.push('from the router itself');
  return {
    ...(protocol.number === undefined ? {} : { protocols: [protocol.number] }),
    ...(from.addresses === undefined ? {} : { sources: from.addresses }),
    ...(to.addresses === undefined ? {} : { destinations: to.addresses }),
    ...(to.local === true ? { local: true } : {}),
    ...(sourcePorts === undefined ? {} : { sourcePorts }),
    ...(destinationPorts === undefined ? {} : { destinationPorts }),
    ...(type === undefined ? {} : { types: [type] }),
    // Flags of a segment that belongs to a connection: ACK or RST.
    ...(established ? { states: ['established'] as const } : {}),
    ...(all.length === 0 ? {} : { opaque: all.join(' ') }),
  };
}

function protocolOf(
  words: string[],
  family: Family,
): { readonly number?: number; readonly doubt?: string } {
  const name = words.shift() ?? '';
  if (name === 'ip' || name === 'ipv6') return {};
  if (name === 'icmp') return { number: family === 4 ? ICMP : ICMPV6 };
  if (name === 'object-group')
    return { doubt: `service group ${(words.shift() ?? '').slice(0, 60)}` };
  const number = PROTOCOLS[name] ?? { ahp: 51, eigrp: 88, nos: 94, pim: 103 }[name];
  if (number !== undefined) return { number };
  return /^\d{1,3}$/.test(name) && Number(name) < 256
    ? { number: Number(name) }
    : { doubt: name.slice(0, 60) };
}

function endOf(words: string[], { groups, family }: EntryContext): End {
  const word = words.shift() ?? '';
  if (word === 'any') return {};
  if (word === 'host') return ended(parseNetwork(words.shift() ?? ''), word);
  if (word === 'object-group') return groupOf(words.shift() ?? '', groups);
  if (family === 6 || word.includes('/')) return ended(parseNetwork(word), word);
  const isNext = parseAddress(words[0] ?? '')?.family === 4;
  return isNext
    ? ended(wildcard(word, words.shift() ?? ''), word)
    : ended(parseNetwork(word), word);
}

function groupOf(name: string, groups: EntryContext['groups']): End {
  if (name === SELF_GROUP[4] || name === SELF_GROUP[6]) return { local: true };
  const set = groups.get(name);
  return set === undefined ? { doubt: `object-group ${name.slice(0, 60)}` } : { addresses: set };
}

function ended(range: ReturnType<typeof parseNetwork>, word: string): End {
  return range === undefined ? { doubt: word.slice(0, 60) } : { addresses: addressSet([range]) };
}

/** Bits that do not matter; those in the middle of an address make no network. */
function wildcard(address: string, bits: string): ReturnType<typeof parseNetwork> {
  const [first, free] = [parseAddress(address), parseAddress(bits)];
  if (first?.family !== 4 || free?.family !== 4) return undefined;
  if ((free.value & (free.value + 1n)) !== 0n) return undefined;
  const from = first.value - (first.value & free.value);
  return { family: 4, from, to: from + free.value };
}

function portsOf(words: string[]): PortSet | undefined {
  const operator = words[0] ?? '';
  if (!['eq', 'neq', 'lt', 'gt', 'range'].includes(operator)) return undefined;
  words.shift();
  const numbers: number[] = [];
  for (let port = portNumber(words[0]); port !== undefined; port = portNumber(words[0])) {
    numbers.push(port);
    words.shift();
    if (operator === 'range' ? numbers.length === 2 : operator === 'lt' || operator === 'gt') break;
  }
  const [a = 0, b = a] = numbers;
  // A name of a port that is not known here: nothing is left out.
  if (numbers.length === 0) return [{ from: 0, to: LAST }];
  return byOperator(operator, numbers, a, b);
}

function byOperator(operator: string, numbers: readonly number[], a: number, b: number): PortSet {
  if (operator === 'range') return [{ from: Math.min(a, b), to: Math.max(a, b) }];
  if (operator === 'lt') return [{ from: 0, to: a - 1 }];
  if (operator === 'gt') return [{ from: a + 1, to: LAST }];
  const set = portSet(numbers.map((port) => ({ from: port, to: port })));
  if (operator === 'eq') return set;
  return [
    { from: 0, to: a - 1 },
    { from: a + 1, to: LAST },
  ].filter(({ from, to }) => from <= to);
}

function portNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const known = PORT_NAMES[text] ?? PORT_NAMES_MORE[text];
  if (known !== undefined) return known;
  return /^\d{1,5}$/.test(text) && Number(text) <= LAST ? Number(text) : undefined;
}

function typeOf(words: string[], family: Family): number | undefined {
  const word = words[0] ?? '';
  const known =
    (family === 4 ? TYPES : TYPES6)[word] ?? (/^\d{1,3}$/.test(word) ? Number(word) : undefined);
  if (known !== undefined) words.shift();
  return known;
}

/** What stands behind the ends; what is not known there narrows the entry in a way we cannot tell. */
function rest(words: readonly string[]): {
  readonly doubts: readonly string[];
  readonly established: boolean;
} {
  const doubts = words.filter((word) => !['log', 'log-input', 'established', ''].includes(word));
  return {
    doubts: doubts.map((word) => word.slice(0, 60)),
    established: words.includes('established'),
  };
}
