import { RecentMap } from '../base/recent-map.ts';
import type { Certainty, Instant, Transport } from '../model/core.ts';
import { compareCertainty } from '../model/core.ts';
import type { Fact, NewEvidence, Subject } from '../model/evidence.ts';
import { PairIndex } from './pair-index.ts';
import type { Settled } from './settled.ts';

/** Services, and facts of them, that are remembered as told. */
const CAPACITY = 65_536;
/** Milliseconds after which it is worth saying again that a port is open. */
const AGAIN = 3_600_000;

/** A port of a device as one flow shows it. */
export interface Sighting {
  readonly at: Instant;
  readonly address: string;
  readonly mac: string | undefined;
  readonly transport: Transport;
  readonly port: number;
  /** It answered: SYN and ACK, or a datagram in return. */
  readonly open: boolean;
  readonly found: Settled | undefined;
}

interface Known {
  readonly openAt: Instant;
  readonly protocol: string;
  readonly certainty: Certainty;
}

const NOTHING: Known = { openAt: Number.NEGATIVE_INFINITY, protocol: '', certainty: 'hint' };

/** Turns flows into evidence about services: each thing once, and again when it is more certain. */
export class ServiceLog {
  readonly #observer: string;
  readonly #tell: (evidence: NewEvidence) => void;
  readonly #known = new RecentMap<Known>(CAPACITY);
  readonly #told = new RecentMap<true>(CAPACITY);

  constructor(observer: string, tell: (evidence: NewEvidence) => void) {
    this.#observer = observer;
    this.#tell = tell;
  }

  /** @returns when it was last told that the port is open; -Infinity for never */
  see(sighting: Sighting): Instant {
    const { at, address, mac, transport, port, open, found } = sighting;
    const key = `${address} ${transport}/${port}`;
    const known = this.#known.get(key) ?? NOTHING;
    const subject: Subject = { address, ...(mac === undefined ? {} : { mac }), transport, port };
    const isNew = open && at - known.openAt >= AGAIN;
    if (isNew) this.fact(at, subject, 'proved', { kind: 'open' });
    const openAt = isNew ? at : known.openAt;
    if (found === undefined || found.certainty === 'hint' || openAt === NOTHING.openAt) {
      if (isNew) this.#known.set(key, { ...known, openAt });
      return openAt;
    }
    const better = compareCertainty(found.certainty, known.certainty) > 0;
    if (isNew || better || known.protocol !== found.protocol) {
      this.#known.set(key, { openAt, protocol: found.protocol, certainty: found.certainty });
      this.#speaks(at, subject, found);
    }
    for (const fact of found.facts) this.factOnce(at, subject, found.certainty, fact);
    return openAt;
  }

  /** Says it once of each subject. @returns whether it was said now */
  factOnce(at: Instant, subject: Subject, certainty: Certainty, fact: Fact): boolean {
    const place = subject.port === undefined ? '' : `${subject.transport}/${subject.port}`;
    const key = `${subject.address} ${place} ${JSON.stringify(fact)}`;
    if (this.#told.get(key) === true) return false;
    this.#told.set(key, true);
    this.fact(at, subject, certainty, fact);
    return true;
  }

  fact(at: Instant, subject: Subject, certainty: Certainty, fact: Fact): void {
    this.#tell({ at, source: 'passive', observer: this.#observer, subject, certainty, fact });
  }

  #speaks(at: Instant, subject: Subject, found: Settled): void {
    const { protocol, version, certainty, inner } = found;
    this.fact(at, subject, certainty, { kind: 'speaks', protocol, version });
    if (inner === undefined) return;
    const over = protocol === 'dtls' || subject.transport === 'udp' ? 'dtls' : 'tls';
    const spoken: Fact = { kind: 'speaks', protocol: inner, version: 'unknown' };
    this.fact(at, { ...subject, over }, 'likely', spoken);
  }
}

/**
 * Services of IPv4 by number, and what was told of them last: nearly every flow brings the same
 * again, which is seen here without a text being made.
 */
export class ToldServices {
  #index = new PairIndex();
  readonly #found: (Settled | undefined)[] = [];
  readonly #openAt: Instant[] = [];

  /** Whether the log would have nothing to tell. @param place port, and 65,536 more for TCP */
  has(address: number, place: number, at: Instant, found: Settled | undefined): boolean {
    const service = this.#index.find(address, place);
    if (service < 0) return false;
    const isSame = found === undefined || found === this.#found[service];
    return isSame && at - (this.#openAt[service] ?? 0) < AGAIN;
  }

  note(address: number, place: number, openAt: Instant, found: Settled | undefined): void {
    if (openAt === NOTHING.openAt) return;
    if (this.#index.size === CAPACITY) this.#index = new PairIndex();
    const known = this.#index.find(address, place);
    const service = known < 0 ? this.#index.add(address, place) : known;
    this.#found[service] = found;
    this.#openAt[service] = openAt;
  }
}
