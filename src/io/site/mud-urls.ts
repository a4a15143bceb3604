import type { Untrusted } from '../../base/untrusted.ts';
import { reveal } from '../../base/untrusted.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Session } from './session.ts';

/** The MUD URL that a device gave, and how. */
export interface GivenMudUrl {
  readonly url: string;
  /** RFC 8520 §9-12: what a certificate says is signed; DHCP and LLDP say what the device says. */
  readonly via: 'certificate' | 'network';
  /** Hash of the name of who signs the file, where a certificate says so. */
  readonly signer?: string;
}

/** By MAC where one was told, else by address: a certificate before all else, then the newest word. */
export function mudUrls({ store }: Pick<Session, 'store'>): ReadonlyMap<string, GivenMudUrl> {
  const found = new Map<string, GivenMudUrl>();
  for (const { fact, subject } of store.evidence()) {
    const key = subject.mac ?? subject.address;
    const given = givenIn(fact) ?? signed(found.get(key), fact);
    if (given === undefined) continue;
    if (given.via === 'certificate' || found.get(key)?.via !== 'certificate') found.set(key, given);
  }
  return found;
}

/** Who signs the file of a URL, in the word of the certificates of the devices that name it. */
export function namedSigner(session: Pick<Session, 'store'>, url: string): string | undefined {
  const given = [...mudUrls(session).values()].filter((one) => one.url === url);
  return given.find(({ signer }) => signer !== undefined)?.signer;
}

function givenIn(fact: Evidence['fact']): GivenMudUrl | undefined {
  if (fact.kind === 'tls') {
    const { mudUrl, mudSigner } = fact.tls.certificate ?? {};
    if (mudUrl === undefined) return undefined;
    const signer = mudSigner === undefined ? {} : { signer: mudSigner };
    return { url: urlOf(mudUrl), via: 'certificate', ...signer };
  }
  if (fact.kind !== 'detail') return undefined;
  if (fact.name === 'mud-url') return { url: urlOf(fact.value), via: 'network' };
  return fact.name === CERTIFIED ? { url: urlOf(fact.value), via: 'certificate' } : undefined;
}

/** What was read in a certificate that somebody showed to another: its URL, then who signs the file. */
const CERTIFIED = 'certificate-mud-url';
const SIGNER = 'certificate-mud-signer';

function signed(given: GivenMudUrl | undefined, fact: Evidence['fact']): GivenMudUrl | undefined {
  if (given?.via !== 'certificate' || fact.kind !== 'detail' || fact.name !== SIGNER)
    return undefined;
  return { ...given, signer: reveal(fact.value) };
}

/** RFC 8520 §10: in DHCP a space ends the URL, and what follows is reserved. */
function urlOf(value: Untrusted): string {
  return reveal(value).split(/[\s\0]/, 1)[0] ?? '';
}
