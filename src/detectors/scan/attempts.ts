import type { Instant } from '../../model/core.ts';
import type { Observation } from '../../model/observation.ts';
import type { DetectorContext } from '../detector.ts';
import { fingerprint, withNumber } from '../learned/bounded.ts';
import { DeviceTable } from '../learned/device-table.ts';
import { RecentNumbers } from '../learned/recent-numbers.ts';

/** Milliseconds after which a SYN has no answer: the first is sent again after one second (RFC 6298 §2). */
const PATIENCE = 3_000;
/** Of one source: attempts that wait, and contacts that are remembered. */
const WAITING = 64;
const CONTACTS = 1_024;
/** Octets of an attempt that waits: entry, observation, ends. */
const WAITING_OCTETS = 320;
const SOURCE_OCTETS = 160;

export type Opened = Extract<Observation, { kind: 'opened' }>;

export interface Attempt {
  readonly opened: Opened;
  readonly at: Instant;
  readonly outcome: 'answered' | 'refused' | 'silent';
}

interface Source {
  /** Contacts that were answered, by fingerprint. */
  readonly contacts: RecentNumbers;
  waiting: number;
}

interface Waiting {
  readonly opened: Opened;
  readonly contact: number;
  readonly source: Source;
}

const NONE: readonly Attempt[] = [];

/**
 * First contacts: attempts to reach a port of an address that the source never reached before, and
 * what came of them. Answers to what was asked of everybody are none, nor is anything of which the
 * beginning was not seen.
 */
export class Attempts {
  dropped = 0;
  readonly #context: DetectorContext;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sources = new DeviceTable<Source>(() => ({
    contacts: new RecentNumbers(CONTACTS),
    waiting: 0,
  }));

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get octets(): number {
    let octets = this.#waiting.size * WAITING_OCTETS;
    for (const [, { contacts }] of this.#sources.entries()) {
      octets += SOURCE_OCTETS + contacts.octets;
    }
    return octets;
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
        return NONE;
    }
  }

  /** Those that waited long enough. */
  tick(now: Instant): readonly Attempt[] {
    if (this.#waiting.size === 0) return NONE;
    const late: Attempt[] = [];
    for (const [flow, waiting] of this.#waiting) {
      const { opened } = waiting;
      if (now - opened.at < PATIENCE && now >= opened.at) break;
      this.#forget(flow, waiting);
      late.push({ opened, at: now, outcome: 'silent' });
    }
    return late;
  }

  #open(opened: Opened): readonly Attempt[] {
    const { ipProtocol, group, midway, source, destination } = opened;
    if ((ipProtocol !== 6 && ipProtocol !== 17) || group || midway) return NONE;
    if (ipProtocol === 17 && source.port < 1024 && destination.port >= 1024) return NONE;
    // What comes from outside to nobody in particular is the router's affair.
    if (!this.#context.isLocal(source.address) && !this.#context.isLocal(destination.address)) {
      return NONE;
    }
    const of = this.#sources.of(source.mac ?? source.address, opened.at);
    const contact = contactOf(opened);
    if (of.contacts.has(contact)) return NONE;
    if (of.waiting >= WAITING) {
      this.dropped += 1;
      return NONE;
    }
    const before = this.#waiting.get(opened.flow);
    if (before !== undefined) this.#forget(opened.flow, before);
    of.waiting += 1;
    this.#waiting.set(opened.flow, { opened, contact, source: of });
    return this.tick(opened.at);
  }

  #end(flow: number, at: Instant, outcome: Attempt['outcome']): readonly Attempt[] {
    const waiting = this.#waiting.get(flow);
    if (waiting === undefined) return NONE;
    this.#forget(flow, waiting);
    if (outcome === 'answered') waiting.source.contacts.add(waiting.contact);
    return [{ opened: waiting.opened, at, outcome }];
  }

  #forget(flow: number, { source }: Waiting): void {
    this.#waiting.delete(flow);
    source.waiting -= 1;
  }
}

function contactOf({ destination: { address, port }, ipProtocol }: Opened): number {
  return withNumber(fingerprint(address), port * 256 + ipProtocol);
}
