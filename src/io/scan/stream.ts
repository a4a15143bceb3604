import type { Socket } from 'node:net';
import type { Allotment } from './limits.ts';
import { Listening } from './listening.ts';

/** What a stream tells its lane, and asks of it. */
export interface Traffic {
  /**
   * Waits until one more packet may be sent.
   *
   * @throws the reason of the scan's signal when it is aborted meanwhile
   */
  turn(): Promise<void>;
  sent(bytes: number): void;
  received(bytes: number): void;
  /** Packets that leave without a turn: the next one waits for them. */
  charge(packets: number): void;
}

/** Of ours in a TLS handshake: ClientHello, Finished, and what they and the answers are acknowledged by. */
const HANDSHAKE_PACKETS = 4;

export interface Question {
  /** Empty to listen only. */
  readonly send: Uint8Array;
  complete(received: Uint8Array): boolean;
}

export interface Patience {
  /** Milliseconds until the first byte. */
  readonly first: number;
  /** Milliseconds of silence after which what came is the answer. */
  readonly silence: number;
}

/**
 * A connection that is asked and answers. Between questions it is not read, so a device that sends
 * for ever fills its own buffers and not ours.
 */
export class Stream {
  readonly #socket: Socket;
  readonly #traffic: Traffic;
  #isOver = false;
  #wasReset = false;
  #hasSent = false;

  constructor(socket: Socket, traffic: Traffic, onClose: () => void) {
    this.#socket = socket;
    this.#traffic = traffic;
    socket.pause();
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#isOver = true;
      this.#wasReset ||= error.code === 'ECONNRESET' || error.code === 'EPIPE';
    });
    socket.once('end', () => this.#end());
    socket.once('close', () => {
      this.#end();
      onClose();
    });
    if (socket.destroyed) onClose();
  }

  /** The device hung up. */
  get isOver(): boolean {
    return this.#isOver || this.#socket.destroyed;
  }

  get wasReset(): boolean {
    return this.#wasReset;
  }

  /** Something was said on it: the next protocol needs a new one. */
  get hasSent(): boolean {
    return this.#hasSent;
  }

  /** Lends the socket to TLS; this stream is only closed any more. */
  lend(): Socket {
    this.#hasSent = true;
    this.#traffic.charge(HANDSHAKE_PACKETS);
    return this.#socket;
  }

  /** Silence, a reset and a hang-up are answers, not errors. */
  async exchange(
    question: Question,
    patience: Patience,
    allotment: Allotment,
  ): Promise<Uint8Array> {
    if (question.send.length > 0 && !this.isOver) await this.#traffic.turn();
    return await this.#exchange(question, patience, allotment);
  }

  #exchange(question: Question, patience: Patience, allotment: Allotment): Promise<Uint8Array> {
    return new Promise((resolve) => {
      const isOver = this.isOver;
      const { send } = question;
      new Listening(this.#socket, question, patience, allotment, this.#traffic, resolve).start(
        isOver,
      );
      if (send.length === 0 || isOver) return;
      this.#hasSent = true;
      this.#traffic.sent(send.length);
      this.#socket.write(send);
    });
  }

  /** The stream inside TLS on this one: it counts and closes with it. */
  within(socket: Socket): Stream {
    return new Stream(socket, this.#traffic, () => this.#socket.destroy());
  }

  close(): void {
    this.#socket.destroy();
  }

  #end(): void {
    this.#isOver = true;
  }
}
