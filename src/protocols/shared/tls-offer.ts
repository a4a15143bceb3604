import { Reader } from '../../base/reader.ts';
import type { TlsOffer } from '../../model/tls-profile.ts';
import { NOTHING } from './bytes.ts';
import type { ClientHello } from './tls-client-hello.ts';
import { numbers } from './tls-client-hello.ts';
import { isGrease } from './tls-fingerprint.ts';

/** Of each list; no client that was ever seen offers as many. */
const MOST = 256;
/** Characters of the name of a protocol (RFC 7301 §3.1). */
const NAME = 255;
/** IANA's numbers of extensions (RFC 8446 §4.2, RFC 8879 §3, RFC 7301 §3.1). */
const EXTENSION = {
  groups: 10,
  algorithms: 13,
  protocols: 16,
  compressions: 27,
  versions: 43,
  modes: 45,
  certificateAlgorithms: 50,
} as const;
/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 §3.3), TLS_FALLBACK_SCSV (RFC 7507 §2). */
const SIGNALS: ReadonlySet<number> = new Set([0x00ff, 0x5600]);

/** What a client offers, for its profile to be held against (RFC 9761). */
export function offerOf(hello: ClientHello): TlsOffer {
  const body = (type: number): Uint8Array =>
    hello.extensions.find((extension) => extension.type === type)?.body ?? NOTHING;
  const versions = real(numbers(body(EXTENSION.versions).subarray(1)));
  return {
    // RFC 8446 §4.2.1: who does not send the extension says its highest in the old field.
    versions: versions.length === 0 ? [hello.version] : versions,
    cipherSuites: real(hello.suites).filter((suite) => !SIGNALS.has(suite)),
    extensions: real(hello.extensions.map(({ type }) => type)),
    groups: real(numbers(body(EXTENSION.groups).subarray(2))),
    signatureAlgorithms: real(numbers(body(EXTENSION.algorithms).subarray(2))),
    certificateAlgorithms: real(numbers(body(EXTENSION.certificateAlgorithms).subarray(2))),
    keyExchangeModes: modesIn(body(EXTENSION.modes)),
    compressions: real(numbers(body(EXTENSION.compressions).subarray(1))),
    applicationProtocols: protocolsIn(body(EXTENSION.protocols)),
  };
}

function real(values: readonly number[]): readonly number[] {
  return values.filter((value) => !isGrease(value)).slice(0, MOST);
}

/** RFC 8701 §2: of modes, which are one octet, `0x0b + 0x1f * n` mean nothing. */
function modesIn(body: Uint8Array): readonly number[] {
  return [...body.subarray(1, MOST)].filter((mode) => mode % 0x1f !== 0x0b);
}

/** RFC 7301 §3.1; RFC 8701 §2 has names of two octets that mean nothing. */
function protocolsIn(body: Uint8Array): readonly string[] {
  const reader = new Reader(body);
  reader.skip(2);
  const names: string[] = [];
  while (reader.left > 0 && names.length < MOST) {
    const name = reader.take(reader.u8());
    if (reader.failed) break;
    const [high = 0, low = 0] = name;
    if (name.length === 2 && isGrease(high * 256 + low)) continue;
    names.push(String.fromCharCode(...name).slice(0, NAME));
  }
  return names;
}
