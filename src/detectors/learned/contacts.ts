import type { Instant } from '../../model/core.ts';
import type { Observation } from '../../model/observation.ts';
import type { DetectorContext } from '../detector.ts';
import { BoundedMap } from './bounded.ts';
import { DeviceTable } from './device-table.ts';
import type { Opened } from './ends.ts';
import { deviceAt, isLearning, serviceNumber, transportOf } from './ends.ts';
import { RegisteredDomains } from './registered-domain.ts';
import type { Site } from './sites.ts';
import { Sites } from './sites.ts';

/** Conversations with the Internet that are followed at a time. */
const FLOWS = 2_048;
/** Named sites that are remembered with the number of devices that learned them. */
const SHARED = 2_048;
const FLOW_OCTETS = 320;
/** Numbers that services have. */
const SERVICES = 131_072;
/** From here on systems draw the near port of each conversation (RFC 6335 §6, Linux). */
const EPHEMERAL = 32_768;

/** What is looked at: for `sees` of the detectors that judge contacts. */
export const CONTACT_KINDS: readonly Observation['kind'][] = [
  'opened',
  'answered',
  'recognised',
  'progress',
  'closed',
];

/** The same for those who only want to know what was moved. */
export const MOVING_KINDS: readonly Observation['kind'][] = ['progress', 'closed'];

/** One conversation of a device with the Internet, that the device began. */
export interface Contact {
  readonly device: string;
  readonly sites: Sites;
  readonly at: Instant;
  readonly address: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  /** At the device: of UDP often that of a service of its own, from which it finds its peers. */
  readonly localPort: number;
  readonly frame: number | undefined;
  /** By which the device had asked for the address. */
  readonly name: string | undefined;
  /** The address was spoken to before this. */
  readonly isKnownAddress: boolean;
  /** Its beginning was not seen. */
  readonly isMidway: boolean;
  /** Server name of TLS or QUIC. */
  sni: string | undefined;
  protocol: string;
  /** The site, once it is known by name or known to have none. */
  site: Site | undefined;
  /** Site and service of the device as one number, once the site is known. */
  place: number;
  /** The site was not spoken to before this. */
  isFirst: boolean;
  isAnswered: boolean;
  isClosed: boolean;
  sent: number;
  received: number;
}

/**
 * Peer to peer: to the port of a service that the device uses, or from the port of one of its own, at
 * an address that somebody else told it. That is how a camera reaches the telephone that watches it.
 */
export function isPeerToPeer({ sites, transport, port, localPort }: Contact): boolean {
  if (transport !== 'udp') return false;
  return (
    (port !== 443 && sites.knowsPort(serviceNumber('udp', port))) || sites.knowsOwnPort(localPort)
  );
}

/** What comes after it was opened. */
type Going = Extract<Observation, { kind: 'answered' | 'recognised' | 'progress' | 'closed' }>;

/** What an observation tells of a contact. */
export interface Step {
  readonly contact: Contact;
  /** With this observation it became known which site it is. */
  readonly settled: Site | undefined;
  readonly sent: number;
  readonly received: number;
}

/**
 * Follows the conversations that devices of the network have with the Internet, and learns where each
 * device goes. Detectors that judge by it share one: it is fed by whichever is asked first.
 */
export class Contacts {
  static readonly #shared = new WeakMap<DetectorContext, Contacts>();

  readonly #context: DetectorContext;
  readonly #domains: RegisteredDomains;
  readonly #devices: DeviceTable<Sites>;
  readonly #flows = new BoundedMap<number, Contact>(FLOWS);
  readonly #prevalence = new BoundedMap<string, number>(SHARED);
  #lastSeen: Observation | undefined;
  #lastStep: Step | undefined;

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#domains = RegisteredDomains.of(context);
    this.#devices = new DeviceTable((device, at) => new Sites(context, device, at));
  }

  /** The one that belongs to a context. */
  static of(context: DetectorContext): Contacts {
    const known = Contacts.#shared.get(context);
    if (known !== undefined) return known;
    const made = new Contacts(context);
    Contacts.#shared.set(context, made);
    return made;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = this.#flows.size * FLOW_OCTETS + this.#prevalence.size * 96 + this.#domains.octets;
    for (const [, sites] of this.#devices.entries()) octets += sites.octets;
    return { octets, dropped: this.#devices.dropped + this.#flows.dropped };
  }

  domainOf(name: string): string {
    return this.#domains.of(name);
  }

  /** How many devices had learned a site that has a name. */
  devicesOf(site: Site): number {
    return this.#prevalence.get(site.key) ?? 0;
  }

  /** The one that detectors have started for a context. */
  static startedFor(context: DetectorContext): Contacts | undefined {
    return Contacts.#shared.get(context);
  }

  /** Takes an observation in, once, however many ask; the monitor asks before all of them. */
  see(observation: Observation): Step | undefined {
    if (observation === this.#lastSeen) return this.#lastStep;
    this.#lastSeen = observation;
    this.#lastStep = this.#step(observation);
    return this.#lastStep;
  }

  #step(observation: Observation): Step | undefined {
    switch (observation.kind) {
      case 'opened':
        return this.#open(observation);
      case 'answered':
      case 'recognised':
      case 'progress':
      case 'closed': {
        const contact = this.#flows.get(observation.flow);
        return contact === undefined ? undefined : this.#goOn(contact, observation);
      }
      default:
        return undefined;
    }
  }

  #goOn(contact: Contact, observation: Going): Step {
    if (observation.kind === 'answered') {
      contact.isAnswered ||= !observation.refused;
      return { contact, settled: undefined, sent: 0, received: 0 };
    }
    if (observation.kind === 'recognised') return this.#recognised(contact, observation);
    if (observation.kind === 'closed') {
      this.#flows.delete(observation.flow);
      contact.isClosed = true;
    }
    return this.#moved(contact, observation);
  }

  #open(opened: Opened): Step | undefined {
    const transport = transportOf(opened.ipProtocol);
    const { source, destination } = opened;
    if (transport === undefined || opened.group || destination.port === 0) return undefined;
    if (!this.#context.isLocal(source.address)) return undefined;
    if (this.#context.isLocal(destination.address)) return undefined;
    const device = deviceAt(this.#context, source);
    if (this.#context.about(device).infrastructure) return undefined;
    const sites = this.#devices.of(device, opened.at);
    const contact: Contact = {
      device,
      sites,
      at: opened.at,
      address: destination.address,
      port: destination.port,
      transport,
      localPort: source.port,
      frame: opened.frame,
      name: opened.name,
      isKnownAddress: sites.knowsAddress(destination.address),
      isMidway: opened.midway,
      sni: undefined,
      protocol: 'unknown',
      site: undefined,
      place: 0,
      isFirst: false,
      isAnswered: false,
      isClosed: false,
      sent: 0,
      received: 0,
    };
    this.#flows.set(opened.flow, contact);
    const settled = opened.name === undefined ? undefined : this.#settle(contact, opened.name);
    return { contact, settled, sent: 0, received: 0 };
  }

  #recognised(contact: Contact, seen: Extract<Observation, { kind: 'recognised' }>): Step {
    contact.protocol = seen.protocol;
    contact.sni ??= seen.sni;
    const settled =
      contact.site === undefined && seen.certainty !== 'hint'
        ? this.#settle(contact, seen.sni)
        : undefined;
    return { contact, settled, sent: 0, received: 0 };
  }

  #moved(contact: Contact, moved: Extract<Observation, { kind: 'progress' | 'closed' }>): Step {
    const [sent, received] = [moved.sent.bytes, moved.received.bytes];
    contact.sent += sent;
    contact.received += received;
    contact.isAnswered ||= received > 0;
    const settled = contact.site === undefined ? this.#settle(contact, contact.sni) : undefined;
    if (contact.site !== undefined) {
      contact.site.sent += sent;
      contact.site.received += received;
    }
    return { contact, settled, sent, received };
  }

  #settle(contact: Contact, name: string | undefined): Site {
    const { sites, at, address, device } = contact;
    const key = name === undefined ? address : this.#domains.of(name);
    const known = sites.get(key);
    const site = sites.meet(key, name !== undefined, at);
    contact.site = site;
    contact.place = site.number * SERVICES + serviceNumber(contact.transport, contact.port);
    contact.isFirst = known === undefined;
    if (isLearning(this.#context, device, at)) this.#learn(contact, site);
    else if (contact.name !== undefined) sites.learnAddress(address);
    return site;
  }

  #learn(contact: Contact, site: Site): void {
    const { sites, address, isFirst, name, isKnownAddress, transport, port, localPort } = contact;
    if (name === undefined && !isKnownAddress) site.unasked += 1;
    sites.learnAddress(address);
    sites.learnPort(serviceNumber(transport, port));
    if (transport === 'udp' && localPort < EPHEMERAL) sites.learnOwnPort(localPort);
    if (isFirst && site.isNamed) this.#prevalence.set(site.key, this.devicesOf(site) + 1);
  }
}
