import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Counts packets, those of the kernel included, so that no more than a given number leaves within
 * any second.
 *
 * Not a bucket that fills while nothing happens: after a pause it would let two seconds' worth go
 * at once. Turns are handed out at even distances instead.
 */
export class Pacer {
  /** Milliseconds between two packets. */
  readonly #gap: number;
  #next = 0;
  #packets = 0;

  constructor(packetsPerSecond: number) {
    this.#gap = 1000 / packetsPerSecond;
  }

  /** What was let through so far. */
  get packets(): number {
    return this.#packets;
  }

  /**
   * Waits until `packets` more may leave.
   *
   * @throws the signal's reason when it is aborted meanwhile
   */
  async turn(packets: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const now = performance.now();
    const start = Math.max(now, this.#next);
    this.#next = start + packets * this.#gap;
    // A timer is a millisecond coarse: what is due within one goes now, and the average holds.
    if (start - now >= 1) await sleep(start - now, undefined, { signal });
    this.#packets += packets;
  }
}
