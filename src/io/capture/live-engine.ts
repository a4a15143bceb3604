import { randomInt } from 'node:crypto';
import { PassiveEngine } from '../../flows/engine.ts';
import type { NewEvidence } from '../../model/evidence.ts';
import { ACTIVE_TIMEOUT } from '../../model/flow.ts';
import type { Observation } from '../../model/observation.ts';
import { protocols } from '../../protocols/index.ts';
import { decode } from '../../wire/decode.ts';
import type { Packet } from '../../wire/packet.ts';
import type { CaptureMessage, CaptureStatus, FlowsWanted } from './messages.ts';

export interface LiveEngineOptions {
  readonly observer: string;
  readonly flows: FlowsWanted;
  readonly observes?: boolean;
  /** Observations between two statuses at most; without it all. */
  readonly observedCap?: number;
  /** Packets after which no more are taken; 0 for all. */
  readonly count: number;
  readonly send: (message: CaptureMessage) => void;
}

/** Pieces of evidence in one message. */
const BATCH = 64;
/** Observations in one message. */
const OBSERVED = 128;
/** Flows between two statuses where only the newest are wanted. */
const NEWEST = 25;

/** From packets to messages: the same for a ring, a pipe and a file. */
export class LiveEngine {
  readonly #options: LiveEngineOptions;
  readonly #engine: PassiveEngine;
  #evidence: NewEvidence[] = [];
  #observations: Observation[] = [];
  #observed = 0;
  #untold = 0;
  #flowsSent = 0;
  #undecoded = 0;
  #packets = 0;

  constructor(options: LiveEngineOptions) {
    const { observer, flows, send, observes } = options;
    this.#options = options;
    this.#engine = new PassiveEngine({
      protocols: protocols.all,
      observer,
      table: { seed: randomInt(2 ** 31), active: ACTIVE_TIMEOUT },
      onEvidence: (evidence) => {
        this.#evidence.push(evidence);
        if (this.#evidence.length >= BATCH) this.#flush();
      },
      ...(observes === true ? { onObservation: this.#observe } : {}),
      wantsFlow: () => flows === 'all' || (flows === 'newest' && this.#flowsSent < NEWEST),
      onFlow: (flow) => {
        this.#flowsSent += 1;
        send({ kind: 'flow', flow });
      },
    });
  }

  /** @returns whether more are wanted */
  take(packet: Packet): boolean {
    const { count } = this.#options;
    if (decode(packet) !== 'whole') this.#undecoded += 1;
    this.#engine.packet(packet);
    this.#packets += 1;
    return count === 0 || this.#packets < count;
  }

  /** Tells what was gathered, and how it stands. */
  tell(dropped: number | undefined): void {
    this.#flush();
    this.#flowsSent = 0;
    this.#observed = 0;
    this.#options.send({ kind: 'status', status: this.#status(dropped) });
  }

  /** Ends all conversations and tells the last of them. */
  end(dropped: number | undefined): void {
    this.#engine.end();
    this.tell(dropped);
  }

  readonly #observe = (observation: Observation): void => {
    this.#observed += 1;
    if (this.#observed > (this.#options.observedCap ?? Number.POSITIVE_INFINITY)) {
      this.#untold += 1;
      return;
    }
    this.#observations.push(observation);
    if (this.#observations.length >= OBSERVED) this.#flush();
  };

  #flush(): void {
    if (this.#observations.length > 0) {
      this.#options.send({ kind: 'observations', observations: this.#observations });
      this.#observations = [];
    }
    if (this.#evidence.length === 0) return;
    this.#options.send({ kind: 'evidence', evidence: this.#evidence });
    this.#evidence = [];
  }

  #status(dropped: number | undefined): CaptureStatus {
    const { counters, size } = this.#engine;
    return {
      packets: counters.packets,
      octets: counters.octets,
      ...(dropped === undefined ? {} : { dropped }),
      active: size,
      flows: counters.flows,
      lost: counters.lost,
      streamed: counters.streamed,
      evicted: counters.evicted + counters.evictedHalfOpen,
      undecoded: this.#undecoded,
      ...(this.#untold === 0 ? {} : { untold: this.#untold }),
    };
  }
}
