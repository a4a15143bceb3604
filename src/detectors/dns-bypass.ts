import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import type { Contact } from './learned/contacts.ts';
import { CONTACT_KINDS, Contacts } from './learned/contacts.ts';
import { DeviceTable } from './learned/device-table.ts';
import { isResolverName, isResolverPort } from './learned/doh.ts';
import { isLearning } from './learned/ends.ts';
import { said, service, tell } from './learned/tell.ts';

/** Resolvers outside, of one device. */
const RESOLVERS = 16;
const NOTHING: readonly Signal[] = [];

export const dnsBypass = {
  id: 'dns_bypass',
  title: 'A resolver of its own is asked, past that of the network',
  types: ['dns_bypass'],
  sources: [
    'RFC 7858 (DNS over TLS), RFC 8484 (DNS over HTTPS), RFC 9250 (DNS over QUIC)',
    'NSA, Adopting Encrypted DNS in Enterprise Environments, 2021',
  ],
  learns: true,
  knownFalse: ['a browser that was set to a resolver of its own', 'devices with 8.8.8.8 built in'],
  sees: CONTACT_KINDS,
  start: (context): Watch => new DnsBypass(context),
} as const satisfies Detector;

class DnsBypass implements Watch {
  readonly #context: DetectorContext;
  readonly #contacts: Contacts;
  readonly #devices = new DeviceTable(() => new BoundedMap<string, boolean>(RESOLVERS));

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = 0;
    for (const [, resolvers] of this.#devices.entries()) octets += 128 + resolvers.size * 96;
    return { octets, dropped: this.#devices.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined) return NOTHING;
    const { contact } = step;
    if (observation.kind === 'opened' && isResolverPort(contact.transport, contact.port)) {
      return this.#asks(contact, contact.address, observation.at);
    }
    if (step.settled === undefined && observation.kind !== 'recognised') return NOTHING;
    const name = contact.sni ?? contact.name;
    if (name === undefined || !isResolverName(name)) return NOTHING;
    if (isResolverPort(contact.transport, contact.port)) return NOTHING;
    return this.#asks(contact, this.#contacts.domainOf(name), observation.at);
  }

  #asks(contact: Contact, resolver: string, at: number): readonly Signal[] {
    const { device } = contact;
    const resolvers = this.#devices.of(device, at);
    const key = resolver.slice(0, 64);
    if (resolvers.has(key)) return NOTHING;
    resolvers.set(key, true);
    if (isLearning(this.#context, device, at)) return NOTHING;
    // One more of those that it always asks past the network is no news.
    const outside = [...resolvers.keys()].filter((known) => known !== key);
    return [tellOf(contact, key, outside, at)];
  }
}

function tellOf(
  contact: Contact,
  resolver: string,
  outside: readonly string[],
  at: number,
): Signal {
  const { device, address, transport, port, frame, sni } = contact;
  const what = service(transport, port);
  return tell({
    type: 'dns_bypass',
    at,
    severity: outside.length > 0 || contact.sites.isRestless ? 'low' : 'medium',
    threat: 'malware',
    devices: [device],
    peer: address,
    port,
    transport,
    about: resolver,
    summary: `${device} asks the resolver ${sni === undefined ? address : said(sni)} (${what}) on the Internet`,
    usual:
      outside.length === 0
        ? 'It always asked the resolver of this network.'
        : `It asked other resolvers outside before: ${outside.slice(0, 3).map(said).join(', ')}.`,
    remedy:
      'Redirect or block DNS that goes past your resolver; if the device is meant to, say that it is expected.',
    reasons: ['names asked for there are seen and filtered by nobody here'],
    facts: { service: what },
    frames: [frame],
  });
}
