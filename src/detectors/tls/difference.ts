import type { TlsOffer, TlsProfile } from '../../model/tls-profile.ts';
import { said } from '../learned/tell.ts';

/** One thing that a client offers and that its profile does not list. */
export interface Difference {
  /** `cipher suite` */
  readonly what: string;
  /** As it is shown: a number of IANA's, a name. */
  readonly seen: string;
  readonly allowed: readonly string[];
}

/** RFC 9761 §5.2 calls by name what has these numbers on the wire (RFC 8446 §4.2.1, RFC 9147 §5.3). */
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0300, 'SSLv3'],
  [0x0301, 'tls10'],
  [0x0302, 'tls11'],
  [0x0303, 'tls12'],
  [0x0304, 'tls13'],
  [0xfeff, 'dtls10'],
  [0xfefd, 'dtls12'],
  [0xfefc, 'dtls13'],
]);

/** Lists of numbers that an offer and a profile both have, and how they are shown: as IANA has them. */
const LISTS = [
  ['cipherSuites', 'cipher suite', hex],
  ['extensions', 'extension', String],
  ['groups', 'group', String],
  ['signatureAlgorithms', 'signature algorithm', hex],
  ['certificateAlgorithms', 'signature algorithm of certificates', hex],
  ['keyExchangeModes', 'mode of pre-shared keys', String],
  ['compressions', 'compression of certificates', String],
] as const;

/**
 * All that is offered and not listed. A list that the profile does not have says nothing.
 *
 * @param agreed the version of the handshake: that of DTLS is held against a list of its own
 */
export function differencesOf(
  offer: TlsOffer,
  profile: TlsProfile,
  agreed: string,
): readonly Difference[] {
  const versions = agreed.startsWith('DTLS') ? profile.dtlsVersions : profile.tlsVersions;
  const names = offer.versions.map((version) => VERSIONS.get(version) ?? hex(version));
  return [
    ...notIn('version', names, versions),
    ...LISTS.flatMap(([list, what, show]) =>
      notIn(what, offer[list].map(show), profile[list].map(show)),
    ),
    ...notIn(
      'application protocol',
      offer.applicationProtocols.map(said),
      profile.applicationProtocols.map(said),
    ),
  ];
}

function notIn(
  what: string,
  offered: readonly string[],
  allowed: readonly string[],
): readonly Difference[] {
  if (allowed.length === 0) return [];
  const listed = new Set(allowed);
  return [...new Set(offered)]
    .filter((one) => !listed.has(one))
    .map((seen) => ({ what, seen, allowed }));
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
