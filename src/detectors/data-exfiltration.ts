import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap, fingerprint } from './learned/bounded.ts';
import type { Contact } from './learned/contacts.ts';
import { Contacts, isPeerToPeer, MOVING_KINDS } from './learned/contacts.ts';
import { isLearning } from './learned/ends.ts';
import { octets, said, tell } from './learned/tell.ts';

/** Places that are added up: by device and address. */
const PLACES = 1_024;
const DAY = 86_400_000;
/** Octets sent to one new place in a day: above what settings, logs and one picture have. */
const AT_LEAST = 400_000;
/** Times what came back. */
const RATIO = 3;
/** The same while it is learned: nobody's first day has that. */
const LEARNING_AT_LEAST = 1_000_000_000;
const NOTHING: readonly Signal[] = [];

export const dataExfiltration = {
  id: 'data_exfiltration',
  title: 'Much is sent to a place that the device did not know',
  types: ['data_exfiltration'],
  thresholds: [`${AT_LEAST / 1000} kB to a new place in a day, and ${RATIO} times what came back`],
  sources: ['MITRE ATT&CK TA0010 (exfiltration), T1030 (in small parts)'],
  learns: true,
  knownFalse: ['a cloud of the maker that moved', 'a backup to a new provider'],
  sees: MOVING_KINDS,
  start: (context): Watch => new DataExfiltration(context),
} as const satisfies Detector;

interface Sum {
  readonly since: number;
  sent: number;
  received: number;
  parts: number;
  isTold: boolean;
}

class DataExfiltration implements Watch {
  readonly #context: DetectorContext;
  readonly #contacts: Contacts;
  readonly #sums = new BoundedMap<number, Sum>(PLACES);

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#sums.size * 120, dropped: this.#sums.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined || step.contact.site === undefined || step.sent === 0) return NOTHING;
    const { contact } = step;
    if (!contact.isAnswered || !this.#isStrange(contact)) return NOTHING;
    const sum = this.#sumOf(contact, observation.at);
    sum.sent += step.sent;
    sum.received += step.received;
    if (contact.isClosed) sum.parts += 1;
    const least = isLearning(this.#context, contact.device, observation.at)
      ? LEARNING_AT_LEAST
      : AT_LEAST;
    if (sum.isTold || sum.sent < least || sum.sent < sum.received * RATIO) return NOTHING;
    sum.isTold = true;
    return [tellOf(contact, sum, observation.at)];
  }

  /** A site that is new to the device, or an address without a name that it did not know. */
  #isStrange(contact: Contact): boolean {
    const { site, sites, at, isKnownAddress, name } = contact;
    if (site === undefined) return false;
    const isNew = !sites.isUsual(site, at);
    if (isNew) {
      if (site.isNamed) return !sites.isRestless;
      // A camera that is watched from afar sends to an address that nobody named, on its usual port.
      return !isPeerToPeer(contact) && !sites.isRestlessNameless;
    }
    return name === undefined && !isKnownAddress && site.unasked === 0;
  }

  #sumOf({ device, address }: Contact, at: number): Sum {
    const key = fingerprint(address, fingerprint(device));
    const known = this.#sums.get(key);
    if (known !== undefined && at - known.since < DAY && at >= known.since) return known;
    const sum = { since: at, sent: 0, received: 0, parts: 0, isTold: known?.isTold ?? false };
    this.#sums.set(key, sum);
    return sum;
  }
}

function tellOf(contact: Contact, { sent, received, parts, since }: Sum, at: number): Signal {
  const { device, address, transport, port, frame, site, sites } = contact;
  const called = site?.isNamed === true ? ` (${said(site.key)})` : '';
  return tell({
    type: 'data_exfiltration',
    at,
    severity: 'high',
    threat: 'interception',
    devices: [device],
    peer: address,
    port,
    transport,
    topic: 'destination',
    about: site === undefined || sites.isUsual(site, at) ? address : site.key,
    summary: `${device} sent ${octets(sent)} to ${address}${called}, where it did not send before`,
    usual: `It usually sends to ${sites.names.map(said).join(', ') || 'nobody on the Internet'}.`,
    remedy:
      'Cut the device off from that address, and find out what was sent and by which program.',
    reasons: ['the place is new to the device', 'far more was sent than came back'],
    facts: {
      sent: octets(sent),
      received: octets(received),
      conversations: parts + 1,
      minutes: Math.round((at - since) / 60_000),
    },
    frames: [frame],
    count: parts + 1,
  });
}
