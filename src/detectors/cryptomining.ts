import type { Signal } from '../model/alert.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import type { Contact } from './learned/contacts.ts';
import { CONTACT_KINDS, Contacts } from './learned/contacts.ts';
import { said, service, span, tell } from './learned/tell.ts';

/** Protocols that only miners and nodes of currencies speak. */
const PROTOCOLS: ReadonlySet<string> = new Set(['stratum', 'bitcoin']);
/** Words in names of pools; a name alone is no proof, so the conversation must look like one. */
const POOL = /(?:^|[.-])(?:pool|xmr|monero|mining|miner|nicehash|nanopool|stratum)(?:[.-]|\d|$)/;
/** A pool is spoken to for hours with next to nothing: a job and a share now and then. */
const LASTS = 1_800_000;
const OCTETS_A_SECOND = 200;
const TOLD = 4_096;
const NOTHING: readonly Signal[] = [];

export const cryptomining = {
  id: 'cryptomining',
  title: 'The device works for a pool of miners',
  types: ['cryptomining'],
  thresholds: [
    `a conversation with a pool by its protocol, or one of ${LASTS / 60_000} minutes with less than ${OCTETS_A_SECOND} octets a second`,
  ],
  sources: [
    'MITRE ATT&CK T1496 (resource hijacking)',
    'Stratum mining protocol (github.com/slushpool/stratumprotocol)',
  ],
  learns: false,
  knownFalse: ['somebody mines on purpose'],
  sees: CONTACT_KINDS,
  start: (context): Watch => new Cryptomining(context),
} as const satisfies Detector;

class Cryptomining implements Watch {
  readonly #contacts: Contacts;
  readonly #told = new BoundedMap<string, true>(TOLD);

  constructor(context: DetectorContext) {
    this.#contacts = Contacts.of(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    return { octets: this.#told.size * 112, dropped: this.#told.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    const step = this.#contacts.see(observation);
    if (step === undefined) return NOTHING;
    const { contact } = step;
    if (observation.kind === 'recognised' && observation.certainty !== 'hint') {
      return PROTOCOLS.has(observation.protocol)
        ? this.#tell(contact, observation.at, true)
        : NOTHING;
    }
    const isLong = observation.kind === 'progress' && observation.at - contact.at >= LASTS;
    return isLong && isPool(contact, observation.at)
      ? this.#tell(contact, observation.at, false)
      : NOTHING;
  }

  #tell(contact: Contact, at: number, isProved: boolean): readonly Signal[] {
    const { device, address, port, transport, frame, protocol } = contact;
    const key = `${device} ${address}`;
    if (this.#told.has(key)) return NOTHING;
    this.#told.set(key, true);
    const called = contact.sni ?? contact.name;
    const where = called === undefined ? address : said(called);
    return [
      tell({
        type: 'cryptomining',
        at,
        severity: isProved ? 'high' : 'medium',
        threat: 'malware',
        devices: [device],
        peer: address,
        port,
        transport,
        topic: 'destination',
        about: contact.site?.key ?? address,
        summary: `${device} ${isProved ? `speaks ${protocol} to` : 'keeps up a miner’s conversation with'} ${where} (${service(transport, port)})`,
        usual: 'No device of things has a reason to mine.',
        remedy: 'Cut the device off from the Internet, reset it and bring it up to date.',
        reasons: isProved
          ? ['nobody but miners speaks this protocol']
          : ['a pool’s name', 'a long conversation with next to nothing said'],
        facts: { protocol, lasted: span(at - contact.at) },
        frames: [frame],
      }),
    ];
  }
}

function isPool({ at: since, sent, received, sni, name }: Contact, at: number): boolean {
  const called = sni ?? name;
  if (called === undefined || !POOL.test(called.toLowerCase())) return false;
  // Pools of time servers are called so too; they are no conversation of half an hour.
  return (sent + received) / ((at - since) / 1000) < OCTETS_A_SECOND;
}
