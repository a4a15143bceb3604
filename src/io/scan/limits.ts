/** How long is waited and how much is read; every figure is a bound that a device cannot move. */
export interface Limits {
  /** Milliseconds for a first connect, before it is known how far the device is. */
  readonly connect: number;
  /** Milliseconds that a connect gets at least, however near the device seems. */
  readonly connectFloor: number;
  /** Milliseconds in which a device that speaks first is expected to. */
  readonly banner: number;
  /** Milliseconds until the first byte of an answer, where a protocol is likely on that port. */
  readonly first: number;
  /** The same where it is only tried. */
  readonly firstTried: number;
  /** Milliseconds of silence after which what came is the answer. */
  readonly silence: number;
  /** Milliseconds for a TLS handshake. */
  readonly handshake: number;
  /** Milliseconds for protocols that are only tried on a port. */
  readonly tries: number;
  /** Milliseconds for one port in all. */
  readonly port: number;
  /** Bytes of one answer. */
  readonly answerBytes: number;
  /** Bytes of one port in all. */
  readonly portBytes: number;
}

export const LIMITS: Limits = {
  connect: 1000,
  connectFloor: 500,
  banner: 400,
  first: 1500,
  firstTried: 700,
  silence: 400,
  handshake: 4000,
  tries: 6000,
  port: 10_000,
  answerBytes: 65_536,
  portBytes: 1_048_576,
};

/** What is left of the time and the bytes of one port. */
export class Allotment {
  readonly #limits: Limits;
  readonly #deadline: number;
  #bytes: number;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#deadline = performance.now() + limits.port;
    this.#bytes = limits.portBytes;
  }

  /** Milliseconds. */
  get time(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  /** Bytes that the next answer may have. */
  get bytes(): number {
    return Math.min(this.#limits.answerBytes, this.#bytes);
  }

  get isSpent(): boolean {
    return this.#bytes <= 0 || this.time <= 0;
  }

  spend(bytes: number): void {
    this.#bytes -= bytes;
  }
}
