import type { Carrier } from '../model/core.ts';
import type { Fact } from '../model/evidence.ts';
import type { FirstBytes, Overheard, Protocol } from '../protocols/protocol.ts';

/** What is believed of a conversation. */
export interface Verdict {
  readonly protocol: Protocol;
  readonly certainty: 'proved' | 'likely';
  readonly facts: readonly Fact[];
  /** What the recogniser takes for the client is the endpoint that we took for the server. */
  readonly turned: boolean;
}

export type FlowTransport = 'tcp' | 'udp' | 'other';

/** A conversation as the recogniser sees it. */
export interface Question {
  readonly transport: FlowTransport;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** How a question is put. */
export interface Manner {
  /** Who said no to this conversation before: a mask that begins at `at`, and is added to. */
  readonly refused: Int32Array;
  readonly at: number;
  /** What the server's port was found to speak before, asked first; -1 for nothing. */
  readonly known: number;
  /** More may come: what is usual on the port gets its time before all others are asked. */
  readonly patient: boolean;
}

export interface Answer {
  /** The best that anybody says; absent where nobody claims it. */
  readonly verdict?: Verdict;
  /** Whether somebody wants to see more before he speaks. */
  readonly undecided: boolean;
}

/** Bits of a mask that fit in a number. */
const BITS = 32;

/**
 * Asks the protocols what a conversation is, by what was said and not by its port: the port only
 * orders who is asked first. Who proved it ends the search; who said no is not asked again.
 */
export class Recogniser {
  /** Numbers of 32 bits that a mask of refusals takes. */
  readonly words: number;
  readonly #protocols: readonly Protocol[];
  /** Numbers of the protocols that may be on a transport, in the order of the list. */
  readonly #fit: Readonly<Record<FlowTransport, readonly number[]>>;
  readonly #usual = new Map<number, readonly number[]>();
  readonly #numbers: ReadonlyMap<Protocol, number>;
  readonly #asked: Int32Array;
  /** By the first octet of a datagram: octets of it that are kept, for who may follow a series. */
  readonly #kept = new Uint8Array(256);

  constructor(protocols: readonly Protocol[]) {
    this.#protocols = protocols;
    for (const [octet] of this.#kept.entries()) {
      const wanted = protocols.flatMap(({ series }) =>
        series?.begins(octet) === true ? [series.octets] : [],
      );
      this.#kept[octet] = Math.max(0, ...wanted);
    }
    this.#numbers = new Map(protocols.map((protocol, number) => [protocol, number]));
    this.words = Math.ceil(protocols.length / BITS);
    this.#asked = new Int32Array(this.words);
    const numbers = [...protocols.keys()];
    const fitting = (transport: FlowTransport): number[] =>
      numbers.filter((number) => fits(protocols[number], transport));
    this.#fit = { tcp: fitting('tcp'), udp: fitting('udp'), other: fitting('other') };
    for (const [number, { ports, etherTypes = [] }] of protocols.entries()) {
      for (const { port, over } of ports) this.#addUsual(keyOf(transportOf(over), port), number);
      for (const type of etherTypes) this.#addUsual(keyOf('other', type), number);
    }
    this.#putTlsFirst();
  }

  ask(question: Question, manner: Manner): Answer {
    const { transport, clientPort, serverPort } = question;
    const round = new Round(this.#protocols, question, this.#asked, manner);
    const found =
      (manner.known < 0 ? undefined : round.put(manner.known)) ??
      round.over(this.#usual.get(keyOf(transport, serverPort))) ??
      round.over(this.#usual.get(keyOf(transport, clientPort)));
    if (found !== undefined) return { verdict: found, undecided: round.undecided };
    const waits = manner.patient && (round.undecided || round.likely !== undefined);
    const verdict = (waits ? undefined : round.over(this.#fit[transport])) ?? round.likely;
    return verdict === undefined
      ? { undecided: round.undecided }
      : { verdict, undecided: round.undecided };
  }

  /** What its middle, or one of its sides, shows; as the ends stand or the other way round. */
  overhear(question: Question): Verdict | undefined {
    const { transport } = question;
    if (transport === 'other') return undefined;
    const heard: Overheard = { ...question, transport };
    return this.#overheard(heard, false) ?? this.#overheard(turned(heard), true);
  }

  /** Octets to keep of a datagram that begins so: 0 where nobody takes it for one of a series. */
  headOf(octet: number): number {
    return this.#kept[octet] ?? 0;
  }

  /** What the beginnings of one side's datagrams show together. */
  follow(heads: readonly Uint8Array[]): Verdict | undefined {
    if (heads.length === 0) return undefined;
    for (const protocol of this.#protocols) {
      const said = protocol.series?.follow(heads);
      if (said?.kind !== 'yes' || said.certainty === 'hint') continue;
      return { protocol, certainty: said.certainty, facts: said.facts, turned: false };
    }
    return undefined;
  }

  #overheard(heard: Overheard, isTurned: boolean): Verdict | undefined {
    for (const number of this.#fit[heard.transport]) {
      const protocol = this.#protocols[number];
      const said = protocol?.overhear?.(heard);
      if (protocol === undefined || said?.kind !== 'yes') continue;
      return { protocol, certainty: 'likely', facts: said.facts, turned: isTurned };
    }
    return undefined;
  }

  /** Of a protocol, for `known`. */
  numberOf(protocol: Protocol): number {
    return this.#numbers.get(protocol) ?? -1;
  }

  /** What is usual on a port: a hint, which nothing that was said bears out. */
  usualOn(transport: FlowTransport, port: number): Protocol | undefined {
    const first = this.#usual.get(keyOf(transport, port))?.[0];
    return first === undefined ? undefined : this.#protocols[first];
  }

  #addUsual(key: number, number: number): void {
    const known = this.#usual.get(key) ?? [];
    if (!known.includes(number)) this.#usual.set(key, [...known, number]);
  }

  /** On a port of something over TLS it is TLS that is seen. */
  #putTlsFirst(): void {
    for (const [number, { ports }] of this.#protocols.entries()) {
      for (const { port, over } of ports) {
        if (over === 'tls' || over === 'dtls') this.#putFirst(over, number, port);
      }
    }
  }

  #putFirst(carrier: 'tls' | 'dtls', number: number, port: number): void {
    const outer = this.#protocols.findIndex(({ id }) => id === carrier);
    if (outer < 0) return;
    const key = keyOf(transportOf(carrier), port);
    const others = (this.#usual.get(key) ?? []).filter(
      (one) => one !== outer && (one !== number || this.#isPlainOn(number, port)),
    );
    this.#usual.set(key, [outer, ...others]);
  }

  #isPlainOn(number: number, port: number): boolean {
    const ports = this.#protocols[number]?.ports ?? [];
    return ports.some((one) => one.port === port && one.over !== 'tls' && one.over !== 'dtls');
  }
}

/** One time of asking. */
class Round {
  likely: Verdict | undefined;
  undecided = false;
  readonly #protocols: readonly Protocol[];
  readonly #first: FirstBytes;
  readonly #asked: Int32Array;
  readonly #manner: Manner;

  constructor(
    protocols: readonly Protocol[],
    first: FirstBytes,
    asked: Int32Array,
    manner: Manner,
  ) {
    this.#protocols = protocols;
    this.#first = first;
    this.#asked = asked.fill(0);
    this.#manner = manner;
  }

  /** Asks those who were not asked yet, until one has proof. */
  over(numbers: readonly number[] = NOBODY): Verdict | undefined {
    for (const number of numbers) {
      const proved = this.put(number);
      if (proved !== undefined) return proved;
    }
    return undefined;
  }

  /** Asks one, unless he was asked in this round or said no before. */
  put(number: number): Verdict | undefined {
    const word = number >>> 5;
    const bit = 1 << (number & 31);
    const { refused, at } = this.#manner;
    if ((((this.#asked[word] ?? 0) | (refused[at + word] ?? 0)) & bit) !== 0) return undefined;
    this.#asked[word] = (this.#asked[word] ?? 0) | bit;
    const protocol = this.#protocols[number];
    const said = protocol?.recognise(this.#first);
    if (protocol === undefined || said === undefined) return undefined;
    if (said.kind === 'no') {
      refused[at + word] = (refused[at + word] ?? 0) | bit;
      return undefined;
    }
    if (said.kind === 'more') {
      this.undecided = true;
      return undefined;
    }
    const { facts } = said;
    if (said.certainty === 'proved') return { protocol, certainty: 'proved', facts, turned: false };
    this.likely ??= { protocol, certainty: 'likely', facts, turned: false };
    return undefined;
  }
}

const NOBODY: readonly number[] = [];

function turned({ transport, client, server, clientPort, serverPort }: Overheard): Overheard {
  return {
    transport,
    client: server,
    server: client,
    clientPort: serverPort,
    serverPort: clientPort,
  };
}

function fits(protocol: Protocol | undefined, transport: FlowTransport): boolean {
  if (protocol === undefined) return false;
  if (transport === 'other') return protocol.etherTypes !== undefined;
  const { ports, etherTypes } = protocol;
  // What has no port of its own grows out of a stream (WebSocket out of HTTP).
  if (ports.length === 0) return etherTypes === undefined && transport === 'tcp';
  return ports.some(({ over }) => transportOf(over) === transport);
}

function transportOf(over: Carrier): FlowTransport {
  return over === 'tls' || over === 'tcp' ? 'tcp' : 'udp';
}

/** A number for a port of a transport, or for an EtherType. */
function keyOf(transport: FlowTransport, port: number): number {
  const carrier = transport === 'tcp' ? 1 : transport === 'udp' ? 2 : 3;
  return carrier * 65_536 + port;
}
