import { formatAddress, parseAddress, parseNetwork } from '../base/address.ts';
import type { Transport } from '../model/core.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import type { Inlet, PortSpan } from './mapping.ts';
import { factsOfInlet, mappingEvidence } from './mapping.ts';
import { firstLines, Problems, textLines } from './text-lines.ts';

export const iptables = {
  id: 'iptables',
  title: 'Port forwardings and IPv6 pinholes of iptables (iptables-save, ip6tables-save)',
  sources: ['iptables-save(8)', 'iptables-extensions(8), DNAT, REDIRECT, multiport, comment'],
  recognise: (start) =>
    firstLines(start, 4).some((line) => TABLE.test(line)) &&
    firstLines(start, 4).every((line) => /^[#*:-]/.test(line) || line === 'COMMIT'),
  read,
} as const satisfies Importer;

const TABLE = /^\*(raw|mangle|nat|filter|security)$/;
/** Words of a rule that are read. */
const WORDS_CAP = 128;

/** A line `-A CHAIN …`, with what its words mean. */
interface Rule {
  readonly line: number;
  readonly table: string;
  readonly chain: string;
  /** Behind the chain, as they would be typed. */
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const rules = rulesIn(document, problems);
  const incoming = reached(rules, 'nat', 'PREROUTING');
  const passing = reached(rules, 'filter', 'FORWARD');
  const facts = rules.flatMap((rule) => {
    if (rule.table === 'nat' && incoming.has(rule.chain)) return translated(rule, problems);
    return rule.table === 'filter' && passing.has(rule.chain) ? passed(rule) : [];
  });
  return {
    evidence: mappingEvidence(facts.flatMap(factsOfInlet), options),
    problems: problems.all,
  };
}

function rulesIn(document: Uint8Array, problems: Problems): readonly Rule[] {
  const rules: Rule[] = [];
  let table = '';
  for (const { number, text } of textLines(document, problems)) {
    if (text.startsWith('*')) table = text.slice(1);
    if (isOther(text)) continue;
    const words = split(text.replace(/^\[\d+:\d+\] /, ''));
    const [action, chain = '', ...rest] = words ?? [];
    if (action !== '-A' || chain === '' || table === '') problems.add(number, 'is no rule');
    else rules.push({ line: number, table, chain, words: rest, options: optionsIn(rest) });
  }
  return rules;
}

/** Comments, tables, chains with their policies, ends of tables. */
function isOther(text: string): boolean {
  return /^[#*:]/.test(text) || text === 'COMMIT';
}

/** Words as iptables-save quotes them: in double quotes with backslashes. Undefined where one does not end. */
function split(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|[^\s"]+|(")/g;
  for (const [whole, quoted, open] of text.matchAll(pattern)) {
    if (open !== undefined || words.length >= WORDS_CAP) return undefined;
    words.push(quoted === undefined ? whole : quoted.replaceAll(/\\(.)/g, '$1'));
  }
  return words;
}

/** `--dport 8443` → dport; what is negated (`! -s …`) is left out. */
function optionsIn(words: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    if (!word.startsWith('-') || words[index - 1] === '!') continue;
    const name = word.replace(/^--?/, '');
    if (!found.has(name)) found.set(name, words[index + 1] ?? '');
  }
  return found;
}

/** From a chain of the kernel along jumps. */
function reached(rules: readonly Rule[], table: string, first: string): ReadonlySet<string> {
  const jumps = new Map<string, string[]>();
  for (const { table: of, chain, options } of rules) {
    const target = options.get('j') ?? options.get('g');
    if (of !== table || target === undefined) continue;
    const before = jumps.get(chain);
    if (before === undefined) jumps.set(chain, [target]);
    else before.push(target);
  }
  const found = new Set([first]);
  // A set grows while it is walked.
  for (const chain of found) for (const target of jumps.get(chain) ?? []) found.add(target);
  return found;
}

function translated(rule: Rule, problems: Problems): readonly Inlet[] {
  const { options, line } = rule;
  const target = options.get('j');
  if (target === 'REDIRECT') {
    const insidePort = portsIn(options.get('to-ports') ?? '')[0]?.from;
    return [{ ...inletOf(rule), insidePort }];
  }
  if (target !== 'DNAT') return [];
  const [, place = '', port] = destination(options.get('to-destination') ?? '');
  const address = parseAddress(place);
  if (address === undefined) {
    problems.add(line, 'leads to an address that cannot be read');
    return [];
  }
  const insideAddress = formatAddress(address);
  return [{ ...inletOf(rule), insideAddress, insidePort: portsIn(port ?? '')[0]?.from }];
}

/** `192.0.2.20:554`, `192.0.2.20`, `[2001:db8::20]:554`, `192.0.2.20-192.0.2.29:80-89`. */
function destination(text: string): readonly (string | undefined)[] {
  return /^\[?([0-9a-fA-F:.]+?)\]?(?:-[^:]*)?(?::(\d+(?:-\d+)?))?$/.exec(unbracketed(text)) ?? [];
}

/** An IPv6 address without brackets has no port behind it. */
function unbracketed(text: string): string {
  const isBare = !text.startsWith('[') && text.split(':').length > 2;
  return isBare ? `[${text}]`.slice(0, 64) : text.slice(0, 64);
}

/** A single IPv6 address behind the router to which new connections may pass. */
function passed(rule: Rule): readonly Inlet[] {
  const { options } = rule;
  const [place = '', bits = '128'] = (options.get('d') ?? '').split('/');
  const address = parseAddress(place);
  const inlet = inletOf(rule);
  if (options.get('j') !== 'ACCEPT' || address?.family !== 6 || bits !== '128') return [];
  if (inlet.ports.length === 0) return [];
  const insideAddress = formatAddress(address);
  return [{ ...inlet, insideAddress, outsideAddress: undefined, via: 'pinhole' }];
}

function inletOf(rule: Rule): Inlet {
  const { options, table, chain } = rule;
  const transport = transportOf(options.get('p') ?? '');
  const comment = options.get('comment') ?? '';
  return {
    transports: transport === undefined ? [] : [transport],
    ports: portsIn(options.get('dport') ?? options.get('dports') ?? ''),
    insideAddress: '',
    insidePort: undefined,
    remoteHost: networkOf(options.get('s')),
    outsideAddress: networkOf(options.get('d')),
    via: 'kernel',
    by: comment === '' ? `iptables, ${table} ${chain}` : comment,
    undo: [programOf(rule), '-t', table, '-D', chain, ...rule.words],
  };
}

function programOf({ options }: Rule): string {
  const places = ['s', 'd', 'to-destination'].map((name) => options.get(name) ?? '');
  const isSix =
    places.some((place) => place.split(':').length > 2) || options.get('p') === 'ipv6-icmp';
  return isSix ? 'ip6tables' : 'iptables';
}

function transportOf(text: string): Transport | undefined {
  return text === 'tcp' || text === 'udp' ? text : undefined;
}

/** `8443`, `8000:8010`, `80,443`; of `--to-ports` and `--to-destination` with a dash. */
function portsIn(text: string): readonly PortSpan[] {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d{1,5})(?:[:-](\d{1,5}))?$/.exec(part) ?? [];
    const span = { from: Number(first), to: Number(last) };
    return span.from > 0 && span.to >= span.from && span.to <= 65_535 ? [span] : [];
  });
}

/** Without the length of a single address. */
function networkOf(text: string | undefined): string | undefined {
  const bare = text?.replace(/\/(32|128)$/, '') ?? '';
  return parseNetwork(bare) === undefined ? undefined : bare;
}
