import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import type { Contact } from './learned/contacts.ts';
import { CONTACT_KINDS, Contacts } from './learned/contacts.ts';
import { DeviceTable } from './learned/device-table.ts';
import { isLearning } from './learned/ends.ts';
import { octets, said, service, tell } from './learned/tell.ts';
import type { Windows } from './learned/volumes.ts';
import { Volumes } from './learned/volumes.ts';

/** Services of one device that are measured. */
const SERVICES = 12;
/** Hours in which a service must have been used before its volume is judged. */
const HOURS = 3;
/** Hours from which on the most that was seen is trusted; before, twice as much is let pass. */
const TRUSTED = 24;
/** Times the most that was usual: at 2 there are 0.12 false alerts a device and day (measured). */
const FACTOR = { sent: 4, received: 12 } as const;
/** Octets below which nothing is said, however few were usual. */
const AT_LEAST = { sent: 50_000, received: 50_000_000 } as const;

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
  sees: CONTACT_KINDS,
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
  readonly #devices = new DeviceTable(() => new BoundedMap<string, Measured>(SERVICES));

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let held = 0;
    for (const [, services] of this.#devices.entries()) held += 128 + services.size * 600;
    return { octets: held, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined || (step.sent === 0 && step.received === 0)) return [];
    const { contact, sent, received } = step;
    const { site, sites, device } = contact;
    if (site === undefined || !sites.isUsual(site, observation.at)) return [];
    const services = this.#devices.of(device, observation.at);
    const key = `${site.key} ${service(contact.transport, contact.port)}`;
    const known = services.get(key) ?? { sent: new Volumes(), received: new Volumes() };
    services.set(key, known);
    return [
      ...this.#judge(contact, known.sent, 'sent', { at: observation.at, moved: sent }),
      ...this.#judge(contact, known.received, 'received', { at: observation.at, moved: received }),
    ];
  }

  #judge(contact: Contact, volumes: Volumes, way: Way, { at, moved }: Moved): readonly Signal[] {
    if (moved === 0) return [];
    const now = volumes.add(at, moved);
    const most = volumes.most(at);
    const { site, sites, device } = contact;
    if (site === undefined || isLearning(this.#context, device, at)) return [];
    // What a person does has no most.
    if (sites.isRestless || site.hours < HOURS || !sites.isKnownForADay(at)) return [];
    const window = windowOf(now, most, FACTOR[way] * (site.hours < TRUSTED ? 2 : 1));
    if (window === undefined || now[window] < AT_LEAST[way]) return [];
    // Told once: more of it must be as much more again.
    volumes.learn(now, at);
    return [tellOf(contact, way, { now: now[window], most: most[window], window, at })];
  }
}

interface Moved {
  readonly at: number;
  readonly moved: number;
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
