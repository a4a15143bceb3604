import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Endpoint } from '../model/flow.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { DeviceTable } from './learned/device-table.ts';
import { isLearning, learnedAt } from './learned/ends.ts';
import { span, tell } from './learned/tell.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Milliseconds of silence below which nothing is said: a restart, an update. */
const AT_LEAST = 15 * MINUTE;
/** Milliseconds of being known before silence means something. */
const KNOWN_FOR = 12 * HOUR;
/** Share of the hours in which an always-on device is heard; what sleeps or goes out has less. */
const ALWAYS = 0.95;
/** Chance of such a silence, given the gaps that were seen, below which it is told. */
const CHANCE = 1e-4;
/** Shape of the tail beyond the longest gap that was seen (Pareto): gaps twice as long are four times as rare. */
const TAIL = 2;
/** Milliseconds between two looks: a silence that matters lasts many of them. */
const LOOK_EVERY = 10_000;
/** So many at once are one event: a switch, the power, or our own ears. */
const MANY = 4;
const NOTHING: readonly Signal[] = [];

export const deviceSilent = {
  id: 'device_silent',
  title: 'A device that is always heard is silent',
  types: ['device_silent'],
  thresholds: [
    `${AT_LEAST / MINUTE} minutes of silence, of a chance below ${CHANCE} by the gaps that were seen`,
  ],
  sources: [
    'Hill, A simple general approach to inference about the tail of a distribution, 1975',
    'NIST SP 800-82r3 (loss of view)',
  ],
  learns: true,
  knownFalse: ['a power cut', 'a device that was unplugged to be moved'],
  sees: ['opened', 'answered', 'progress', 'binding', 'dhcp'],
  start: (context): Watch => new DeviceSilent(context),
} as const satisfies Detector;

interface Heard {
  readonly since: Instant;
  last: Instant;
  hours: number;
  /** Gaps of a second and more, and the longest of them. */
  count: number;
  longest: number;
  isTold: boolean;
}

/** Judges silence by the gaps of that device, so one that wakes once an hour is let sleep. */
class DeviceSilent implements Watch {
  readonly #context: DetectorContext;
  readonly #devices = new DeviceTable<Heard>((_, at) => ({
    since: at,
    last: at,
    hours: 1,
    count: 0,
    longest: 0,
    isTold: false,
  }));
  #begun: Instant | undefined;
  #lastAny: Instant = Number.NEGATIVE_INFINITY;
  #lastLook: Instant = Number.NEGATIVE_INFINITY;

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#devices.size * 200, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const { at } = observation;
    this.#begun ??= at;
    switch (observation.kind) {
      case 'opened':
        this.#hear(observation.source, at);
        break;
      case 'answered':
        this.#hear(observation.destination, at);
        break;
      case 'progress':
        if (observation.sent.packets > 0) this.#hear(observation.source, at);
        if (observation.received.packets > 0) this.#hear(observation.destination, at);
        break;
      case 'binding':
        this.#hear(observation, at);
        break;
      case 'dhcp':
        if (observation.serverMac === undefined) {
          this.#hear({ address: observation.clientMac, mac: observation.clientMac }, at);
        }
        break;
      default:
    }
    return NOTHING;
  }

  tick(now: Instant): readonly Signal[] {
    const since = now - this.#lastLook;
    if (since < LOOK_EVERY && since >= 0) return NOTHING;
    this.#lastLook = now;
    // Nothing at all was heard: it is we who are deaf.
    const isDeaf = now - this.#lastAny > MINUTE;
    if (isDeaf || now < this.#context.learnUntil) return NOTHING;
    const silent = [...this.#devices.entries()].filter(([device, heard]) =>
      this.#isSilent(device, heard, now),
    );
    for (const [, heard] of silent) heard.isTold = true;
    if (silent.length >= MANY) return [this.#tellMany(silent, now)];
    return silent.map(([device, heard]) => this.#tell(device, heard, now));
  }

  #hear({ address, mac }: Pick<Endpoint, 'address' | 'mac'>, at: Instant): void {
    this.#lastAny = at;
    if (mac === undefined || !this.#context.isLocal(address)) return;
    const heard = this.#devices.of(this.#context.deviceOf(address, mac), at);
    const gap = at - heard.last;
    heard.last = Math.max(heard.last, at);
    heard.isTold = false;
    if (gap < 1000) return;
    if (Math.floor(at / HOUR) !== Math.floor((at - gap) / HOUR)) heard.hours += 1;
    heard.count += 1;
    heard.longest = Math.max(heard.longest, gap);
  }

  #isSilent(device: string, heard: Heard, now: Instant): boolean {
    const silence = now - heard.last;
    if (heard.isTold || silence < AT_LEAST) return false;
    if (heard.last - heard.since < KNOWN_FOR || chanceOf(heard, silence) >= CHANCE) return false;
    if (isLearning(this.#context, device, now) || !this.#isAlwaysOn(device, heard)) return false;
    return this.#context.about(device).purpose !== 'general';
  }

  /** Heard in nearly all hours since it came; a device that goes out or is switched off is not. */
  #isAlwaysOn(device: string, { since, last, hours }: Heard): boolean {
    const known = Math.floor(last / HOUR) - Math.floor(since / HOUR) + 1;
    const before = learnedAt(this.#context, device) - (this.#begun ?? since);
    const isSinceTheBeginning = since - (this.#begun ?? since) < before / 2;
    return isSinceTheBeginning && hours >= known * ALWAYS;
  }

  #tell(device: string, heard: Heard, now: Instant): Signal {
    const silence = now - heard.last;
    return tell({
      type: 'device_silent',
      at: now,
      severity: 'low',
      threat: 'ddos',
      devices: [device],
      about: '',
      summary: `${device} has said nothing for ${span(silence)}`,
      usual: `It was heard in nearly every hour, and never silent for longer than ${span(heard.longest)}.`,
      remedy: 'Look whether the device has power and network; restart it if it hangs.',
      reasons: [`a silence like this has a chance of less than 1 in ${Math.round(1 / CHANCE)}`],
      facts: {
        silent: span(silence),
        'longest before': span(heard.longest),
        'gaps seen': heard.count,
      },
      count: heard.count,
      unseen: ['what it sends past the place where we listen'],
    });
  }

  #tellMany(silent: readonly (readonly [string, Heard])[], now: Instant): Signal {
    const devices = silent.map(([device]) => device);
    return {
      ...tell({
        type: 'device_silent',
        at: now,
        severity: 'medium',
        threat: 'ddos',
        devices,
        about: 'many',
        summary: `${devices.length} devices fell silent together`,
        usual: 'They were heard in nearly every hour, each at its own rhythm.',
        remedy: 'Look at the switch, access point or power line that they share.',
        reasons: ['what they have in common failed, not each of them'],
        facts: { devices: devices.length },
        count: devices.length,
        unseen: ['part of the network may not be heard by us any more'],
      }),
      key: 'device_silent|many',
    };
  }
}

/**
 * Chance that a gap is as long: as often as such gaps were seen, and beyond the longest one by the
 * tail of a Pareto distribution.
 */
function chanceOf({ count, longest }: Heard, silence: number): number {
  if (count === 0 || silence <= longest) return 1;
  return (1 / (count + 1)) * (longest / silence) ** TAIL;
}
