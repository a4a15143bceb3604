import type { Instant } from '../../model/core.ts';
import type { Observation } from '../../model/observation.ts';
import type { DetectorContext } from '../detector.ts';
import { fingerprint } from '../learned/bounded.ts';

/** Milliseconds after which a SYN has no answer: the first is sent again after one second (RFC 6298 §2). */
const PATIENCE = 3_000;
/** Attempts that wait, and contacts that are remembered. */
const WAITING = 16_384;
const CONTACTS = 131_072;

export type Opened = Extract<Observation, { kind: 'opened' }>;

export interface Attempt {
  readonly opened: Opened;
  readonly at: Instant;
  readonly outcome: 'answered' | 'refused' | 'silent';
}

/**
 * First contacts: attempts to reach a port of an address that the source never reached before, and
 * what came of them. Answers to what was asked of everybody are none, nor is anything of which the
 * beginning was not seen.
 */
export class Attempts {
  dropped = 0;
  readonly #context: DetectorContext;
  readonly #waiting = new Map<number, Opened>();
  /** Contacts that were answered, by fingerprint; two generations. */
  #young = new Set<number>();
  #old = new Set<number>();

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get octets(): number {
    return this.#waiting.size * 96 + (this.#young.size + this.#old.size) * 16;
  }

  see(observation: Observation): readonly Attempt[] {
    switch (observation.kind) {
      case 'opened':
        return this.#open(observation);
      case 'answered':
        return this.#end(
          observation.flow,
          observation.at,
          observation.refused ? 'refused' : 'answered',
        );
      case 'closed':
        return this.#end(observation.flow, observation.at, 'silent');
      default:
        return [];
    }
  }

  /** Those that waited long enough. */
  tick(now: Instant): readonly Attempt[] {
    const late: Attempt[] = [];
    for (const [flow, opened] of this.#waiting) {
      if (now - opened.at < PATIENCE && now >= opened.at) break;
      this.#waiting.delete(flow);
      late.push({ opened, at: now, outcome: 'silent' });
    }
    return late;
  }

  #open(opened: Opened): readonly Attempt[] {
    const { ipProtocol, group, midway, source, destination } = opened;
    if ((ipProtocol !== 6 && ipProtocol !== 17) || group || midway) return [];
    if (ipProtocol === 17 && source.port < 1024 && destination.port >= 1024) return [];
    // What comes from outside to nobody in particular is the router's affair.
    if (!this.#context.isLocal(source.address) && !this.#context.isLocal(destination.address)) {
      return [];
    }
    if (this.#isKnown(keyOf(opened))) return [];
    if (this.#waiting.size >= WAITING) {
      this.dropped += 1;
      return [];
    }
    this.#waiting.set(opened.flow, opened);
    return this.tick(opened.at);
  }

  #end(flow: number, at: Instant, outcome: Attempt['outcome']): readonly Attempt[] {
    const opened = this.#waiting.get(flow);
    if (opened === undefined) return [];
    this.#waiting.delete(flow);
    if (outcome === 'answered') this.#learn(keyOf(opened));
    return [{ opened, at, outcome }];
  }

  #isKnown(key: number): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  #learn(key: number): void {
    if (this.#young.size >= CONTACTS) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(key);
  }
}

function keyOf({ source, destination, ipProtocol }: Opened): number {
  return fingerprint(
    `${source.mac ?? source.address} ${destination.address} ${ipProtocol} ${destination.port}`,
  );
}
