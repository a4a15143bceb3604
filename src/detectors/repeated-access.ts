import { RecentMap } from '../base/recent-map.ts';
import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { deviceAt, transportOf } from './learned/ends.ts';
import { service, tell } from './learned/tell.ts';

/** Attempts of one source at one port that never let it in: so many within ten minutes, or a day. */
const ATTEMPTS = 60;
const WITHIN = 600_000;
const A_DAY = 200;
const DAY = 86_400_000;
const PAIRS = 1_024;
const PAIR_OCTETS = 160;

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
  /** It was let in at least once: a client, not an intruder. */
  isClient: boolean;
  isTold: boolean;
}

class RepeatedAccess implements Watch {
  readonly #context: DetectorContext;
  readonly #pairs = new RecentMap<Pair>(PAIRS);
  #entries = 0;

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    const held = Math.min(this.#entries, 2 * PAIRS);
    return { octets: held * PAIR_OCTETS, dropped: this.#entries - held };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'closed') return [];
    const { record, at } = observation;
    const { source, destination, transport, outcome, midStream } = record;
    if (transport !== 'tcp' || midStream === true) return [];
    if (!this.#context.isLocal(destination.address)) return [];
    const key = `${source.address} ${destination.address} ${destination.port}`;
    const pair = this.#pairOf(key, at);
    // A handshake alone lets nobody in: a scanner has that too.
    if (outcome === 'answered' && record.received.bytes > 0) pair.isClient = true;
    if (outcome === 'answered' || pair.isClient || pair.isTold) return [];
    const count = counted(pair, at);
    if (count === undefined) return [];
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

  #pairOf(key: string, at: Instant): Pair {
    const known = this.#pairs.get(key);
    if (known !== undefined) return known;
    this.#entries += 1;
    const pair = { since: at, count: 0, daySince: at, dayCount: 0, isClient: false, isTold: false };
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
