import { formatAddress, parseAddress, parseNetwork } from '../base/address.ts';
import type { Transport } from '../model/core.ts';
import type { Imported, Importer, ImportOptions } from './importer.ts';
import type { Inlet, PortSpan } from './mapping.ts';
import { factsOfInlet, mappingEvidence } from './mapping.ts';
import { arrayOf, listed, numberOf, objectOf, textOf } from './nft-json.ts';
import { decode, firstLines, Problems } from './text-lines.ts';

export const nftables = {
  id: 'nftables',
  title: 'Port forwardings and IPv6 pinholes in a ruleset of nftables (nft -j list ruleset)',
  sources: ['libnftables-json(5)', 'nft(8), NAT STATEMENTS'],
  recognise: (start) =>
    firstLines(start, 4).join('').replaceAll(/\s/g, '').startsWith('{"nftables":['),
  read,
} as const satisfies Importer;

type Json = Readonly<Record<string, unknown>>;

function read(document: Uint8Array, options: ImportOptions): Imported {
  const problems = new Problems();
  const items = itemsOf(document);
  if (items === undefined) {
    problems.add(1, 'is no JSON of nft -j list ruleset, or is damaged');
    return { evidence: [], problems: problems.all };
  }
  const ruleset = new Ruleset(items);
  const facts = ruleset.rules.flatMap((rule) => {
    const inlets = ruleset.inletsOf(rule);
    if (typeof inlets !== 'string') return inlets.flatMap(factsOfInlet);
    problems.add(1, `rule ${textOf(rule['handle'])} of ${placeOf(rule)} ${inlets}`);
    return [];
  });
  return { evidence: mappingEvidence(facts, options), problems: problems.all };
}

function itemsOf(document: Uint8Array): readonly Json[] | undefined {
  try {
    const value: unknown = JSON.parse(decode(document));
    return listed(objectOf(value)['nftables']);
  } catch {
    return undefined;
  }
}

/** `inet filter miniupnpd`: printed in a problem, so nothing but names that nft itself allows. */
function placeOf(rule: Json): string {
  return ['family', 'table', 'chain'].map((name) => nameOf(rule[name]) ?? '?').join(' ');
}

/** An identifier of nft(8), LEXICAL CONVENTIONS. */
function nameOf(value: unknown): string | undefined {
  const text = textOf(value);
  return /^[A-Za-z][\w/\\.-]{0,127}$/.test(text) ? text : undefined;
}

/** What the matches of a rule say together. */
interface Matched {
  transports: Transport[];
  ports: PortSpan[];
  source: string | undefined;
  destination: string | undefined;
}

class Ruleset {
  readonly rules: readonly Json[];
  readonly #sets = new Map<string, readonly unknown[]>();
  /** Chain → those that its rules lead to. */
  readonly #jumps = new Map<string, readonly string[]>();
  /** Chains that packets reach which come in, and those that pass through. */
  readonly #incoming: ReadonlySet<string>;
  readonly #passing: ReadonlySet<string>;

  constructor(items: readonly Json[]) {
    this.rules = items.map((item) => objectOf(item['rule'])).filter((rule) => 'expr' in rule);
    for (const item of items) {
      const set = 'map' in item ? objectOf(item['map']) : objectOf(item['set']);
      this.#sets.set(
        `${placeOf({ ...set, chain: 'x' })} ${textOf(set['name'])}`,
        arrayOf(set['elem']),
      );
    }
    for (const rule of this.rules) {
      const from = keyOf(rule, rule['chain']);
      const targets = targetsOf(rule).map((target) => keyOf(rule, target));
      if (targets.length > 0) this.#jumps.set(from, [...(this.#jumps.get(from) ?? []), ...targets]);
    }
    const chains = items.map((item) => objectOf(item['chain']));
    this.#incoming = this.#reached(chains, 'prerouting');
    this.#passing = this.#reached(chains, 'forward');
  }

  /** From base chains of a hook along jumps; a chain that nobody jumps to does nothing. */
  #reached(chains: readonly Json[], hook: string): ReadonlySet<string> {
    const found = new Set(
      chains.filter((chain) => chain['hook'] === hook).map((chain) => keyOf(chain, chain['name'])),
    );
    // A set grows while it is walked.
    for (const key of found) for (const target of this.#jumps.get(key) ?? []) found.add(target);
    return found;
  }

  /** What a rule lets in, or why that cannot be told. */
  inletsOf(rule: Json): readonly Inlet[] | string {
    const chain = keyOf(rule, rule['chain']);
    const statements = listed(rule['expr']);
    const isIncoming = this.#incoming.has(chain);
    if (isIncoming && statements.some((one) => 'xt' in one)) {
      return 'was made by iptables: import iptables-save too';
    }
    const matched = this.#matched(rule, statements);
    const nat = statements.find((one) => 'dnat' in one || 'redirect' in one);
    if (isIncoming && nat !== undefined) return this.#translated(rule, matched, nat);
    const isPassed = this.#passing.has(chain) && statements.some((one) => 'accept' in one);
    return isPassed ? passed(rule, matched) : [];
  }

  #translated(rule: Json, matched: Matched, statement: Json): readonly Inlet[] | string {
    const isRedirect = 'redirect' in statement;
    const target = objectOf(isRedirect ? statement['redirect'] : statement['dnat']);
    const base = inletOf(rule, matched);
    if (isRedirect) return [{ ...base, insideAddress: '', insidePort: portIn(target['port']) }];
    if (typeof target['addr'] === 'object')
      return this.#mapped(rule, base, objectOf(target['addr']));
    const insideAddress = addressOf(target['addr']);
    if (insideAddress === undefined) return 'leads to an address that is not told there';
    return [{ ...base, insideAddress, insidePort: portIn(target['port']) }];
  }

  /** `dnat to tcp dport map { 8443 : 192.0.2.20 . 554 }`: one way in for each element. */
  #mapped(rule: Json, base: Inlet, { map }: Json): readonly Inlet[] | string {
    const { key, data } = objectOf(map);
    const field = objectOf(objectOf(key)['payload']);
    if (field['field'] !== 'dport') return 'leads to addresses by something else than the port';
    const transport = transportOf(field['protocol']);
    return this.#elements(rule, data).flatMap((pair) => {
      const [from, to] = arrayOf(pair);
      const parts = objectOf(to)['concat'] === undefined ? [to] : arrayOf(objectOf(to)['concat']);
      const insideAddress = addressOf(parts[0]);
      if (insideAddress === undefined) return [];
      const transports = transport === undefined ? base.transports : [transport];
      const ports = spansOf([from]);
      return [{ ...base, transports, ports, insideAddress, insidePort: portIn(parts[1]) }];
    });
  }

  /** Of a set in the rule, or of one with a name. */
  #elements(rule: Json, value: unknown): readonly unknown[] {
    const name = textOf(value);
    if (!name.startsWith('@')) return arrayOf(objectOf(value)['set']);
    return this.#sets.get(`${placeOf({ ...rule, chain: 'x' })} ${name.slice(1)}`) ?? [];
  }

  #matched(rule: Json, statements: readonly Json[]): Matched {
    const matched: Matched = {
      transports: [],
      ports: [],
      source: undefined,
      destination: undefined,
    };
    for (const statement of statements) {
      const { op, left, right } = objectOf(statement['match']);
      if (op !== '==' && op !== 'in') continue;
      const isSet = textOf(right).startsWith('@') || 'set' in objectOf(right);
      const values = isSet ? this.#elements(rule, right) : [right];
      take(matched, objectOf(left), values);
    }
    return matched;
  }
}

/** Protocol numbers of IANA. */
const NUMBERS: ReadonlyMap<unknown, Transport> = new Map<unknown, Transport>([
  [6, 'tcp'],
  [17, 'udp'],
  ['tcp', 'tcp'],
  ['udp', 'udp'],
]);

function transportOf(value: unknown): Transport | undefined {
  return NUMBERS.get(value);
}

function take(matched: Matched, left: Json, values: readonly unknown[]): void {
  const { protocol, field, base, offset } = objectOf(left['payload']);
  const named = transportOf(protocol);
  if (named !== undefined && matched.transports.length === 0) matched.transports = [named];
  // miniupnpd asks for the ninth octet of the IPv4 header, which is the protocol.
  const isOctet = base === 'nh' && offset === 72;
  const isMeta = objectOf(left['meta'])['key'] === 'l4proto';
  if (isOctet || isMeta || field === 'protocol' || field === 'nexthdr') {
    matched.transports = values.flatMap((value) => transportOf(value) ?? []);
  }
  if (field === 'dport') matched.ports = spansOf(values);
  if (field === 'saddr') matched.source = networkOf(values);
  if (field === 'daddr') matched.destination = networkOf(values);
}

function keyOf(rule: Json, chain: unknown): string {
  return `${textOf(rule['family'])} ${textOf(rule['table'])} ${textOf(chain)}`;
}

function targetsOf(rule: Json): readonly unknown[] {
  return listed(rule['expr']).flatMap((statement) => {
    const { jump, goto } = statement;
    const target = objectOf(jump ?? goto)['target'];
    return target === undefined ? [] : [target];
  });
}

function inletOf(rule: Json, { transports, ports, source, destination }: Matched): Inlet {
  const comment = textOf(rule['comment']);
  return {
    transports,
    ports,
    insideAddress: '',
    insidePort: undefined,
    remoteHost: source,
    outsideAddress: destination,
    via: 'kernel',
    by: comment === '' ? `nftables, ${placeOf(rule)}` : comment,
    undo: undoOf(rule),
  };
}

function undoOf(rule: Json): readonly string[] {
  const names = ['family', 'table', 'chain'].map((name) => nameOf(rule[name]));
  const handle = numberOf(rule['handle']);
  if (handle === undefined || names.includes(undefined)) return [];
  return ['nft', 'delete', 'rule', ...names.map((name) => name ?? ''), 'handle', String(handle)];
}

/** A single IPv6 address behind the router to which new connections may pass. */
function passed(rule: Json, matched: Matched): readonly Inlet[] {
  const { destination, ports } = matched;
  const address = destination === undefined ? undefined : parseAddress(destination);
  if (address?.family !== 6 || destination?.includes('/') === true || ports.length === 0) return [];
  const insideAddress = formatAddress(address);
  return [{ ...inletOf(rule, matched), insideAddress, outsideAddress: undefined, via: 'pinhole' }];
}

/** Numbers and ranges; anything else is left out. */
function spansOf(values: readonly unknown[]): PortSpan[] {
  return values.flatMap((value) => {
    const range = objectOf(value)['range'];
    const [from, to] = range === undefined ? [value, value] : arrayOf(range);
    const span = { from: portIn(from), to: portIn(to) };
    if (span.from === undefined || span.to === undefined || span.to < span.from) return [];
    return [{ from: span.from, to: span.to }];
  });
}

function portIn(value: unknown): number | undefined {
  const number = numberOf(value) ?? numberOf(arrayOf(objectOf(value)['range'])[0]);
  return number !== undefined && number > 0 && number <= 65_535 ? number : undefined;
}

function addressOf(value: unknown): string | undefined {
  const address = parseAddress(textOf(value));
  return address === undefined ? undefined : formatAddress(address);
}

/** `192.0.2.1` or `192.0.2.0/24`; undefined for several, or for none. */
function networkOf(values: readonly unknown[]): string | undefined {
  const [value] = values;
  if (values.length !== 1) return undefined;
  const prefix = objectOf(objectOf(value)['prefix']);
  const text =
    'addr' in prefix ? `${textOf(prefix['addr'])}/${numberOf(prefix['len'])}` : textOf(value);
  return parseNetwork(text) === undefined ? undefined : text;
}
