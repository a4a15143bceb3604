import type { Ask } from '../../protocols/protocol.ts';
import { NOTHING } from '../../protocols/shared/bytes.ts';
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
import { TlsTalk } from './tls-talk.ts';
import { mustStaySilent } from './treatment.ts';
import { answersAlike, unclaimed } from './unclaimed.ts';

/** Milliseconds of silence that end what a device says by itself. */
const BANNER_SILENCE = 150;
/**
 * Protocols that are tried in any case, the most common first. A device that spoke before it was
 * asked, or that answers all of them alike, is then none of the rest.
 */
const TRIES_AT_LEAST = 3;

/**
 * Finds out what an open port speaks, beginning on the connection that found it open.
 *
 * The connection is closed when this returns.
 */
export async function identifyTcp(
  first: Stream,
  port: number,
  talker: Talker,
): Promise<readonly Statement[]> {
  const conversation = new TcpTalk(first, port, talker);
  try {
    return await conversation.run();
  } finally {
    conversation.close();
  }
}

class TcpTalk {
  readonly #port: number;
  readonly #talker: Talker;
  readonly #allotment: Allotment;
  readonly #turns: Turn[] = [];
  readonly #start = performance.now();
  readonly #first: Stream;
  #stream: Stream | undefined;
  #banner: Uint8Array = NOTHING;
  #tries = 0;

  constructor(first: Stream, port: number, talker: Talker) {
    this.#first = first;
    this.#stream = first;
    this.#port = port;
    this.#talker = talker;
    this.#allotment = new Allotment(talker.limits);
  }

  close(): void {
    this.#stream?.close();
    this.#stream = undefined;
  }

  async run(): Promise<readonly Statement[]> {
    if (mustStaySilent('tcp', this.#port, this.#talker.treatment())) return [];
    await this.#listen();
    const occasion = occasionOf(this.#talker, 'tcp', this.#port, this.#banner);
    for (const planned of askable(this.#talker, this.#talker.planner.plan(occasion))) {
      if (this.#isEnough(planned)) continue;
      const talk = await this.#ask(planned);
      const spoken = spokenIn(talk.facts);
      if (spoken === undefined) continue;
      if (spoken === 'tls') return await this.#inside(talk);
      return [await this.#controlled(planned, talk)];
    }
    const last = unclaimed(this.#turns, this.#talker.planner, 'tcp');
    return last === undefined ? [] : [last];
  }

  /** A device that speaks first does so soon; whoever waits for us costs this once. */
  async #listen(): Promise<void> {
    const { banner: first } = this.#talker.limits;
    const question = { send: NOTHING, complete: () => false };
    const patience = { first, silence: BANNER_SILENCE };
    this.#banner = (await this.#stream?.exchange(question, patience, this.#allotment)) ?? NOTHING;
    if (this.#banner.length > 0) this.#turns.push({ sent: NOTHING, received: this.#banner });
  }

  #isEnough(planned: Planned): boolean {
    if (this.#allotment.isSpent || this.#talker.door.isShut) return true;
    if (!isOnlyTried(planned)) return false;
    if (performance.now() - this.#start > this.#talker.limits.tries) return true;
    if (planned.why !== 'generic' || planned.protocol.probe?.impact === 'listens') return false;
    this.#tries += 1;
    if (this.#tries <= TRIES_AT_LEAST) return false;
    return this.#banner.length > 0 || answersAlike(this.#turns);
  }

  async #ask(planned: Planned): Promise<Talk> {
    const patience = patienceFor(this.#talker.limits, planned);
    const { probe } = planned.protocol;
    if (probe === undefined) return { facts: [], turns: [] };
    let isFirst = true;
    const put = async (ask: Ask): Promise<Uint8Array | undefined> => {
      if (this.#allotment.isSpent) return undefined;
      const needsNew = isFirst ? this.#isUsed() : ask.reconnect === true;
      if (needsNew && !(await this.#reconnect())) return undefined;
      const isListening = isFirst && ask.send.length === 0;
      isFirst = false;
      return isListening
        ? await this.#hear(ask, patience)
        : await this.#stream?.exchange(ask, patience, this.#allotment);
    };
    const talk = await converse(probe.dialogue(peerOf(this.#talker, this.#port, planned)), put);
    this.#turns.push(...talk.turns);
    return talk;
  }

  #isUsed(): boolean {
    return this.#stream === undefined || this.#stream.hasSent || this.#stream.isOver;
  }

  /** One connection at a time: the old one goes before the new one comes. */
  async #reconnect(): Promise<boolean> {
    this.close();
    const opened = await this.#talker.door.open(this.#port);
    if (opened.kind === 'open') this.#stream = opened.stream;
    return opened.kind === 'open';
  }

  /** On the first connection, what it said by itself was read already. */
  async #hear(ask: Ask, patience: { first: number; silence: number }): Promise<Uint8Array> {
    const before = this.#stream === this.#first ? this.#banner : NOTHING;
    if (before.length > 0 && ask.complete(before)) return before;
    const question = {
      send: NOTHING,
      complete: (more: Uint8Array): boolean => ask.complete(Buffer.concat([before, more])),
    };
    const rest = (await this.#stream?.exchange(question, patience, this.#allotment)) ?? NOTHING;
    return Buffer.concat([before, rest]);
  }

  async #controlled(planned: Planned, talk: Talk): Promise<Statement> {
    const statement: Statement = { certainty: 'proved', facts: talk.facts, turns: talk.turns };
    const { planner, treatment } = this.#talker;
    const { fragile = false, touchy = false } = planned.protocol;
    const isFrail = treatment().robustness === 'fragile' || fragile || touchy;
    if (isFrail || !needsControl(statement)) return statement;
    const other = planner.control('tcp', planned.protocol.id);
    if (other === undefined) return statement;
    return judged(statement, await this.#ask({ protocol: other, over: 'tcp', why: 'generic' }));
  }

  async #inside(talk: Talk): Promise<readonly Statement[]> {
    this.close();
    const tls = new TlsTalk(this.#port, this.#talker, this.#allotment);
    return await tls.run(talk);
  }
}
