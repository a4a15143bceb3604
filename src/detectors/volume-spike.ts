import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import type { Contact } from './learned/contacts.ts';
import { Contacts, MOVING_KINDS } from './learned/contacts.ts';
import { DeviceTable } from './learned/device-table.ts';
import { isLearning } from './learned/ends.ts';
import type { Site } from './learned/sites.ts';
import { octets, said, tell } from './learned/tell.ts';
import type { Windows } from './learned/volumes.ts';
import { Volumes } from './learned/volumes.ts';

/** Services of one device that are measured. */
const SERVICES = 12;
const MEASURED_OCTETS = 2 * Volumes.OCTETS + 96;
/** Hours in which a service must have been used before its volume is judged. */
const HOURS = 3;
/** Hours from which on the most that was seen is trusted; before, twice as much is let pass. */
const TRUSTED = 24;
/** Times the most that was usual: at 2 there are 0.12 false alerts a device and day (measured). */
const FACTOR = { sent: 4, received: 12 } as const;
/** Octets below which nothing is said, however few were usual. */
const AT_LEAST = { sent: 50_000, received: 50_000_000 } as const;
const NOTHING: readonly Signal[] = [];

export const volumeSpike = {
  id: 'volume_spike',
  title: 'Far more than ever is sent to a usual place',
  types: ['volume_spike'],
  thresholds: [
    `${FACTOR.sent} times the most ever that was sent, ${FACTOR.received} times the most that was received`,
  ],
  sources: [
    'NISTIR 8259A (device cybersecurity state awareness)',
    'opensearch-project/project-website 3524: alert once and compare with the expected value, precision 5 to 54 %',
  ],
  learns: true,
  knownFalse: ['the first backup after a long while', 'a new version that reports more'],
  sees: MOVING_KINDS,
  start: (context): Watch => new VolumeSpike(context),
} as const satisfies Detector;

interface Measured {
  readonly sent: Volumes;
  readonly received: Volumes;
}

type Way = 'sent' | 'received';

class VolumeSpike implements Watch {
  readonly #context: DetectorContext;
  readonly #contacts: Contacts;
  readonly #devices = new DeviceTable(() => new BoundedMap<number, Measured>(SERVICES));

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let held = 0;
    for (const [, services] of this.#devices.entries())
      held += 128 + services.size * MEASURED_OCTETS;
    return { octets: held, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined || (step.sent === 0 && step.received === 0)) return NOTHING;
    const { contact, sent, received } = step;
    const { site, sites, device } = contact;
    const { at } = observation;
    if (site === undefined || !sites.isUsual(site, at)) return NOTHING;
    const measured = this.#measuredOf(device, contact.place, at);
    if (sent > 0) measured.sent.add(at, sent);
    if (received > 0) measured.received.add(at, received);
    if (isLearning(this.#context, device, at)) return NOTHING;
    // What a person does has no most.
    if (sites.isRestless || site.hours < HOURS || !sites.isKnownForADay(at)) return NOTHING;
    const more = judge(contact, site, measured, { way: 'sent', at, moved: sent });
    const less = judge(contact, site, measured, { way: 'received', at, moved: received });
    return more.length === 0 ? less : [...more, ...less];
  }

  #measuredOf(device: string, place: number, at: number): Measured {
    const services = this.#devices.of(device, at);
    const known = services.get(place);
    if (known !== undefined) return known;
    const measured = { sent: new Volumes(), received: new Volumes() };
    services.set(place, measured);
    return measured;
  }
}

interface Moved {
  readonly way: Way;
  readonly at: number;
  readonly moved: number;
}

function judge(
  contact: Contact,
  site: Site,
  measured: Measured,
  { way, at, moved }: Moved,
): readonly Signal[] {
  if (moved === 0) return NOTHING;
  const volumes = measured[way];
  const now = volumes.windows;
  if (now.long < AT_LEAST[way]) return NOTHING;
  const most = volumes.most(at);
  const window = windowOf(now, most, FACTOR[way] * (site.hours < TRUSTED ? 2 : 1));
  if (window === undefined || now[window] < AT_LEAST[way]) return NOTHING;
  // Told once: more of it must be as much more again.
  volumes.learn(now, at);
  return [tellOf(contact, way, { now: now[window], most: most[window], window, at })];
}

/** The window in which there is far more than ever: the shorter one tells sooner. */
function windowOf(now: Windows, most: Windows, factor: number): keyof Windows | undefined {
  if (now.short > most.short * factor && now.short > most.long * 1.5) return 'short';
  return now.long > most.long * factor ? 'long' : undefined;
}

function tellOf(
  { device, address, transport, port, site, frame }: Contact,
  way: Way,
  { now, most, window, at }: { now: number; most: number; window: keyof Windows; at: number },
): Signal {
  const within = window === 'short' ? 'twenty minutes' : 'an hour';
  const times = most === 0 ? 'more than ever' : `${Math.round(now / most)} times the most so far`;
  const where = said(site?.key ?? address);
  return tell({
    type: 'volume_spike',
    at,
    severity: 'medium',
    threat: way === 'sent' ? 'interception' : 'ddos',
    devices: [device],
    peer: address,
    port,
    transport,
    about: `${site?.key ?? address} ${way}`,
    summary: `${device} ${way} ${octets(now)} ${way === 'sent' ? 'to' : 'from'} ${where} within ${within}, ${times}`,
    usual: `The most within ${within} was ${octets(most)}, in ${site?.hours ?? 0} hours of use.`,
    remedy: 'Look what the device sends so much of; limit its rate at the router if it goes on.',
    reasons: ['the place is usual, the amount is not'],
    facts: { [way]: octets(now), 'usual at most': octets(most), within },
    frames: [frame],
  });
}
