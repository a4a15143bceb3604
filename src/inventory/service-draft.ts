import type { Untrusted } from '../base/untrusted.ts';
import { reveal } from '../base/untrusted.ts';
import type { Access, Carrier, Certainty, Instant, Transport } from '../model/core.ts';
import { compareCertainty } from '../model/core.ts';
import type { Evidence, EvidenceSource, Fact, Signature, TlsFacts } from '../model/evidence.ts';
import type { Detail, Service, ServiceState } from '../model/service.ts';
import type { InventoryTools, NamedProtocol } from './tools.ts';

/** Evidence ids that one service keeps. */
const IDS = 32;
/** Particulars that one service keeps, and values of one name. */
const DETAILS = 64;

/** A statement with what it rests on. */
interface Said<T> {
  readonly value: T;
  readonly certainty: Certainty;
  readonly source: EvidenceSource;
  readonly at: Instant;
  readonly id: number;
}

interface Speech {
  readonly protocol: string;
  readonly version: string;
  readonly over: Carrier;
}

/** Whatever cannot be said of a port that does not answer. */
const ANSWERS: ReadonlySet<Fact['kind']> = new Set<Fact['kind']>([
  'open',
  'unrecognised',
  'access',
  'tls',
  'amplification',
]);

/** Carriers that were recognised as protocols: what they carry says more. */
const CARRIERS: ReadonlySet<string> = new Set(['tls', 'dtls']);

/** One port while its evidence is read, in order of time. */
export class ServiceDraft {
  readonly transport: Transport;
  readonly port: number;
  /** Address → when it was last seen open there. */
  readonly openAt = new Map<string, { at: Instant; id: number }>();
  #speech: Said<Speech> | undefined;
  #access: Said<Access> | undefined;
  #tls: Said<TlsFacts> | undefined;
  #unrecognised: Said<Signature> | undefined;
  #amplification: { sent: number; received: number } | undefined;
  readonly #details = new Map<string, { observer: string; values: Untrusted[] }>();
  readonly #sources = new Set<EvidenceSource>();
  /** One id for each thing said, the last: a port scanned daily keeps as few as one scanned once. */
  readonly #ids = new Map<string, number>();
  #first: Instant | undefined;
  #last: Instant | undefined;

  constructor(transport: Transport, port: number) {
    this.transport = transport;
    this.port = port;
  }

  /** Whether it ever answered: what is only advertised is no service. */
  get answered(): boolean {
    return this.openAt.size > 0;
  }

  add(evidence: Evidence): void {
    const { fact, at, id, subject, source } = evidence;
    const speaks = fact.kind === 'speaks' && evidence.certainty !== 'hint';
    if (ANSWERS.has(fact.kind) || speaks) {
      this.openAt.set(subject.address, { at, id });
      this.#sources.add(source);
      this.#first ??= at;
      this.#last = at;
    }
    this.#take(fact, evidence);
  }

  #take(fact: Fact, evidence: Evidence): void {
    switch (fact.kind) {
      case 'open':
        this.#ids.set('open', evidence.id);
        break;
      case 'speaks':
        this.#hear(fact, evidence);
        break;
      case 'access':
        this.#access = this.#better(this.#access, said(fact.level, evidence), 'access');
        break;
      case 'tls':
        this.#tls = this.#better(this.#tls, said(fact.tls, evidence), 'tls');
        break;
      case 'unrecognised':
        this.#unrecognised = this.#better(
          this.#unrecognised,
          said(fact.signature, evidence),
          'unrecognised',
        );
        break;
      case 'amplification':
        this.#amplify(fact.sent, fact.received, evidence.id);
        break;
      case 'detail':
        this.#particular(fact.name, fact.value, evidence);
        break;
      default:
    }
  }

  #hear(fact: Extract<Fact, { kind: 'speaks' }>, evidence: Evidence): void {
    const over = evidence.subject.over ?? this.transport;
    const young = said({ protocol: fact.protocol, version: fact.version, over }, evidence);
    const old = this.#speech;
    const carrierOnly = old !== undefined && CARRIERS.has(fact.protocol);
    if (carrierOnly && !CARRIERS.has(old.value.protocol)) return;
    const replaces = old !== undefined && CARRIERS.has(old.value.protocol);
    this.#speech = this.#better(replaces ? undefined : old, keepVersion(old, young), 'speaks');
  }

  /** A person's word wins, then the more certain, then the newer. */
  #better<T>(old: Said<T> | undefined, young: Said<T>, what: string): Said<T> {
    const stays =
      old !== undefined &&
      (Number(old.source === 'user') - Number(young.source === 'user') ||
        compareCertainty(old.certainty, young.certainty)) > 0;
    if (stays) return old;
    this.#ids.set(what, young.id);
    return young;
  }

  #amplify(sent: number, received: number, id: number): void {
    const old = this.#amplification;
    if (sent <= 0 || (old !== undefined && old.received / old.sent >= received / sent)) return;
    this.#amplification = { sent, received };
    this.#ids.set('amplification', id);
  }

  /** What another scan says under a name replaces what the one before said under it. */
  #particular(name: string, value: Untrusted, { observer, id }: Evidence): void {
    const known = this.#details.get(name);
    if (known === undefined || known.observer !== observer) {
      if (known === undefined && this.#details.size >= DETAILS) return;
      this.#details.set(name, { observer, values: [value] });
    } else if (known.values.length < DETAILS && !has(known.values, value)) {
      known.values.push(value);
    }
    this.#ids.set(`detail ${name}`, id);
  }

  result(
    device: string,
    standing: { readonly state: ServiceState; readonly evidence: number },
    named: readonly NamedProtocol[],
    tools: InventoryTools,
  ): Service {
    const first = this.#first ?? 0;
    return {
      device,
      transport: this.transport,
      port: this.port,
      state: standing.state,
      ...this.#protocol(named, tools),
      access: this.#access?.value ?? 'unknown',
      details: this.#particulars(),
      ...(this.#tls === undefined ? {} : { tls: this.#tls.value }),
      ...(this.#amplification === undefined ? {} : { amplification: this.#amplification }),
      sources: [...this.#sources],
      firstSeen: first,
      lastSeen: this.#last ?? first,
      evidence: this.#evidence(standing.evidence),
    };
  }

  #protocol(
    named: readonly NamedProtocol[],
    tools: InventoryTools,
  ): Pick<Service, 'protocol' | 'version' | 'over' | 'certainty' | 'unrecognised'> {
    const speech = this.#speech;
    if (speech !== undefined && speech.certainty !== 'hint') {
      return { ...speech.value, certainty: speech.certainty };
    }
    const over = this.#tls === undefined ? this.transport : encrypted(this.transport);
    const signature = this.#unrecognised?.value;
    if (signature !== undefined) {
      const name = named.findLast((one) => tools.sameSignature(one.signature, signature));
      if (name !== undefined) this.#ids.set('named', name.evidence);
      // That nothing we know claimed the answer is more than a hint: bytes came back.
      const protocol = name?.protocol ?? 'unknown';
      return { protocol, version: 'unknown', over, certainty: 'likely', unrecognised: signature };
    }
    if (speech !== undefined) return { ...speech.value, certainty: 'hint' };
    const protocol = tools.usualProtocol(this.transport, this.port) ?? 'unknown';
    return { protocol, version: 'unknown', over, certainty: 'hint' };
  }

  #particulars(): readonly Detail[] {
    return Array.from(this.#details, ([name, { values }]) =>
      values.map((value) => ({ name, value })),
    ).flat();
  }

  #evidence(standing: number): readonly number[] {
    const ids = [...new Set([...this.#ids.values(), standing])].sort((a, b) => a - b);
    return ids.slice(-IDS);
  }
}

function said<T>(value: T, { certainty, source, at, id }: Evidence): Said<T> {
  return { value, certainty, source, at, id };
}

/** A later, shallower look that cannot tell the version does not unlearn it. */
function keepVersion(old: Said<Speech> | undefined, young: Said<Speech>): Said<Speech> {
  const same = old?.value.protocol === young.value.protocol && old.value.over === young.value.over;
  if (!same || young.value.version !== 'unknown') return young;
  return { ...young, value: { ...young.value, version: old.value.version } };
}

function encrypted(transport: Transport): Carrier {
  return transport === 'tcp' ? 'tls' : 'dtls';
}

function has(values: readonly Untrusted[], value: Untrusted): boolean {
  return values.some((one) => reveal(one) === reveal(value));
}
