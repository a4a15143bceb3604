import { formatAddress, parseAddress, parseMac } from '../base/address.ts';
import type { PortSet } from '../base/port-set.ts';
import { formatPorts, parsePorts, portSet, portsOf } from '../base/port-set.ts';
import { untrusted } from '../base/untrusted.ts';
import { xmlTokens } from '../base/xml.ts';
import type { Transport } from '../model/core.ts';
import type { Fact, NewEvidence, Subject } from '../model/evidence.ts';
import { protocolOfNmap } from '../model/nmap-names.ts';
import type { Imported, Importer, ImportOptions, ImportProblem } from './importer.ts';

/** A scan of a whole /16 by nmap is some 30 MB. */
const DOCUMENT_CAP = 64 * 1024 * 1024;
const DETAIL_CAP = 512;

const UTF8 = new TextDecoder();

export const nmap = {
  id: 'nmap',
  title: 'XML of nmap (-oX)',
  sources: [
    'nmap.dtd of nmap 7.93 (xmloutputversion 1.05)',
    'https://nmap.org/book/output-formats-xml-output.html',
  ],
  recognise: (start) => /<(?:!DOCTYPE )?nmaprun[\s>]/.test(UTF8.decode(start)),
  read,
} as const satisfies Importer;

function read(document: Uint8Array, options: ImportOptions): Imported {
  if (document.length > DOCUMENT_CAP) {
    return { evidence: [], problems: [{ line: 1, why: 'is larger than 64 MiB' }] };
  }
  const reading = new Reading(options);
  for (const token of xmlTokens(UTF8.decode(document))) {
    if (token.kind === 'open') reading.open(token.name, token.attributes, token.line);
    else if (token.kind === 'close') reading.close(token.name);
    else if (token.kind === 'damage') reading.damage(token.line, token.why);
  }
  return reading.end();
}

type Attributes = ReadonlyMap<string, string>;

interface Host {
  readonly at: number;
  /** What was said before the address was known, or of the host as a whole. */
  readonly facts: Fact[];
  address?: string;
  mac?: string;
  up: boolean;
  readonly swept: Record<Transport, { closed: PortSet; silent: PortSet }>;
}

interface Port {
  readonly transport: Transport;
  readonly number: number;
  state: string;
  service: Attributes;
}

/** What is known between two tags. Evidence is kept at the end of each port, so that damage loses at most one. */
class Reading {
  readonly #options: ImportOptions;
  readonly #evidence: NewEvidence[] = [];
  readonly #problems: ImportProblem[] = [];
  #start: number | undefined;
  #host: Host | undefined;
  #port: Port | undefined;
  #extra = '';
  #isNmap = false;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  open(name: string, attributes: Attributes, line: number): void {
    if (name === 'nmaprun') this.#run(attributes);
    else if (name === 'host') this.#host = this.#newHost(attributes);
    else if (this.#host !== undefined) this.#within(this.#host, name, attributes, line);
  }

  close(name: string): void {
    if (name === 'port') this.#endPort();
    else if (name === 'host') this.#endHost();
  }

  damage(line: number, why: string): void {
    this.#problems.push({ line, why });
    this.#endHost();
  }

  end(): Imported {
    if (!this.#isNmap && this.#problems.length === 0) {
      this.#problems.push({ line: 1, why: 'has no <nmaprun>: it is not nmap’s XML' });
    }
    return { evidence: this.#evidence, problems: this.#problems };
  }

  #run(attributes: Attributes): void {
    this.#isNmap = true;
    this.#start = instant(attributes.get('start'));
  }

  #newHost(attributes: Attributes): Host {
    const at = instant(attributes.get('endtime')) ?? instant(attributes.get('starttime'));
    return {
      at: at ?? this.#start ?? this.#options.at,
      facts: [{ kind: 'present', via: 'import' }],
      up: true,
      swept: { tcp: { closed: [], silent: [] }, udp: { closed: [], silent: [] } },
    };
  }

  #within(host: Host, name: string, attributes: Attributes, line: number): void {
    if (name === 'address') this.#address(host, attributes, line);
    else if (name === 'port') this.#newPort(attributes, line);
    else if (name === 'extraports') this.#extra = attributes.get('state') ?? '';
    else if (name === 'extrareasons') this.#extraPorts(host, attributes);
    else if (this.#port !== undefined) portPart(this.#port, name, attributes);
    else hostPart(host, name, attributes);
  }

  #address(host: Host, attributes: Attributes, line: number): void {
    const text = attributes.get('addr') ?? '';
    if (attributes.get('addrtype') === 'mac') {
      const mac = parseMac(text);
      if (mac === undefined) this.#problems.push({ line, why: 'has a MAC that is none' });
      else host.mac = mac;
      attributeFact(host, 'vendor', attributes.get('vendor'));
      return;
    }
    const address = canonical(text);
    if (address === undefined) this.#problems.push({ line, why: 'has an address that is none' });
    else host.address ??= address;
  }

  #newPort(attributes: Attributes, line: number): void {
    const transport = transportOf(attributes.get('protocol'));
    const number = Number(attributes.get('portid'));
    const valid = Number.isInteger(number) && number >= 0 && number <= 65_535;
    if (!valid) this.#problems.push({ line, why: 'has a port that is none' });
    // SCTP and IP protocols are not what a device's ports are here.
    this.#port =
      transport === undefined || !valid
        ? undefined
        : { transport, number, state: '', service: new Map() };
  }

  #endPort(): void {
    const [host, port] = [this.#host, this.#port];
    this.#port = undefined;
    if (host === undefined || port === undefined) return;
    const { transport, number } = port;
    if (port.state !== 'open') {
      sweep(host, transport, port.state, portsOf([number]));
      return;
    }
    const over = carrierOf(port);
    const place = { transport, port: number };
    this.#add(host, { kind: 'open' }, place);
    for (const fact of serviceFacts(port.service)) this.#add(host, fact, { ...place, ...over });
  }

  /** nmap sums up what it does not list; newer ones say which ports those are. */
  #extraPorts(host: Host, attributes: Attributes): void {
    const transport = transportOf(attributes.get('proto'));
    const ports = parsePorts(attributes.get('ports') ?? '');
    if (transport !== undefined && ports !== undefined) sweep(host, transport, this.#extra, ports);
  }

  #endHost(): void {
    const host = this.#host;
    this.#host = undefined;
    this.#port = undefined;
    if (host?.address === undefined || !host.up) return;
    for (const fact of host.facts) this.#add(host, fact, {});
    for (const transport of ['tcp', 'udp'] as const) {
      const closed = formatPorts(host.swept[transport].closed);
      const silent = formatPorts(host.swept[transport].silent);
      if (closed === '' && silent === '') continue;
      this.#add(host, { kind: 'swept', transport, closed, silent }, {});
    }
  }

  /** Another scanner's word is one side of the story: `likely`; a guess of it is a hint. */
  #add(host: Host, fact: Fact, place: Omit<Subject, 'address' | 'mac'>): void {
    if (host.address === undefined || !host.up) return;
    const guess = fact.kind === 'attribute' && fact.name === 'os';
    this.#evidence.push({
      at: host.at,
      source: 'import',
      observer: this.#options.observer,
      subject: {
        address: host.address,
        ...(host.mac === undefined ? {} : { mac: host.mac }),
        ...place,
      },
      certainty: guess ? 'hint' : 'likely',
      fact,
    });
  }
}

function portPart(port: Port, name: string, attributes: Attributes): void {
  if (name === 'state') port.state = attributes.get('state') ?? '';
  else if (name === 'service') port.service = attributes;
}

function hostPart(host: Host, name: string, attributes: Attributes): void {
  if (name === 'status') host.up = attributes.get('state') !== 'down';
  else if (name === 'hostname') attributeFact(host, 'name', attributes.get('name'));
  else if (name === 'osmatch' && !hasOs(host)) attributeFact(host, 'os', attributes.get('name'));
}

/** The first match is nmap's best guess; the others are the same guess with less in its favour. */
function hasOs({ facts }: Host): boolean {
  return facts.some((fact) => fact.kind === 'attribute' && fact.name === 'os');
}

function attributeFact(
  host: Host,
  name: 'name' | 'vendor' | 'os',
  value: string | undefined,
): void {
  if (value === undefined || value === '') return;
  host.facts.push({ kind: 'attribute', name, value: untrusted(value) });
}

/** `open|filtered` is what nmap says where UDP did not answer: no statement. */
function sweep(host: Host, transport: Transport, state: string, ports: PortSet): void {
  const swept = host.swept[transport];
  if (state === 'closed') swept.closed = portSet([...swept.closed, ...ports]);
  if (state.endsWith('filtered') && state !== 'unfiltered') {
    swept.silent = portSet([...swept.silent, ...ports]);
  }
}

function carrierOf({ transport, service }: Port): Pick<Subject, 'over'> {
  if (service.get('tunnel') !== 'ssl') return {};
  return { over: transport === 'tcp' ? 'tls' : 'dtls' };
}

/** A name that nmap took from its table of port numbers says nothing of what is spoken there. */
function serviceFacts(service: Attributes): readonly Fact[] {
  if (service.get('method') !== 'probed') return [];
  const name = service.get('name') ?? '';
  const protocol = protocolOfNmap(name);
  const facts: Fact[] = [];
  if (protocol !== undefined) facts.push({ kind: 'speaks', protocol, version: 'unknown' });
  else if (name !== '' && name !== 'unknown') facts.push(detail('nmap-service', name));
  const product = [service.get('product'), service.get('version')].filter(Boolean).join(' ');
  if (product !== '') facts.push(detail('product', product));
  const extra = service.get('extrainfo') ?? '';
  if (extra !== '') facts.push(detail('extra', extra));
  return facts;
}

function detail(name: string, value: string): Fact {
  return { kind: 'detail', name, value: untrusted(value, DETAIL_CAP) };
}

function transportOf(text: string | undefined): Transport | undefined {
  return text === 'tcp' || text === 'udp' ? text : undefined;
}

/** Seconds since 1970 → ours. */
function instant(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) * 1000 : undefined;
}

/** A link-local address means something only with its zone, which is kept. */
function canonical(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const [, zone] = /%([A-Za-z0-9_.-]{1,15})$/.exec(text) ?? [];
  return zone === undefined ? formatAddress(address) : `${formatAddress(address)}%${zone}`;
}
