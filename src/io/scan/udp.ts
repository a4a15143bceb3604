import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { Gather } from './gather.ts';
import type { Allotment } from './limits.ts';
import type { Sockets } from './sockets.ts';
import type { Patience, Question, Traffic } from './stream.ts';

/** How an answer came about: silence over UDP is no statement. */
export type Reply =
  | { readonly kind: 'answer'; readonly received: Uint8Array }
  | { readonly kind: 'silent' }
  /** ICMP port unreachable (RFC 1122 §4.1.3.3). */
  | { readonly kind: 'refused' };

/** Datagrams of one answer; `complete` reads them all anew with each that comes. */
const DATAGRAMS_CAP = 128;

/**
 * A connected socket: the kernel drops what others send to it, and hands ICMP errors over, which
 * needs no right.
 */
export class Datagrams {
  readonly #socket: Socket;
  readonly #traffic: Traffic;

  private constructor(socket: Socket, traffic: Traffic) {
    this.#socket = socket;
    this.#traffic = traffic;
  }

  /** Undefined where this machine has no way there. */
  static open(
    address: string,
    port: number,
    sockets: Sockets,
    traffic: Traffic,
  ): Promise<Datagrams | undefined> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return new Promise((resolve) => {
      const fail = (): void => {
        socket
          .off('connect', connected)
          .off('close', fail)
          .on('error', () => {});
        resolve(undefined);
      };
      const connected = (): void => {
        socket
          .off('error', fail)
          .off('close', fail)
          .on('error', () => {});
        resolve(new Datagrams(socket, traffic));
      };
      socket.once('error', fail).once('close', fail).once('connect', connected);
      socket.connect(port, address);
    });
  }

  /** One datagram, and all that come back for it, joined. */
  exchange(question: Question, patience: Patience, allotment: Allotment): Promise<Reply> {
    const answer = new Gather(allotment.bytes);
    let datagrams = 0;
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const settle = (reply: Reply): void => {
        clearTimeout(timer);
        this.#socket.off('message', take).off('error', refused).off('close', over);
        resolve(reply);
      };
      const heard = (): Reply =>
        answer.size === 0 ? { kind: 'silent' } : { kind: 'answer', received: answer.view() };
      const over = (): void => settle(heard());
      const refused = (): void => settle(answer.size === 0 ? { kind: 'refused' } : heard());
      const wait = (milliseconds: number): void => {
        clearTimeout(timer);
        timer = setTimeout(over, Math.min(milliseconds, allotment.time));
      };
      const take = (datagram: Buffer): void => {
        this.#traffic.received(datagram.length);
        allotment.spend(datagram.length);
        answer.add(datagram);
        datagrams += 1;
        const isEnough = answer.isFull || datagrams === DATAGRAMS_CAP;
        if (isEnough || question.complete(answer.view())) over();
        else wait(patience.silence);
      };
      this.#socket.on('message', take).once('error', refused).once('close', over);
      wait(patience.first);
      this.#send(question.send, refused);
    });
  }

  close(): void {
    try {
      this.#socket.close();
    } catch {
      // The abort closed it first: the only error that close throws.
    }
  }

  #send(bytes: Uint8Array, refused: () => void): void {
    if (bytes.length === 0) return;
    this.#traffic.sent(bytes.length);
    try {
      // A pending ICMP error of the datagram before is reported by the send after it.
      this.#socket.send(bytes, (error) => {
        if (error !== null && 'code' in error && error.code === 'ECONNREFUSED') refused();
      });
    } catch {
      // The abort closed it: 'close' settles the question.
    }
  }
}
