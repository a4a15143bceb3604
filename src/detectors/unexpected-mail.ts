import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import type { Contact } from './learned/contacts.ts';
import { Contacts } from './learned/contacts.ts';
import { isLearning } from './learned/ends.ts';
import { isMailPort } from './learned/mail.ts';
import { said, service, tell } from './learned/tell.ts';

const DEVICES = 4_096;
/** Between servers: no device of a home or plant delivers mail itself. */
const RELAY = 25;

export const unexpectedMail = {
  id: 'unexpected_mail',
  title: 'A device sends mail that never did',
  types: ['policy_violation'],
  sources: ['RFC 5068 (email submission operations) §3.1', 'M3AAWG, Managing Port 25, 2005'],
  learns: true,
  knownFalse: ['a camera or store that was set up to report by mail'],
  sees: ['opened'],
  start: (context): Watch => new UnexpectedMail(context),
} as const satisfies Detector;

class UnexpectedMail implements Watch {
  readonly #context: DetectorContext;
  readonly #contacts: Contacts;
  /** Devices and ports that are known to send, or were told. */
  readonly #known = new BoundedMap<string, true>(DEVICES);

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#known.size * 96, dropped: this.#known.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined || observation.kind !== 'opened') return [];
    const { contact } = step;
    if (contact.transport !== 'tcp' || !isMailPort(contact.port)) return [];
    const key = `${contact.device} ${contact.port}`;
    if (this.#known.has(key)) return [];
    this.#known.set(key, true);
    if (isLearning(this.#context, contact.device, observation.at)) return [];
    // A person's computer sends mail by its provider's port for users.
    if (contact.sites.isRestless && contact.port !== RELAY) return [];
    return [tellOf(contact, observation.at)];
  }
}

function tellOf(contact: Contact, at: number): Signal {
  const { device, address, port, transport, frame, name } = contact;
  const where = name === undefined ? address : said(name);
  return tell({
    type: 'policy_violation',
    at,
    severity: port === RELAY ? 'high' : 'medium',
    threat: 'malware',
    devices: [device],
    peer: address,
    port,
    transport,
    about: `mail ${port}`,
    summary: `${device} sends mail to ${where} (${service(transport, port)})`,
    usual: 'It never sent mail before.',
    remedy: `Block tcp/${RELAY} outward for everything but a mail server, and look whether the device was taken over.`,
    reasons:
      port === RELAY
        ? ['mail straight to other servers: spam is sent so']
        : ['a new way out of the network'],
    facts: { service: service(transport, port) },
    frames: [frame],
  });
}
