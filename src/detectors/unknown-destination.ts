import type { Signal } from '../model/alert.ts';
import type { Instant, Severity } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import type { Contact, Step } from './learned/contacts.ts';
import { CONTACT_KINDS, Contacts, isPeerToPeer } from './learned/contacts.ts';
import { isResolverName, isResolverPort } from './learned/doh.ts';
import { isLearning, serviceNumber } from './learned/ends.ts';
import { isMailPort } from './learned/mail.ts';
import type { Site } from './learned/sites.ts';
import { octets, said, service, tell } from './learned/tell.ts';

/** Milliseconds after which a conversation that goes on is judged by what it moved so far. */
const PATIENCE = 10_000;
/** The same where nothing is known of what it moved. */
const LONG_PATIENCE = 45_000;
/** Conversations that wait to be judged. */
const WAITING = 256;
/**
 * What marks a download: firmware of the smallest devices has 16 KiB and more, and asks for it with
 * an eighth at most (ESP8266 images are 300 to 600 kB).
 */
const DOWNLOAD = 16_384;
const DOWNLOAD_RATIO = 8;
/** Alerts of one device a day: more says that it is used in a new way, which is one thing to tell. */
const A_DAY = 3;
const DAY = 86_400_000;
/** Conversations with one address that claim a usual name which was never asked for. */
const CLAIMS = 3;
const CLAIMED = 16;
const NTP = 123;
const NOTHING: readonly Signal[] = [];

export const unknownDestination = {
  id: 'unknown_destination',
  title: 'A place on the Internet that the device never talked to',
  types: ['unknown_destination'],
  thresholds: [`${A_DAY} new places of a device are told a day`],
  sources: [
    'NISTIR 8259A, device cybersecurity: data protection',
    'RFC 8520 (manufacturer usage descriptions)',
    'measured: new address 3.3, new domain 1.1 false alerts a device and day where all devices are judged alike',
  ],
  learns: true,
  knownFalse: [
    'a maker that moves to another domain',
    'an app that makes a television speak to new sites',
    'peer-to-peer cameras, which speak to the address of a telephone',
  ],
  sees: CONTACT_KINDS,
  start: (context): Watch => new UnknownDestination(context),
} as const satisfies Detector;

interface Quota {
  day: number;
  told: number;
}

/**
 * Judges the first conversation with a site once it is over or ten seconds old, when it shows whether
 * something was fetched (a new version from another host of the maker) or sent.
 */
class UnknownDestination implements Watch {
  readonly #context: DetectorContext;
  readonly #contacts: Contacts;
  readonly #waiting = new BoundedMap<Contact, Site>(WAITING);
  readonly #quota = new BoundedMap<string, Quota>(1_024);
  readonly #claims = new BoundedMap<string, BoundedMap<string, number>>(1_024);

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    const { octets: shared, dropped } = this.#contacts.size;
    const own = this.#waiting.size * 64 + this.#quota.size * 96 + this.#claims.size * 256;
    return { octets: shared + own, dropped: dropped + this.#waiting.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined) return NOTHING;
    if (step.settled === undefined && this.#waiting.size === 0) return NOTHING;
    this.#follow(step);
    const claimed = this.#claim(step, observation.at);
    const judged = this.#judge(step.contact, observation.at);
    return claimed.length === 0 ? judged : [...claimed, ...judged];
  }

  tick(now: Instant): readonly Signal[] {
    if (this.#waiting.size === 0) return NOTHING;
    return [...this.#waiting.keys()].flatMap((contact) => this.#judge(contact, now));
  }

  #follow({ contact, settled }: Step): void {
    if (settled === undefined || contact.isMidway || settled.isTold) return;
    if (isLearning(this.#context, contact.device, contact.at)) return;
    if (contact.sites.isUsual(settled, contact.at) || this.#isOthers(contact)) return;
    if (this.#isOfNoInterest(contact, settled)) return;
    this.#waiting.set(contact, settled);
  }

  /** What other detectors tell with better words. */
  #isOthers({ transport, port, name, sni }: Contact): boolean {
    if (isResolverPort(transport, port) || isMailPort(port)) return true;
    const called = sni ?? name;
    return called !== undefined && isResolverName(called);
  }

  #isOfNoInterest(contact: Contact, site: Site): boolean {
    const { sites, transport, port } = contact;
    const isLearnedPort = sites.knowsPort(serviceNumber(transport, port));
    if (site.isNamed) {
      // Several others of this network have it: a service of the network's, not of an intruder.
      return sites.isRestless || this.#contacts.devicesOf(site) >= 2;
    }
    if (sites.isRestlessNameless || (port === NTP && isLearnedPort)) return true;
    if (isPeerToPeer(contact)) return true;
    return sites.isRestless && (transport === 'udp' || isLearnedPort);
  }

  #judge(contact: Contact, now: Instant): readonly Signal[] {
    const site = this.#waiting.size === 0 ? undefined : this.#waiting.get(contact);
    if (site === undefined || !isRipe(contact, site, now)) return NOTHING;
    this.#waiting.delete(contact);
    // An address that does not answer is a scan's matter, or a flood's.
    if (site.isTold || (!site.isNamed && !contact.isAnswered)) return NOTHING;
    if (isDownload(contact)) return [this.#tell(contact, site, 'info', now)];
    site.isTold = true;
    if (!this.#isWithinQuota(contact.device, now)) return NOTHING;
    return [this.#tell(contact, site, severityOf(contact, site), now)];
  }

  #isWithinQuota(device: string, now: Instant): boolean {
    const day = Math.floor(now / DAY);
    const quota = this.#quota.get(device);
    if (quota === undefined || quota.day !== day) {
      this.#quota.set(device, { day, told: 1 });
      return true;
    }
    quota.told += 1;
    return quota.told <= A_DAY;
  }

  /** TLS that names a usual site at an address that no DNS answer gave for it. */
  #claim({ contact, settled }: Step, at: Instant): readonly Signal[] {
    if (settled === undefined || !settled.isNamed || contact.name !== undefined) return NOTHING;
    if (contact.isMidway || contact.isKnownAddress) return NOTHING;
    if (isLearning(this.#context, contact.device, at)) return NOTHING;
    // Where it was usual to know addresses by heart, that says nothing.
    if (!contact.sites.isUsual(settled, at) || settled.unasked > 0) return NOTHING;
    const claims = this.#claims.get(contact.device) ?? new BoundedMap(CLAIMED);
    this.#claims.set(contact.device, claims);
    const count = (claims.get(contact.address) ?? 0) + 1;
    claims.set(contact.address, count);
    if (count !== CLAIMS) return NOTHING;
    return [this.#tellClaim(contact, settled, count, at)];
  }

  #tell(contact: Contact, site: Site, severity: Severity, at: Instant): Signal {
    const { device, address, transport, port, frame, sites, sent, received } = contact;
    const where = site.isNamed ? said(site.key) : `${address}, for which no name was asked`;
    const usual = sites.names.map(said).join(', ');
    return tell({
      type: 'unknown_destination',
      at,
      severity,
      threat: 'malware',
      devices: [device],
      peer: address,
      port,
      transport,
      topic: 'destination',
      about: site.key,
      summary: `${device} talks to ${where} (${service(transport, port)}) for the first time`,
      usual:
        usual === ''
          ? 'It was not seen to talk to the Internet before.'
          : `It usually talks to ${sites.count - 1} sites, most of all to ${usual}.`,
      remedy:
        'If nobody changed anything at this device, cut it off from that address and look for its maker’s notes; if it is right, say that it is expected.',
      reasons:
        severity === 'info'
          ? ['something was fetched and next to nothing sent, as an update is']
          : reasonsOf(contact, site),
      facts: { sent: octets(sent), received: octets(received), 'sites known': sites.count - 1 },
      frames: [frame],
      unseen: contact.isClosed ? [] : ['the conversation goes on'],
    });
  }

  #tellClaim(contact: Contact, site: Site, count: number, at: Instant): Signal {
    const { device, address, transport, port, frame } = contact;
    return tell({
      type: 'unknown_destination',
      at,
      severity: 'medium',
      threat: 'malware',
      devices: [device],
      peer: address,
      port,
      transport,
      topic: 'destination',
      about: address,
      summary: `${device} talks to ${address}, which calls itself ${said(site.key)} though DNS never gave that address`,
      usual: `It usually asks DNS for ${said(site.key)} before it talks to it.`,
      remedy:
        'Compare the address with what DNS answers for the name; if it is another owner’s, cut the device off from it.',
      reasons: ['a usual name at an address that nobody gave for it'],
      facts: {
        conversations: count,
        'conversations with the site': site.contacts,
      },
      frames: [frame],
      count,
      unseen: ['an answer of DNS may have been lost to the capture'],
    });
  }
}

/** Updates come from hosts with a name: what has none need not show first what it moves. */
function isRipe(contact: Contact, site: Site, now: Instant): boolean {
  if (contact.isClosed || (!site.isNamed && contact.isAnswered)) return true;
  const patience = contact.received > 0 ? PATIENCE : LONG_PATIENCE;
  return now - contact.at >= patience;
}

function isDownload({ sent, received }: Contact): boolean {
  return received >= DOWNLOAD && received >= sent * DOWNLOAD_RATIO;
}

function severityOf({ sites, transport, port }: Contact, site: Site): Severity {
  if (sites.isRestless) return 'low';
  return site.isNamed || sites.knowsPort(serviceNumber(transport, port)) ? 'medium' : 'high';
}

function reasonsOf({ sites, transport, port }: Contact, site: Site): readonly string[] {
  return [
    sites.isRestless ? 'the device is used for many things' : 'the device does one thing',
    ...(site.isNamed ? [] : ['no name was asked for']),
    ...(sites.knowsPort(serviceNumber(transport, port)) ? [] : ['on a port that it never used']),
  ];
}
