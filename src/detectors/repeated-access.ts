import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap, fingerprint, withNumber } from './learned/bounded.ts';
import { deviceAt, transportOf } from './learned/ends.ts';
import { RecentNumbers } from './learned/recent-numbers.ts';
import { service, tell } from './learned/tell.ts';

/** Attempts of one source at one port that never let it in: so many within ten minutes, or a day. */
const ATTEMPTS = 60;
const WITHIN = 600_000;
const A_DAY = 200;
const DAY = 86_400_000;
const PAIRS = 1_024;
const PAIR_OCTETS = 120;
/** Clients that were let in, and are remembered as such. */
const CLIENTS = 4_096;
const NOTHING: readonly Signal[] = [];

export const repeatedAccess = {
  id: 'repeated_access',
  title: 'Repeated attempts at one port that does not let in',
  types: ['repeated_access'],
  thresholds: [
    `${ATTEMPTS} attempts within ${WITHIN / 60_000} minutes, or ${A_DAY} a day, none of which was let in`,
  ],
  sources: [
    'MITRE ATT&CK T1110, T1190',
    'measured: one poller of a closed port alone made 167 false alerts in 7 days where successes did not count',
  ],
  learns: false,
  knownFalse: ['a client whose server was moved: it succeeded there before, and is let be'],
  sees: ['closed'],
  start: (context): Watch => new RepeatedAccess(context),
} as const satisfies Detector;

interface Pair {
  since: Instant;
  count: number;
  daySince: Instant;
  dayCount: number;
  isTold: boolean;
}

class RepeatedAccess implements Watch {
  readonly #context: DetectorContext;
  /** By fingerprint, like the clients: those that were never let in. */
  readonly #pairs = new BoundedMap<number, Pair>(PAIRS);
  /** Let in at least once: no intruders. */
  readonly #clients = new RecentNumbers(CLIENTS);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    const octets = this.#pairs.size * PAIR_OCTETS + this.#clients.octets;
    return { octets, dropped: this.#pairs.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'closed') return NOTHING;
    const { record, at } = observation;
    const { source, destination, transport, outcome, midStream } = record;
    if (transport !== 'tcp' || midStream === true) return NOTHING;
    if (!this.#context.isLocal(destination.address)) return NOTHING;
    const ends = fingerprint(destination.address, fingerprint(source.address));
    const key = withNumber(ends, destination.port);
    if (outcome === 'answered') {
      // A handshake alone lets nobody in: a scanner has that too.
      if (record.received.bytes > 0) this.#letIn(key);
      return NOTHING;
    }
    if (this.#clients.has(key)) return NOTHING;
    const pair = this.#pairOf(key, at);
    const count = pair.isTold ? undefined : counted(pair, at);
    if (count === undefined) return NOTHING;
    pair.isTold = true;
    const what = service(transportOf(record.ipProtocol) ?? 'tcp', destination.port);
    const [actor, target] = [deviceAt(this.#context, source), deviceAt(this.#context, destination)];
    return [
      tell({
        type: 'repeated_access',
        at,
        severity: 'medium',
        threat: 'unauthorised-access',
        devices: [actor, target],
        peer: destination.address,
        port: destination.port,
        transport: 'tcp',
        about: `${target} ${what}`,
        summary: `${actor} tried ${what} of ${target} ${count} times and was never let in`,
        usual: `It never used ${what} of ${target}.`,
        remedy: `Find out what on ${actor} looks for ${what}, or block it there.`,
        reasons: [
          `${count} attempts`,
          outcome === 'refused' ? 'each was refused' : 'no answer came',
        ],
        facts: { attempts: count, outcome },
        frames: [...record.frames],
        count,
      }),
    ];
  }

  #letIn(key: number): void {
    this.#clients.add(key);
    this.#pairs.delete(key);
  }

  #pairOf(key: number, at: Instant): Pair {
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    const pair = { since: at, count: 0, daySince: at, dayCount: 0, isTold: false };
    this.#pairs.set(key, pair);
    return pair;
  }
}

/** @returns how many there are, where that is too many */
function counted(pair: Pair, at: Instant): number | undefined {
  if (at - pair.since > WITHIN) {
    pair.since = at;
    pair.count = 0;
  }
  if (at - pair.daySince > DAY) {
    pair.daySince = at;
    pair.dayCount = 0;
  }
  pair.count += 1;
  pair.dayCount += 1;
  if (pair.count >= ATTEMPTS) return pair.count;
  return pair.dayCount >= A_DAY ? pair.dayCount : undefined;
}
