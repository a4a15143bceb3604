import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { NameLookup, Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { Bigrams } from './learned/bigrams.ts';
import { BoundedMap } from './learned/bounded.ts';
import { DeviceTable } from './learned/device-table.ts';
import { deviceAt, isLearning } from './learned/ends.ts';
import { RegisteredDomains } from './learned/registered-domain.ts';
import { said, span, tell } from './learned/tell.ts';

/** RFC 1035 §4.1.1: the name does not exist. */
const NXDOMAIN = 3;
/** Names that do not exist, remembered of one device. */
const NAMES = 24;
const HOUR = 3_600_000;
/** Slips warns at ten an hour; a slow one asks every ten minutes, so the window is longer. */
const WINDOW = 4 * HOUR;
/** Different domains that do not exist; fewer where they do not look like names of this network. */
const DOMAINS = 8;
const STRANGE_DOMAINS = 5;
/** Times as many as were usual in the worst such window. */
const FACTOR = 3;
/**
 * Milliseconds in which only what is blatant is told: no flow says afterwards which names did not
 * exist, so after a restart it is learned again what is usual.
 */
const LEARNS_AGAIN = 24 * HOUR;

export const dga = {
  id: 'dga',
  title: 'Names that do not exist are asked for one after the other',
  types: ['dga'],
  thresholds: [
    `${DOMAINS} domains within ${WINDOW / HOUR} hours that do not exist (${STRANGE_DOMAINS} of letters that are strange here), and ${FACTOR} times as many as were usual`,
  ],
  sources: [
    'MITRE ATT&CK T1568.002 (domain generation algorithms)',
    'Slips (github.com/stratosphereips/StratosphereLinuxIPS): ten NXDOMAIN an hour',
    'Antonakakis et al., From Throw-Away Traffic to Bots, USENIX Security 2012',
  ],
  learns: true,
  knownFalse: ['a maker whose services were given up', 'a browser that tests whether DNS lies'],
  sees: ['lookup'],
  start: (context): Watch => new Dga(context),
} as const satisfies Detector;

interface Missing {
  /** Domain, when it was asked for last, and how strange it looks. */
  readonly names: BoundedMap<string, { readonly at: Instant; readonly isStrange: boolean }>;
  usual: number;
  toldAt: Instant;
}

class Dga implements Watch {
  readonly #context: DetectorContext;
  readonly #domains: RegisteredDomains;
  readonly #bigrams = new Bigrams();
  readonly #devices = new DeviceTable<Missing>(() => ({
    names: new BoundedMap(NAMES),
    usual: 0,
    toldAt: Number.NEGATIVE_INFINITY,
  }));

  /** Since when questions are heard themselves. */
  #hearsSince: Instant | undefined;

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#domains = RegisteredDomains.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = this.#bigrams.octets;
    for (const [, { names }] of this.#devices.entries()) octets += 160 + names.size * 160;
    return { octets, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind !== 'lookup' || !this.#context.isLocal(observation.client.address)) {
      return [];
    }
    if (observation.rcode === undefined) this.#hearsSince ??= observation.at;
    if (observation.rcode === 0) this.#bigrams.learn(labelOf(this.#domains.of(observation.name)));
    return observation.rcode === NXDOMAIN ? this.#missing(observation) : [];
  }

  #missing(lookup: NameLookup): readonly Signal[] {
    const { at, client } = lookup;
    const device = deviceAt(this.#context, client);
    if (this.#context.about(device).infrastructure) return [];
    const domain = this.#domains.of(lookup.name);
    // Names of the house (`printer.lan`) and what is asked backwards are no domains.
    if (!domain.includes('.') || domain.endsWith('.arpa') || domain.endsWith('.local')) return [];
    const missing = this.#devices.of(device, at);
    missing.names.set(domain.slice(0, 64), {
      at,
      isStrange: this.#bigrams.isStrange(labelOf(domain)),
    });
    for (const [name, seen] of missing.names.entries()) {
      if (at - seen.at > WINDOW) missing.names.delete(name);
    }
    const count = missing.names.size;
    const strange = [...missing.names.values()].filter(({ isStrange }) => isStrange).length;
    const isDue = count >= this.#limit(missing, strange);
    // What looks like an attack while it is learned is told, and not taken for usual.
    const isBlatant = strange >= DOMAINS * 2;
    const isNewHere = at - (this.#hearsSince ?? Number.NEGATIVE_INFINITY) < LEARNS_AGAIN;
    if ((isLearning(this.#context, device, at) || isNewHere) && !isBlatant) {
      missing.usual = Math.max(missing.usual, count);
      return [];
    }
    if (!isDue || at - missing.toldAt < WINDOW) return [];
    missing.toldAt = at;
    return [tellOf(lookup, device, missing, { count, strange })];
  }

  #limit({ usual }: Missing, strange: number): number {
    const least = strange >= STRANGE_DOMAINS ? STRANGE_DOMAINS : DOMAINS;
    return Math.max(least, usual * FACTOR);
  }
}

/** `example` of `example.co.uk`. */
function labelOf(domain: string): string {
  return domain.split('.', 1)[0] ?? domain;
}

function tellOf(
  { at, resolver, frame, name }: NameLookup,
  device: string,
  { usual, names }: Missing,
  { count, strange }: { count: number; strange: number },
): Signal {
  const since = Math.min(...[...names.values()].map((seen) => seen.at));
  return tell({
    type: 'dga',
    at,
    severity: 'high',
    threat: 'malware',
    devices: [device],
    peer: resolver.address,
    port: resolver.port,
    about: '',
    summary: `${device} asked for ${count} domains that do not exist within ${span(at - since)}, the last of them ${said(name)}`,
    usual: `It asked for at most ${usual} such domains within ${span(WINDOW)}.`,
    remedy:
      'Malware looks for its master like this: cut the device off from the Internet and look at the names.',
    reasons: [
      'many different domains, none of which exists',
      ...(strange >= STRANGE_DOMAINS
        ? ['they do not look like names that are asked for here']
        : []),
    ],
    facts: { domains: count, 'strange ones': strange, 'usual at most': usual },
    frames: [frame],
    count,
  });
}
