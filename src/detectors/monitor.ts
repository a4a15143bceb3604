import type { Signal } from '../model/alert.ts';
import type { Category, Instant, Transport } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { TlsExpectation } from '../model/tls-profile.ts';
import type { Detector, DetectorContext, DeviceProfile, Watch } from './detector.ts';
import { Identities } from './identities.ts';
import { Contacts } from './learned/contacts.ts';
import { withFlow } from './learned/flow-id.ts';
import { Places } from './places.ts';
import { Purposes } from './purposes.ts';

/** Milliseconds of the data's time between two ticks, and a jump back that begins anew. */
const TICK = 5_000;
const SET_BACK = 3_600_000;
const DAY = 86_400_000;
/** Profiles that are held until the next tick. */
const PROFILES = 1_024;
const NOTHING: readonly Signal[] = [];
/** What is learned where nobody said how long: hours and days of a week twice. */
const LEARN_DAYS = 14;
/** Of a device that came later. */
const LATER = DAY;

export interface MonitorOptions {
  readonly detectors: readonly Detector[];
  /**
   * Until when everything is learned; else for `learnDays` (14) from the first observation on. So too
   * where the first observation is later: then there is nothing yet that could have been learned.
   */
  readonly learnUntil?: Instant;
  readonly learnDays?: number;
  /** What is believed of a device beyond what its traffic shows. */
  categoryOf?(device: string): Category | 'unknown';
  isExpected?(signal: Signal): boolean;
  mayOpen?(observation: Observation): boolean | undefined;
  tlsProfileOf?(device: string): readonly TlsExpectation[] | undefined;
  documented?(service: string, transport: Transport, port: number): string | undefined;
}

/**
 * Runs detectors over what happens. It knows the time only from the observations: a capture that is
 * read in a second gives the signals of the days on which it was taken. What it holds is bounded and
 * can be thrown away: stored flows make it again (`replay.ts`).
 */
export class Monitor {
  readonly context: DetectorContext;
  readonly #watches: readonly { readonly detector: Detector; readonly watch: Watch }[];
  /** Those who care that time went on. */
  readonly #ticking: readonly Ticking[];
  readonly #places = new Places();
  readonly #identities = new Identities(this.#places);
  readonly #purposes = new Purposes();
  readonly #options: MonitorOptions;
  #learnUntil: Instant;
  /** By kind of observation: those who look at it, in their order. */
  readonly #byKind = new Map<Observation['kind'], readonly Watch[]>();
  readonly #profiles = new Map<string, DeviceProfile>();
  /** The profile that was asked for last: mostly it is asked for again. */
  #profile: DeviceProfile | undefined;
  /** Where one of the detectors judges by contacts: kept up for all of them. */
  readonly #contacts: Contacts | undefined;
  #begun = false;
  #lastTick = Number.NEGATIVE_INFINITY;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#learnUntil = options.learnUntil ?? Number.POSITIVE_INFINITY;
    this.context = this.#contextOf(options);
    this.#watches = options.detectors.map((detector) => ({
      detector,
      watch: detector.start(this.context),
    }));
    this.#contacts = Contacts.startedFor(this.context);
    this.#ticking = this.#watches.flatMap(({ watch }) => (isTicking(watch) ? watch : []));
  }

  /** Takes one observation in, in order of time. */
  see(observation: Observation): readonly Signal[] {
    const { at } = observation;
    if (!this.#begun) this.#begin(at);
    const late = this.#tickIfDue(at);
    this.#identities.note(observation);
    this.#purposes.note(observation, this.context);
    this.#contacts?.see(observation);
    let signals = late;
    for (const watch of this.#watchesOf(observation.kind)) {
      const said = watch.see(observation);
      if (said.length > 0) signals = [...signals, ...withFlows(said, observation)];
    }
    return signals;
  }

  #watchesOf(kind: Observation['kind']): readonly Watch[] {
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known;
    const watches = this.#watches
      .filter(({ detector: { sees } }) => sees === undefined || sees.includes(kind))
      .map(({ watch }) => watch);
    this.#byKind.set(kind, watches);
    return watches;
  }

  /** Time went on without anything that was seen. */
  tick(now: Instant): readonly Signal[] {
    return this.#begun ? this.#tickIfDue(now) : [];
  }

  /**
   * Octets that are held, in all and by each detector, and what was dropped for want of room; what all
   * share (who has which address) is the monitor's.
   */
  get size(): MonitorSize {
    const shared = {
      id: 'monitor',
      octets: this.#identities.octets + this.#places.octets + this.#purposes.octets,
      dropped: this.#identities.dropped,
    };
    const own = this.#watches.map(({ detector, watch }) => ({ id: detector.id, ...watch.size }));
    const byDetector = [shared, ...own];
    return {
      devices: this.#identities.size,
      octets: byDetector.reduce((sum, { octets }) => sum + octets, 0),
      dropped: byDetector.reduce((sum, { dropped }) => sum + dropped, 0),
      byDetector,
    };
  }

  #begin(at: Instant): void {
    this.#begun = true;
    const { learnUntil, learnDays = LEARN_DAYS } = this.#options;
    const isGiven = learnUntil !== undefined && learnUntil > at;
    this.#learnUntil = isGiven ? learnUntil : at + learnDays * DAY;
  }

  #tickIfDue(at: Instant): readonly Signal[] {
    const since = at - this.#lastTick;
    if (since < TICK && since > -SET_BACK) return NOTHING;
    this.#lastTick = at;
    this.#profiles.clear();
    this.#profile = undefined;
    return this.#ticking.flatMap((watch) => watch.tick(at));
  }

  #contextOf({ isExpected, ...options }: MonitorOptions): DetectorContext {
    const { mayOpen, tlsProfileOf, documented } = options;
    const learnUntil = (): Instant => this.#learnUntil;
    return {
      get learnUntil() {
        return learnUntil();
      },
      deviceOf: (address, mac) => this.#identities.deviceOf(address, mac),
      about: (device) => this.#about(device),
      isLocal: (address) => this.#places.isLocal(address),
      isExpected: (signal) => isExpected?.(signal) === true,
      ...(mayOpen === undefined ? {} : { mayOpen }),
      ...(tlsProfileOf === undefined ? {} : { tlsProfileOf }),
      ...(documented === undefined ? {} : { documented }),
    };
  }

  /** Asked many times for each observation: it is made anew with each tick. */
  #about(device: string): DeviceProfile {
    const last = this.#profile;
    if (last !== undefined && last.device === device) return last;
    const known = this.#profiles.get(device);
    const profile = known ?? this.#makeProfile(device);
    this.#profile = profile;
    return profile;
  }

  #makeProfile(device: string): DeviceProfile {
    const profile = this.#profileOf(device);
    if (this.#profiles.size >= PROFILES) this.#profiles.clear();
    this.#profiles.set(device, profile);
    return profile;
  }

  #profileOf(device: string): DeviceProfile {
    const identity = this.#identities.get(device);
    const firstSeen = identity?.firstSeen ?? this.#lastTick;
    const category = this.#options.categoryOf?.(device) ?? 'unknown';
    const purpose = this.#purposes.of(device, category, identity?.hostName ?? '');
    const isLate = identity !== undefined && firstSeen > this.#learnUntil;
    return {
      device,
      firstSeen,
      learnUntil: isLate ? firstSeen + LATER : this.#learnUntil,
      category,
      purpose,
      infrastructure: identity?.isRouter === true || category === 'infrastructure',
    };
  }
}

/** A function of its own: where one is made, its surroundings are kept for each observation. */
function withFlows(signals: readonly Signal[], observation: Observation): readonly Signal[] {
  return signals.map((signal) => withFlow(signal, observation));
}

type Ticking = Watch & Required<Pick<Watch, 'tick'>>;

function isTicking(watch: Watch): watch is Ticking {
  return watch.tick !== undefined;
}

export interface MonitorSize {
  readonly devices: number;
  readonly octets: number;
  readonly dropped: number;
  readonly byDetector: readonly {
    readonly id: string;
    readonly octets: number;
    readonly dropped: number;
  }[];
}
