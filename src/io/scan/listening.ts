import type { Socket } from 'node:net';
import { Gather } from './gather.ts';
import type { Allotment } from './limits.ts';
import type { Patience, Question, Traffic } from './stream.ts';

/** Milliseconds after which an answer that grew too little to be looked at at once is looked at. */
const PAUSE = 15;

/** Waits for one answer: until it is whole, or full, or nothing more comes, or time is up. */
export class Listening {
  readonly #socket: Socket;
  readonly #question: Question;
  readonly #patience: Patience;
  readonly #allotment: Allotment;
  readonly #traffic: Traffic;
  readonly #settled: (answer: Uint8Array) => void;
  readonly #answer: Gather;
  readonly #until: number;
  #lookedAt = 0;
  #silentFrom = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #glance: NodeJS.Timeout | undefined;

  constructor(
    socket: Socket,
    question: Question,
    patience: Patience,
    allotment: Allotment,
    traffic: Traffic,
    settled: (answer: Uint8Array) => void,
  ) {
    this.#socket = socket;
    this.#question = question;
    this.#patience = patience;
    this.#allotment = allotment;
    this.#traffic = traffic;
    this.#settled = settled;
    this.#answer = new Gather(allotment.bytes);
    this.#until = performance.now() + allotment.time;
  }

  start(isOver: boolean): void {
    if (isOver && this.#socket.readableLength === 0) {
      this.#settled(this.#answer.view());
      return;
    }
    this.#socket.on('data', this.#take).on('end', this.#settle).on('close', this.#settle);
    this.#socket.resume();
    this.#wait();
  }

  readonly #take = (piece: Buffer): void => {
    this.#traffic.received(piece.length);
    // Its acknowledgement is a packet of ours.
    this.#traffic.charge(1);
    this.#allotment.spend(piece.length);
    this.#answer.add(piece);
    this.#silentFrom = performance.now();
    if (this.#answer.isFull) this.#settle();
    else if (this.#answer.size - this.#lookedAt > this.#lookedAt >> 4) this.#look();
    else this.#glance ??= setTimeout(this.#look, PAUSE);
  };

  /**
   * `complete` reads the answer from its start. It is asked whenever the answer has grown by a
   * sixteenth, and a moment after it grew at all: a device that sends byte by byte must not make
   * us read everything anew with each.
   */
  readonly #look = (): void => {
    clearTimeout(this.#glance);
    this.#glance = undefined;
    this.#lookedAt = this.#answer.size;
    if (this.#question.complete(this.#answer.view())) this.#settle();
  };

  /** One timer that is set again when it fires too early, not one a piece. */
  #wait(): void {
    const { first, silence } = this.#patience;
    const due = this.#silentFrom + (this.#answer.size === 0 ? first : silence);
    const left = Math.min(due, this.#until) - performance.now();
    if (left <= 0) this.#settle();
    else this.#timer = setTimeout(() => this.#wait(), Math.ceil(left));
  }

  readonly #settle = (): void => {
    clearTimeout(this.#timer);
    clearTimeout(this.#glance);
    this.#socket.off('data', this.#take).off('end', this.#settle).off('close', this.#settle);
    this.#socket.pause();
    this.#settled(this.#answer.view());
  };
}
