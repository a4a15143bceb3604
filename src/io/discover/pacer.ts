import { SYSTEM_CLOCK } from '../scan/clock.ts';
import { Gate } from '../scan/gate.ts';
import { Throttle } from '../scan/throttle.ts';

/** Counts packets, those of the kernel included, so that no second holds more than a given number. */
export class Pacer {
  readonly #throttle: Throttle;
  readonly #gate: Gate;
  #packets = 0;

  /** @param gate shut while the scan pauses */
  constructor(packetsPerSecond: number, gate = new Gate()) {
    this.#gate = gate;
    this.#throttle = new Throttle(packetsPerSecond, SYSTEM_CLOCK);
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
    if (this.#gate.isShut) await this.#gate.passed(signal);
    await this.#throttle.turn(packets, signal);
    this.#packets += packets;
  }
}
