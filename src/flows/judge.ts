import type { Conversation } from './conversation.ts';
import { Experience } from './experience.ts';
import type { FirstBytesStore } from './first-bytes.ts';
import { BEGUN } from './flow-state.ts';
import { carrierOf } from './flow-view.ts';
import { Memo } from './memo.ts';
import type { Answer, Question, Recogniser, Verdict } from './recognise.ts';
import type { FlowTable } from './table.ts';

/** Times that only what is usual on the port is asked, as long as it has not said no. */
const USUAL_FIRST = 3;

/**
 * Puts a conversation to the protocols as far as it went. Nobody is asked again who said no, nor
 * about what was asked before: of another conversation, or of the same service.
 */
export class Judge {
  readonly #table: FlowTable;
  readonly #recogniser: Recogniser;
  readonly #experience: Experience;
  readonly #memo: Memo;
  /** By slot: who said no. */
  #refused: Int32Array;
  readonly #blank: Int32Array;

  constructor(table: FlowTable, recogniser: Recogniser, store: FirstBytesStore) {
    this.#table = table;
    this.#recogniser = recogniser;
    this.#experience = new Experience(table);
    this.#memo = new Memo(store);
    this.#refused = new Int32Array(64 * recogniser.words);
    this.#blank = new Int32Array(recogniser.words);
  }

  /** Remembers what came of a conversation; not where its ends were taken for each other. */
  note(record: number, verdict: Verdict | undefined): void {
    if (verdict?.turned === true) return;
    const number = verdict === undefined ? undefined : this.#recogniser.numberOf(verdict.protocol);
    this.#experience.note(record, number);
  }

  /** Many conversations on its port were recognised by nobody. */
  isHopeless(record: number): boolean {
    return this.#experience.isHopeless(record);
  }

  /** Asks everybody anew: what is said next begins at its beginning. */
  forget({ slot }: Conversation): void {
    const { words } = this.#recogniser;
    if ((slot + 1) * words > this.#refused.length) {
      const larger = new Int32Array(this.#refused.length * 2);
      larger.set(this.#refused);
      this.#refused = larger;
    }
    this.#refused.fill(0, slot * words, (slot + 1) * words);
  }

  /**
   * Who claims it by what was said. What all refuse, or what ends before they could decide, is put
   * to those who know their protocol by less.
   */
  answer(conversation: Conversation, ends = false): Answer {
    const source = this.#table.records.sourceSide(conversation.record);
    const isEarly = !ends && conversation.asked < USUAL_FIRST;
    const key = this.#memoKey(conversation, source, ends, isEarly);
    const { slot } = conversation;
    const known = key < 0 ? undefined : this.#memo.get(key, slot, source);
    if (known !== undefined) return known;
    const answer = this.#worked(conversation, this.question(conversation, source), ends, isEarly);
    const isFinal = ends || answer.verdict?.certainty === 'proved';
    const isNobodys = answer.verdict === undefined && !answer.undecided;
    if (key >= 0 && (isFinal || isNobodys)) this.#memo.set(key, slot, source, answer);
    return answer;
  }

  /** All that an answer depends on besides what was said; -1 where that is too much. */
  #memoKey(conversation: Conversation, source: number, ends: boolean, early: boolean): number {
    const { record } = conversation;
    const { records } = this.#table;
    const transport = carrierOf(this.#table, record);
    const isUsual = this.#recogniser.usualOn(transport, records.port(record, source)) !== undefined;
    if (transport === 'other' || isUsual) return -1;
    const flags =
      (transport === 'tcp' ? 1 : 0) |
      ((records.state(record) & BEGUN) === 0 ? 0 : 2) |
      (ends ? 4 : 0) |
      (early ? 8 : 0) |
      (this.#isTurnedEnough(conversation) ? 16 : 0);
    const known = this.#experience.protocolOf(record) + 1;
    return (known * 32 + flags) * 65_536 + records.port(record, 1 - source);
  }

  #worked(conversation: Conversation, question: Question, ends: boolean, isEarly: boolean): Answer {
    const answer = this.#claimed(conversation, question, isEarly);
    if (answer.verdict !== undefined || (answer.undecided && !ends)) return answer;
    const verdict = this.#recogniser.overhear(question);
    return verdict === undefined ? answer : { verdict, undecided: answer.undecided };
  }

  /** Asks as the ends stand and, where nothing says who opened it, the other way round. */
  #claimed(conversation: Conversation, question: Question, patient: boolean): Answer {
    const { record, slot } = conversation;
    const answer = this.#recogniser.ask(question, {
      refused: this.#refused,
      at: slot * this.#recogniser.words,
      known: this.#experience.protocolOf(record),
      patient,
    });
    const isFixed = (this.#table.records.state(record) & BEGUN) !== 0;
    const waits = patient && answer.undecided;
    const isFinal = answer.verdict !== undefined || isFixed || waits;
    if (isFinal || this.#isTurnedEnough(conversation)) return answer;
    this.#blank.fill(0);
    const turned = this.#recogniser.ask(turn(question), {
      refused: this.#blank,
      at: 0,
      known: -1,
      patient: false,
    });
    const undecided = answer.undecided || turned.undecided;
    if (turned.verdict === undefined) return { undecided };
    return { verdict: { ...turned.verdict, turned: true }, undecided };
  }

  /** Of datagrams only the first pair is tried the other way round. */
  #isTurnedEnough(conversation: Conversation): boolean {
    const { record, restarts } = conversation;
    const isLater = restarts > 0 && carrierOf(this.#table, record) !== 'tcp';
    return isLater || this.#experience.isHopeless(record);
  }

  question(conversation: Conversation, source: number): Question {
    const { record } = conversation;
    const { records } = this.#table;
    const transport = carrierOf(this.#table, record);
    const isLink = transport === 'other';
    return {
      transport,
      clientPort: isLink ? 0 : records.port(record, source),
      serverPort: isLink ? records.protocol(record) : records.port(record, 1 - source),
      client: conversation.read(source),
      server: conversation.read(1 - source),
    };
  }
}

function turn({ client, server, clientPort, serverPort, transport }: Question): Question {
  return {
    transport,
    client: server,
    server: client,
    clientPort: serverPort,
    serverPort: clientPort,
  };
}
