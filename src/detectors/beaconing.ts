import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap, fingerprint } from './learned/bounded.ts';
import type { Contact } from './learned/contacts.ts';
import { CONTACT_KINDS, Contacts } from './learned/contacts.ts';
import { isResolverPort } from './learned/doh.ts';
import { isLearning } from './learned/ends.ts';
import { coverage, lastRun, periodOf, regularity, uniformity } from './learned/rhythm.ts';
import type { Site } from './learned/sites.ts';
import { said, service, span, tell } from './learned/tell.ts';

/** Sites that are timed at once, and calls that are remembered of each. */
const TIMED = 1_024;
const CALLS = 40;
/** Calls before anything is said: RITA begins with four, which chance often puts in a row. */
const AT_LEAST = 10;
/** Milliseconds within which calls are one: a page opens several connections. */
const ONE = 5_000;
/** RITA 5 calls 0.7 to 0.9 high. For a site that is new to the device less is asked than of all sites. */
const SCORE = 0.72;
/** Where sizes differ, the rhythm must be clear by itself. */
const COVERAGE = 0.85;
const NTP = 123;
const NOTHING: readonly Signal[] = [];

export const beaconing = {
  id: 'beaconing',
  title: 'A new place on the Internet is called again and again, like a clock',
  types: ['beaconing'],
  thresholds: [`${AT_LEAST} calls of a new site, with a regularity of ${SCORE} of 1`],
  sources: [
    'RITA 5.0, analysis/beacons.go (github.com/activecm/rita)',
    'MITRE ATT&CK T1071 (application layer protocol)',
    'measured: 0.5 false alerts a device and day where usual sites are judged too',
  ],
  learns: true,
  knownFalse: [
    'an app or an integration that was added to the device',
    'a monitor of availability',
  ],
  sees: CONTACT_KINDS,
  start: (context): Watch => new Beaconing(context),
} as const satisfies Detector;

interface Calls {
  readonly instants: number[];
  readonly sizes: number[];
  isTold: boolean;
}

/** All devices of things keep a rhythm with their makers: only what they did not learn is timed. */
class Beaconing implements Watch {
  readonly #context: DetectorContext;
  readonly #contacts: Contacts;
  readonly #calls = new BoundedMap<number, Calls>(TIMED);

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = 0;
    for (const { instants } of this.#calls.values()) octets += 200 + instants.length * 16;
    return { octets, dropped: this.#calls.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined) return NOTHING;
    const { contact, settled } = step;
    if (observation.kind === 'closed') this.#size(contact);
    if (settled === undefined || !this.#isTimed(contact, settled)) return NOTHING;
    const calls = this.#callsOf(contact, settled);
    if (contact.at - (calls.instants.at(-1) ?? Number.NEGATIVE_INFINITY) < ONE) return NOTHING;
    calls.instants.push(contact.at);
    if (calls.instants.length > CALLS) calls.instants.shift();
    return this.#judge(contact, settled, calls, observation.at);
  }

  #isTimed({ device, at, sites, transport, port }: Contact, site: Site): boolean {
    if (isResolverPort(transport, port) || port === NTP) return false;
    // One that came late is timed too, so that what took the device over is not learned with it.
    if (sites.isLate(site)) return !sites.isRestless;
    return !isLearning(this.#context, device, at) && !sites.isUsual(site, at);
  }

  #callsOf({ device }: Contact, site: Site): Calls {
    const key = keyOf(device, site);
    const known = this.#calls.get(key);
    if (known !== undefined) return known;
    const made = { instants: [], sizes: [], isTold: false };
    this.#calls.set(key, made);
    return made;
  }

  #size({ device, site, sent }: Contact): void {
    if (this.#calls.size === 0) return;
    const calls = site === undefined ? undefined : this.#calls.get(keyOf(device, site));
    if (calls === undefined) return;
    calls.sizes.push(sent);
    if (calls.sizes.length > CALLS) calls.sizes.shift();
  }

  #judge(contact: Contact, site: Site, calls: Calls, at: Instant): readonly Signal[] {
    const { sizes } = calls;
    const instants = calls.instants.length < AT_LEAST ? [] : lastRun(calls.instants);
    if (calls.isTold || instants.length < AT_LEAST) return NOTHING;
    const rhythm = regularity(instants);
    const score = Math.max(rhythm, (rhythm * 2 + uniformity(sizes)) / 3);
    if (score < SCORE || coverage(instants) < COVERAGE) return NOTHING;
    calls.isTold = true;
    return [tellOf(contact, site, { instants, score, at })];
  }
}

function keyOf(device: string, { key }: Site): number {
  return fingerprint(key, fingerprint(device));
}

function tellOf(
  { device, address, port, transport, frame, sites }: Contact,
  site: Site,
  { instants, score, at }: { instants: readonly number[]; score: number; at: Instant },
): Signal {
  const period = periodOf(instants);
  const isLate = sites.isLate(site);
  return tell({
    type: 'beaconing',
    at,
    severity: isLate ? 'low' : 'high',
    threat: 'malware',
    devices: [device],
    peer: address,
    port,
    transport,
    topic: 'destination',
    about: site.key,
    summary: `${device} calls ${said(site.key)} (${service(transport, port)}) about every ${span(period)}, ${instants.length} times by now`,
    usual: `It did not call ${said(site.key)} ${isLate ? 'in the first half of the time in which' : 'while'} it was learned; it knows ${sites.count - 1} other sites.`,
    remedy:
      'Unless something was installed that explains it, cut the device off from that site and look whether it was taken over.',
    reasons: ['the site is new to the device', 'the calls come like a clock’s'],
    facts: { calls: instants.length, period: span(period), score: score.toFixed(2) },
    frames: [frame],
    count: instants.length,
  });
}
