import { parseMac } from '../../../base/address.ts';
import { EVERY_ADDRESS } from '../../../base/address-set.ts';
import type { PortSet } from '../../../base/port-set.ts';
import type { ConnectionState, FilterRule, FilterVerdict } from '../../../model/filter-program.ts';
import { ICMP_TYPES, ICMPV6_TYPES } from '../../nftables/parse/words.ts';
import { Draft } from './draft.ts';
import type { RuleLine, SetText, TableText } from './sections.ts';
import {
  addressesOf,
  addressRange,
  OCTETS,
  portsOf,
  protocolsOf,
  translationOf,
} from './values.ts';

/** What the rules of one table are read with. */
export interface TableView {
  readonly table: Pick<TableText, 'family' | 'name'>;
  readonly sets: ReadonlyMap<string, SetText>;
  /** The key of a chain of this table; undefined where there is none. */
  chainKey(name: string): string | undefined;
}

/** An id of ours, as it stands in a comment. */
const ID = /^[a-z][a-z0-9_-]{0,39}$/;
/** Modules whose options tell all; others may ask for something without a word. */
const KNOWN_MODULES = ['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'icmp', 'icmp6', 'comment'].concat([
  'conntrack',
  'state',
  'multiport',
  'set',
  'mac',
  'addrtype',
  'iprange',
]);

/** One rule, with what stays open of it said in its boxes. */
export function ruleOf(rule: RuleLine, view: TableView): FilterRule {
  const { words } = rule;
  const at = words.findIndex((word) => ['-j', '-g', '--jump', '--goto'].includes(word));
  const conditions = at === -1 ? words : words.slice(0, at);
  const draft = new Draft(view.table.family);
  let id: string | undefined;
  for (const option of optionsOf(conditions)) {
    if (option.name === '--comment' && ID.test(option.value)) id = option.value;
    if (option.name !== '--comment') take(option, draft, view);
  }
  const target = at === -1 ? [] : words.slice(at + 1);
  const verdict = verdictOf(target, words[at] === '-g' || words[at] === '--goto', draft, view);
  return {
    ...(id === undefined ? {} : { id }),
    text: rule.text,
    line: rule.line,
    boxes: draft.boxes(),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

interface Option {
  readonly name: string;
  readonly isNot: boolean;
  /** What stands behind it, joined by blanks. */
  readonly value: string;
}

/** `! -s 192.0.2.1`, and `-s ! 192.0.2.1` as it was written once. */
function optionsOf(words: readonly string[]): readonly Option[] {
  const options: { name: string; isNot: boolean; values: string[] }[] = [];
  let isNot = false;
  for (const word of words) {
    const last = options.at(-1);
    // A comment is one word, whatever it looks like.
    const isComment = last?.name === '--comment' && last.values.length === 0;
    if (isComment) last.values.push(word);
    else if (word === '!') isNot = true;
    else if (word.startsWith('-')) {
      options.push({ name: word, isNot, values: [] });
      isNot = false;
    } else if (last !== undefined) {
      last.isNot ||= isNot;
      last.values.push(word);
      isNot = false;
    }
  }
  return options.map((each) => ({ ...each, value: each.values.join(' ') }));
}

/** Adds a condition; what is not known stays open. */
function take(option: Option, draft: Draft, view: TableView): void {
  const known = TAKERS[option.name]?.(option, draft, view) ?? false;
  if (!known) {
    draft.unknown(`${option.isNot ? '! ' : ''}${option.name} ${option.value}`.trim());
  }
}

type Taker = (option: Option, draft: Draft, view: TableView) => boolean;

const TAKERS: Readonly<Record<string, Taker>> = {
  '-m': ({ value }) => KNOWN_MODULES.includes(value),
  '-s': addressTaker('sources'),
  '-d': addressTaker('destinations'),
  '-i': interfaceTaker('inputs', 'notInputs'),
  '-o': interfaceTaker('outputs', 'notOutputs'),
  '-p': protocolTaker,
  '--sport': portTaker('sourcePorts'),
  '--dport': portTaker('destinationPorts'),
  '--sports': portTaker('sourcePorts'),
  '--dports': portTaker('destinationPorts'),
  '--ports': anyPortTaker,
  '--src-range': rangeTaker('sources'),
  '--dst-range': rangeTaker('destinations'),
  '--match-set': setTaker,
  '--mac-source': macTaker,
  '--ctstate': stateTaker,
  '--state': stateTaker,
  '--icmp-type': typeTaker(ICMP_TYPES),
  '--icmpv6-type': typeTaker(ICMPV6_TYPES),
  '--dst-type': localTaker,
  '--syn': synTaker,
  '--tcp-flags': flagsTaker,
};

function addressTaker(end: 'sources' | 'destinations'): Taker {
  return ({ value, isNot }, draft) => {
    const set = addressesOf(value);
    if (set === undefined) return false;
    draft.addresses(end, set, isNot);
    return true;
  };
}

function rangeTaker(end: 'sources' | 'destinations'): Taker {
  return ({ value, isNot }, draft) => {
    const range = addressRange(value);
    if (range === undefined) return false;
    draft.addresses(end, [range], isNot);
    return true;
  };
}

/** A trailing `+` is any name that begins so. */
function interfaceTaker(key: 'inputs' | 'outputs', notKey: 'notInputs' | 'notOutputs'): Taker {
  return ({ value, isNot }, draft) => {
    if (value === '') return false;
    if (value === '+') {
      if (isNot) draft.either([]);
      return true;
    }
    draft.and({ [isNot ? notKey : key]: [value.replace(/\+$/, '*')] });
    return true;
  };
}

function protocolTaker({ value, isNot }: Option, draft: Draft): boolean {
  const found = protocolsOf(value);
  if (found === undefined) return false;
  if (found.length === 0) {
    if (isNot) draft.either([]);
    return true;
  }
  draft.and({ protocols: isNot ? OCTETS.filter((octet) => !found.includes(octet)) : found });
  return true;
}

function portTaker(end: 'sourcePorts' | 'destinationPorts'): Taker {
  return ({ value, isNot }, draft) => {
    const set = portsOf(value);
    if (set === undefined) return false;
    draft.ports(end, set, isNot);
    return true;
  };
}

/** Of either end; of neither where it is negated. */
function anyPortTaker({ value, isNot }: Option, draft: Draft): boolean {
  const set = portsOf(value);
  if (set === undefined) return false;
  if (isNot) {
    draft.ports('sourcePorts', set, true);
    draft.ports('destinationPorts', set, true);
  } else draft.either([{ sourcePorts: set }, { destinationPorts: set }]);
  return true;
}

function setTaker({ value, isNot }: Option, draft: Draft, { sets }: TableView): boolean {
  const [name = '', end] = value.split(' ');
  const set = sets.get(name);
  if (set?.interfaces !== undefined) return interfacesIn(set.interfaces, end, isNot, draft);
  if (end !== 'src' && end !== 'dst') return false;
  if (set?.addresses !== undefined) {
    draft.addresses(end === 'src' ? 'sources' : 'destinations', set.addresses, isNot);
    return true;
  }
  if (set?.ports === undefined) return false;
  draft.ports(end === 'src' ? 'sourcePorts' : 'destinationPorts', set.ports, isNot);
  return true;
}

function interfacesIn(
  names: readonly string[],
  end: string | undefined,
  isNot: boolean,
  draft: Draft,
): boolean {
  if (end === 'src,src') draft.and(isNot ? { notInputs: names } : { inputs: names });
  else if (end === 'dst,dst') draft.and(isNot ? { notOutputs: names } : { outputs: names });
  else return false;
  return true;
}

function macTaker({ value, isNot }: Option, draft: Draft): boolean {
  const mac = parseMac(value);
  if (mac === undefined) return false;
  draft.and(isNot ? { notSourceMacs: [mac] } : { sourceMacs: [mac] });
  return true;
}

const STATES: Readonly<Record<string, ConnectionState>> = {
  NEW: 'new',
  ESTABLISHED: 'established',
  RELATED: 'related',
  INVALID: 'invalid',
  UNTRACKED: 'untracked',
};

/** `DNAT` stands among the states, and says that the destination was translated. */
function stateTaker({ value, isNot }: Option, draft: Draft): boolean {
  const words = value.split(',');
  const states = words.flatMap((word) => STATES[word] ?? []);
  const isTranslated = words.includes('DNAT');
  if (words.length !== states.length + (isTranslated ? 1 : 0)) return false;
  if (isNot) {
    const others = Object.values(STATES).filter((state) => !states.includes(state));
    draft.and({ states: others, ...(isTranslated ? { translated: false } : {}) });
  } else {
    draft.either([
      ...(states.length === 0 ? [] : [{ states }]),
      ...(isTranslated ? [{ translated: true }] : []),
    ]);
  }
  return true;
}

/** With a code, only a part of the type is meant. */
function typeTaker(names: Readonly<Record<string, number>>): Taker {
  return ({ value, isNot }, draft) => {
    if (value === 'any' || value === '255/0:255') return !isNot;
    const type = /^\d{1,3}$/.test(value) ? Number(value) : names[value];
    if (type === undefined || type > 255) return false;
    draft.and({ types: isNot ? OCTETS.filter((octet) => octet !== type) : [type] });
    return true;
  };
}

/** What goes to the router itself; broadcast and multicast that it hears go there as well. */
function localTaker({ value, isNot }: Option, draft: Draft): boolean {
  const kinds = value.split(',');
  if (!kinds.includes('LOCAL')) return false;
  if (kinds.some((kind) => !['LOCAL', 'BROADCAST', 'MULTICAST'].includes(kind))) return false;
  draft.and({ local: !isNot });
  return true;
}

/** The first packet of a TCP connection has SYN and nothing else (RFC 9293 §3.5). */
function synTaker({ isNot }: Option, draft: Draft): boolean {
  if (isNot) draft.either([]);
  return true;
}

function flagsTaker(option: Option, draft: Draft): boolean {
  return option.value === 'FIN,SYN,RST,ACK SYN' && synTaker(option, draft);
}

/** Targets after which the walk goes on: they count, log, mark or change something else. */
const GOES_ON = ['LOG', 'NFLOG', 'ULOG', 'MARK', 'CONNMARK', 'CONNSECMARK', 'SECMARK', 'TCPMSS']
  .concat(['CT', 'NOTRACK', 'CLASSIFY', 'DSCP', 'TOS', 'TTL', 'HL', 'TRACE', 'CHECKSUM', 'TEE'])
  .concat(['RATEEST', 'AUDIT', 'SET', 'IDLETIMER', 'LED', 'HMARK', 'TCPOPTSTRIP', 'ECN']);

function verdictOf(
  [name, ...options]: readonly string[],
  isGoto: boolean,
  draft: Draft,
  view: TableView,
): FilterVerdict | undefined {
  if (name === undefined || GOES_ON.includes(name)) return undefined;
  const chain = view.chainKey(name);
  if (chain !== undefined) return { kind: isGoto ? 'goto' : 'jump', chain };
  switch (name) {
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'DROP':
      return { kind: 'drop' };
    case 'REJECT':
      return { kind: 'reject' };
    case 'RETURN':
      return { kind: 'return' };
    case 'DNAT':
    case 'SNAT':
    case 'NETMAP':
    case 'REDIRECT':
    case 'MASQUERADE':
      return translation(name, argumentOf(options), draft);
    default:
      // A queue to a program, or what we do not know: it may stop the packet.
      draft.unknown(`-j ${name}`);
      return { kind: 'drop' };
  }
}

function argumentOf(options: readonly string[]): string {
  const at = options.findIndex((word) =>
    ['--to-destination', '--to-source', '--to-ports', '--to'].includes(word),
  );
  return at === -1 ? '' : (options[at + 1] ?? '');
}

function translation(
  name: 'DNAT' | 'SNAT' | 'NETMAP' | 'REDIRECT' | 'MASQUERADE',
  value: string,
  { family }: Draft,
): FilterVerdict {
  if (name === 'REDIRECT') return { kind: 'redirect', ...withPorts(value) };
  if (name === 'MASQUERADE') return { kind: 'masquerade', ...withPorts(value) };
  const kind = name === 'SNAT' ? 'snat' : 'dnat';
  const anybody = EVERY_ADDRESS.filter((range) => range.family === family);
  if (name === 'NETMAP') return { kind, addresses: addressesOf(value) ?? anybody };
  const { addresses = [], ports } = translationOf(value) ?? {};
  return {
    kind,
    addresses: addresses.length === 0 ? anybody : addresses,
    ...(ports === undefined ? {} : { ports }),
  };
}

function withPorts(value: string): { ports?: PortSet } {
  const ports = value === '' ? undefined : portsOf(value, '-');
  return ports === undefined ? {} : { ports };
}
