/** Questions to groups that are remembered, and microseconds for which an answer belongs to one. */
const CAPACITY = 4096;
const VALID = 120_000_000;
/** Octets of a question that are kept. */
const KEPT = 512;

interface Asked {
  readonly at: number;
  readonly record: number;
  readonly question: Uint8Array;
}

/**
 * Questions to everybody (mDNS, SSDP, WS-Discovery) by who asked and from which port: an answer to
 * that port is an answer to the question, though it comes from an address that nobody was asked at.
 */
export class GroupQuestions {
  #asked = new Map<string, Asked>();

  get isEmpty(): boolean {
    return this.#asked.size === 0;
  }

  ask(asker: string, at: number, record: number, payload: Uint8Array): void {
    if (this.#asked.size >= CAPACITY) this.#asked = new Map();
    this.#asked.set(asker, { at, record, question: payload.slice(0, KEPT) });
  }

  /** The question that was asked from there, where it is not too long ago. */
  of(asker: string, at: number): Asked | undefined {
    const asked = this.#asked.get(asker);
    return asked === undefined || at - asked.at > VALID || at < asked.at ? undefined : asked;
  }
}
