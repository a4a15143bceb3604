import { reveal } from '../../base/untrusted.ts';
import type { Fact, TlsFacts } from '../../model/evidence.ts';
import type { Ask, Dialogue } from '../../protocols/protocol.ts';
import { NOTHING } from '../../protocols/shared/bytes.ts';
import type { TlsVersion } from '../../protocols/shared/tls-client-hello.ts';
import { ALL_TLS_VERSIONS } from '../../protocols/shared/tls-client-hello.ts';
import type { ServerFlight } from '../../protocols/shared/tls-records.ts';
import { greet, summarise } from '../../protocols/tls.ts';
import { certificateFacts } from './certificate.ts';
import { judged, needsControl } from './control.ts';
import type { Talk, Turn } from './converse.ts';
import { converse } from './converse.ts';
import { Allotment } from './limits.ts';
import type { Planned } from './planner.ts';
import type { Statement } from './statement.ts';
import { spokenIn } from './statement.ts';
import type { Stream } from './stream.ts';
import type { Talker } from './talk.ts';
import { askable, isOnlyTried, occasionOf, patienceFor, peerOf } from './talk.ts';
import type { Handshake } from './tls.ts';
import { handshake, mergeTls, wantsCertificate } from './tls.ts';
import { unclaimed } from './unclaimed.ts';

/** Greetings that are spent on finding out which versions a device accepts. */
const VERSION_TRIES = 3;

/** What is behind TLS: its certificate, its versions, and what is spoken inside. */
export class TlsTalk {
  readonly #port: number;
  readonly #talker: Talker;
  readonly #allotment: Allotment;
  readonly #turns: Turn[] = [];
  readonly #start = performance.now();
  #stream: Stream | undefined;
  #facts: TlsFacts | undefined;
  #wantsCertificate = false;

  constructor(port: number, talker: Talker, allotment: Allotment) {
    this.#port = port;
    this.#talker = talker;
    this.#allotment = allotment;
  }

  /** @param hello the dialogue by which TLS was proved */
  async run(hello: Talk): Promise<readonly Statement[]> {
    try {
      const facts = withCertificate(hello.facts).filter((fact) => !isSaidBetter(fact));
      const isOpen = await this.#connect();
      const inner = isOpen ? await this.#inner() : undefined;
      await this.#survey();
      return [this.#outer(facts, hello), ...(inner === undefined ? [] : [inner])];
    } finally {
      this.#close();
    }
  }

  #outer(facts: readonly Fact[], hello: Talk): Statement {
    const first = facts.find(({ kind }) => kind === 'tls');
    const seen = first?.kind === 'tls' ? first.tls : undefined;
    const merged = this.#facts === undefined ? seen : mergeTls(seen, this.#facts);
    const rest = facts.filter(({ kind }) => kind !== 'tls');
    if (merged === undefined) return { certainty: 'proved', facts: rest, turns: hello.turns };
    const clientCertificate = merged.clientCertificate || this.#wantsCertificate;
    const tls: Fact = { kind: 'tls', tls: { ...merged, clientCertificate } };
    return { certainty: 'proved', facts: [...rest, tls], turns: hello.turns };
  }

  async #inner(): Promise<Statement | undefined> {
    const occasion = occasionOf(this.#talker, 'tcp', this.#port, NOTHING);
    for (const planned of askable(this.#talker, this.#talker.planner.inner(occasion))) {
      if (this.#allotment.isSpent || this.#talker.door.isShut) break;
      const isLate = performance.now() - this.#start > this.#talker.limits.tries;
      if (isLate && isOnlyTried(planned)) break;
      const talk = await this.#ask(planned);
      if (spokenIn(talk.facts) !== undefined) return await this.#controlled(planned, talk);
    }
    return unclaimed(this.#turns, this.#talker.planner, 'tls');
  }

  async #ask(planned: Planned): Promise<Talk> {
    const patience = patienceFor(this.#talker.limits, planned);
    const { probe } = planned.protocol;
    if (probe === undefined) return { facts: [], turns: [] };
    let isFirst = true;
    const put = async (ask: Ask): Promise<Uint8Array | undefined> => {
      if (this.#allotment.isSpent) return undefined;
      const needsNew = isFirst ? this.#isUsed() : ask.reconnect === true;
      isFirst = false;
      if (needsNew && !(await this.#connect())) return undefined;
      return await this.#stream?.exchange(ask, patience, this.#allotment);
    };
    const talk = await converse(probe.dialogue(peerOf(this.#talker, this.#port, planned)), put);
    this.#turns.push(...talk.turns);
    return talk;
  }

  async #controlled(planned: Planned, talk: Talk): Promise<Statement> {
    const statement: Statement = {
      over: 'tls',
      certainty: 'proved',
      facts: talk.facts,
      turns: talk.turns,
    };
    const { planner, treatment } = this.#talker;
    const isFrail = treatment().robustness === 'fragile' || planned.protocol.fragile === true;
    const other = planner.control('tls', planned.protocol.id);
    if (isFrail || other === undefined || !needsControl(statement)) return statement;
    return judged(statement, await this.#ask({ protocol: other, over: 'tls', why: 'generic' }));
  }

  #isUsed(): boolean {
    return this.#stream === undefined || this.#stream.hasSent || this.#stream.isOver;
  }

  async #connect(): Promise<boolean> {
    const result = await this.#handshake();
    if (result?.kind === 'failed') this.#wantsCertificate ||= wantsCertificate(result.code);
    if (result?.kind !== 'done') return false;
    this.#facts = mergeTls(this.#facts, result.facts);
    return true;
  }

  /** Opens a connection and TLS on it; the stream is kept where that was done. */
  async #handshake(): Promise<Handshake | undefined> {
    this.#close();
    const opened = await this.#talker.door.open(this.#port);
    if (opened.kind !== 'open') return undefined;
    const { stream } = opened;
    const timeout = Math.min(this.#talker.limits.handshake, this.#allotment.time);
    const result = await handshake(stream.lend(), timeout);
    if (result.kind === 'done') this.#stream = stream.within(result.socket);
    else stream.close();
    return result;
  }

  /**
   * Politely: at most three more greetings, which go no further than the device's answer, and none
   * to a device that may not bear them.
   */
  async #survey(): Promise<void> {
    if (this.#talker.treatment().robustness === 'fragile') return;
    const versions = olderThan(this.#facts?.versions.at(-1)).slice(0, VERSION_TRIES);
    const { first, silence } = this.#talker.limits;
    const allotment = new Allotment(this.#talker.limits);
    const put = async (ask: Ask): Promise<Uint8Array | undefined> => {
      if (allotment.isSpent || this.#talker.door.isShut) return undefined;
      this.#close();
      const opened = await this.#talker.door.open(this.#port);
      if (opened.kind !== 'open') return undefined;
      this.#stream = opened.stream;
      return await opened.stream.exchange(ask, { first, silence }, allotment);
    };
    const flights: ServerFlight[] = [];
    await converse(survey(versions, this.#talker.nonce(), flights), put);
    const seen = summarise(flights);
    if (seen === undefined) return;
    const der = flights.flatMap(({ certificates }) => certificates)[0];
    const certificate = der === undefined ? undefined : certificateFacts(der);
    const facts = certificate === undefined ? seen : { ...seen, certificate };
    this.#facts = this.#facts === undefined ? facts : mergeTls(facts, this.#facts);
  }

  #close(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }
}

/** What the greeting says of suite and ALPN stands in the facts of the handshake. */
function isSaidBetter(fact: Fact): boolean {
  return fact.kind === 'detail' && (fact.name === 'cipher' || fact.name === 'alpn');
}

/** Newest first; all where nothing is known yet. */
function olderThan(version: string | undefined): readonly TlsVersion[] {
  const names: readonly string[] = ALL_TLS_VERSIONS;
  const newest = names.indexOf(version ?? '');
  return ALL_TLS_VERSIONS.slice(0, newest === -1 ? undefined : newest).toReversed();
}

function* survey(
  versions: readonly TlsVersion[],
  nonce: Uint8Array,
  flights: ServerFlight[],
): Dialogue {
  for (const version of versions) flights.push(yield* greet({ version, nonce }, true));
  return [];
}

/** A protocol hands the certificate over as it came (`certificate-der`, in hex): it is read here. */
export function withCertificate(facts: readonly Fact[]): readonly Fact[] {
  const der = facts.find((fact) => fact.kind === 'detail' && fact.name === 'certificate-der');
  if (der?.kind !== 'detail') return facts;
  const certificate = certificateFacts(Buffer.from(reveal(der.value), 'hex'));
  return facts
    .filter((fact) => fact !== der)
    .map((fact) =>
      fact.kind === 'tls' && certificate !== undefined
        ? { kind: 'tls', tls: { ...fact.tls, certificate } }
        : fact,
    );
}
