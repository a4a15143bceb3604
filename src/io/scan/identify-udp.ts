import type { Ask } from '../../protocols/protocol.ts';
import { NOTHING } from '../../protocols/shared/bytes.ts';
import { judged, needsControl } from './control.ts';
import type { Talk, Turn } from './converse.ts';
import { converse } from './converse.ts';
import { Allotment } from './limits.ts';
import type { Planned } from './planner.ts';
import type { Statement } from './statement.ts';
import { spokenIn } from './statement.ts';
import type { Patience } from './stream.ts';
import type { Talker } from './talk.ts';
import { askable, isOnlyTried, occasionOf, patienceFor, peerOf } from './talk.ts';
import { withCertificate } from './tls-talk.ts';
import type { Datagrams, Reply } from './udp.ts';
import { answersAlike, unclaimed } from './unclaimed.ts';

/** `unasked`: no protocol that could be there has a question. */
export type UdpState = 'open' | 'closed' | 'silent' | 'unasked';

export interface UdpResult {
  readonly state: UdpState;
  readonly statements: readonly Statement[];
}

/** Questions to a port that has answered none, as long as no protocol is likely there. */
const SILENT_TRIES = 4;

/** Asks one port what it speaks; over UDP only an answer, or a refusal, says anything. */
export async function identifyUdp(port: number, talker: Talker): Promise<UdpResult> {
  const conversation = new UdpTalk(port, talker);
  try {
    return await conversation.run();
  } finally {
    conversation.close();
  }
}

class UdpTalk {
  readonly #port: number;
  readonly #talker: Talker;
  readonly #allotment: Allotment;
  readonly #turns: Turn[] = [];
  #socket: Datagrams | undefined;
  #asked = 0;
  #isRefused = false;

  constructor(port: number, talker: Talker) {
    this.#port = port;
    this.#talker = talker;
    this.#allotment = new Allotment(talker.limits);
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  async run(): Promise<UdpResult> {
    const occasion = occasionOf(this.#talker, 'udp', this.#port, NOTHING);
    const planned = askable(this.#talker, this.#talker.planner.plan(occasion));
    for (const [index, one] of planned.entries()) {
      if (this.#isEnough(one, index)) break;
      const talk = await this.#ask(one);
      if (spokenIn(talk.facts) === undefined) continue;
      return { state: 'open', statements: [await this.#controlled(one, talk)] };
    }
    const last = unclaimed(this.#turns, this.#talker.planner, 'udp');
    return { state: this.#state(), statements: last === undefined ? [] : [last] };
  }

  #state(): UdpState {
    if (this.#hasAnswered()) return 'open';
    if (this.#isRefused) return 'closed';
    return this.#asked > 0 ? 'silent' : 'unasked';
  }

  #hasAnswered(): boolean {
    return this.#turns.some(({ received }) => received.length > 0);
  }

  #isEnough(planned: Planned, index: number): boolean {
    if (this.#isRefused || this.#allotment.isSpent || this.#talker.door.isShut) return true;
    if (!isOnlyTried(planned)) return false;
    return this.#hasAnswered() ? answersAlike(this.#turns) : index >= SILENT_TRIES;
  }

  async #ask(planned: Planned): Promise<Talk> {
    const patience = patienceFor(this.#talker.limits, planned);
    const { probe } = planned.protocol;
    if (probe === undefined) return { facts: [], turns: [] };
    let isFirst = true;
    const put = async (ask: Ask): Promise<Uint8Array | undefined> => {
      if (this.#isRefused || this.#allotment.isSpent) return undefined;
      if (isFirst || ask.reconnect === true) await this.#reopen();
      const isRepeated = isFirst && this.#mayRepeat(ask, planned);
      isFirst = false;
      return await this.#exchange(ask, patience, isRepeated);
    };
    const talk = await converse(probe.dialogue(peerOf(this.#talker, this.#port, planned)), put);
    this.#turns.push(...talk.turns);
    return { ...talk, facts: withCertificate(talk.facts) };
  }

  async #exchange(
    ask: Ask,
    patience: Patience,
    isRepeated: boolean,
  ): Promise<Uint8Array | undefined> {
    if (this.#socket === undefined) return undefined;
    if (ask.send.length > 0) await this.#talker.door.turn();
    this.#asked += 1;
    const reply = await (isRepeated
      ? this.#twice(this.#socket, ask, patience)
      : this.#socket.exchange(ask, patience, this.#allotment));
    if (reply.kind === 'refused') this.#isRefused = true;
    return reply.kind === 'answer' ? reply.received : undefined;
  }

  /**
   * A datagram may have been lost: when half of the patience is over the question is put again, once,
   * as a packet of its own in pace and budget. Whoever answers late answers the first, and is heard.
   */
  async #twice(socket: Datagrams, ask: Ask, patience: Patience): Promise<Reply> {
    const half = { ...patience, first: patience.first / 2 };
    const reply = await socket.exchange(ask, half, this.#allotment);
    if (reply.kind !== 'silent' || this.#allotment.isSpent || this.#talker.door.isShut)
      return reply;
    await this.#talker.door.turn();
    return await socket.exchange(ask, half, this.#allotment);
  }

  /** Never to a fragile device, nor in a protocol whose speakers are; and no second time for a mere try. */
  #mayRepeat(ask: Ask, planned: Planned): boolean {
    const { robustness } = this.#talker.treatment();
    const isFrail = robustness === 'fragile' || planned.protocol.fragile === true;
    return ask.send.length > 0 && !isFrail && !isOnlyTried(planned);
  }

  /** A new source port for each protocol: a late answer to the one before is not taken for its. */
  async #reopen(): Promise<void> {
    this.close();
    this.#socket = await this.#talker.door.datagrams(this.#port);
  }

  async #controlled(planned: Planned, talk: Talk): Promise<Statement> {
    const statement: Statement = { certainty: 'proved', facts: talk.facts, turns: talk.turns };
    const { planner, treatment } = this.#talker;
    const isFrail = treatment().robustness === 'fragile' || planned.protocol.fragile === true;
    if (isFrail || !needsControl(statement)) return statement;
    const other = planner.control('udp', planned.protocol.id);
    if (other === undefined) return statement;
    return judged(statement, await this.#ask({ protocol: other, over: 'udp', why: 'generic' }));
  }
}
