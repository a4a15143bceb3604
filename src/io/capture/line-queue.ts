import { write } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Octets that may wait: with more, whoever speaks should wait, and the packets in the ring. */
const MOST = 1 << 25;

/**
 * Lines to a pipe that nobody waits for: while the reader is busy they gather here, so that the ring
 * is emptied meanwhile.
 */
export class LineQueue {
  readonly #fd: number;
  readonly #onBroken: () => void;
  #waiting: Buffer[] = [];
  #octets = 0;
  #isWriting = false;

  /** @param onBroken nobody reads any more */
  constructor(fd: number, onBroken: () => void) {
    this.#fd = fd;
    this.#onBroken = onBroken;
  }

  push(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    this.#waiting.push(bytes);
    this.#octets += bytes.length;
    if (!this.#isWriting) this.#write(this.#take());
  }

  /** Resolves when there is room again: at once, mostly. */
  async room(): Promise<void> {
    while (this.#octets > MOST) await sleep(1);
  }

  /** Resolves when everything is written. */
  async end(): Promise<void> {
    while (this.#isWriting) await sleep(1);
  }

  #take(): Buffer {
    const all = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#octets = 0;
    return all;
  }

  #write(bytes: Buffer): void {
    this.#isWriting = true;
    write(this.#fd, bytes, (error, done) => {
      if (error !== null && error.code !== 'EAGAIN') {
        this.#isWriting = false;
        this.#onBroken();
        return;
      }
      const rest = bytes.subarray(error === null ? done : 0);
      if (rest.length > 0) this.#write(rest);
      else if (this.#octets > 0) this.#write(this.#take());
      else this.#isWriting = false;
    });
  }
}
