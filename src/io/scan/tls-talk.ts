import { reveal } from '../../base/untrusted.ts';
import type { Fact, TlsFacts } from '../../model/evidence.ts';
import type { Ask } from '../../protocols/protocol.ts';
import { NOTHING } from '../../protocols/shared/bytes.ts';
import { certificateFacts } from './certificate.ts';
import { judged, needsControl } from './control.ts';
import type { Talk, Turn } from './converse.ts';
import { converse } from './converse.ts';
import type { Allotment } from './limits.ts';
import type { Planned } from './planner.ts';
import type { Statement } from './statement.ts';
import { spokenIn } from './statement.ts';
import type { Stream } from './stream.ts';
import type { Talker } from './talk.ts';
import { askable, occasionOf, patienceFor, peerOf } from './talk.ts';
import type { Handshake } from './tls.ts';
import { handshake, mergeTls, TLS_VERSIONS, wantsCertificate } from './tls.ts';
import { unclaimed } from './unclaimed.ts';

/** Handshakes that are spent on finding out which versions a device accepts. */
const VERSION_TRIES = 3;

/** What is behind TLS: its certificate, its versions, and what is spoken inside. */
export class TlsTalk {
  readonly #port: number;
  readonly #talker: Talker;
  readonly #allotment: Allotment;
  readonly #turns: Turn[] = [];
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
      const facts = withCertificate(hello.facts);
      const isOpen = await this.#connect();
      const inner = isOpen ? await this.#inner() : undefined;
      await this.#enumerate(facts);
      return [this.#outer(facts, hello), ...(inner === undefined ? [] : [inner])];
    } finally {
      this.#stream?.close();
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
  async #handshake(version?: TlsFacts['versions'][number]): Promise<Handshake | undefined> {
    this.#stream?.close();
    this.#stream = undefined;
    const opened = await this.#talker.door.open(this.#port);
    if (opened.kind !== 'open') return undefined;
    const { stream } = opened;
    const timeout = Math.min(this.#talker.limits.handshake, this.#allotment.time);
    const only = TLS_VERSIONS.find((known) => known === version);
    const result = await handshake(stream.lend(), timeout, only);
    if (result.kind === 'done') this.#stream = stream.within(result.socket);
    else stream.close();
    return result;
  }

  /** Politely: at most three more handshakes, and none with a device that may not bear them. */
  async #enumerate(facts: readonly Fact[]): Promise<void> {
    const known = facts.flatMap((fact) => (fact.kind === 'tls' ? fact.tls.versions : []));
    const highest = this.#facts?.versions.at(-1);
    if (highest === undefined || known.length > 1) return;
    const newest = TLS_VERSIONS.find((version) => version === highest) ?? 'TLSv1';
    const older = TLS_VERSIONS.slice(0, TLS_VERSIONS.indexOf(newest));
    for (const version of older.toReversed().slice(0, VERSION_TRIES)) {
      const { robustness } = this.#talker.treatment();
      if (robustness === 'fragile' || this.#allotment.isSpent || this.#talker.door.isShut) return;
      const result = await this.#handshake(version);
      if (result?.kind === 'done') this.#facts = mergeTls(this.#facts, result.facts);
    }
  }
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
