import { parseAddress } from '../../base/address.ts';
import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';
import { ascii, join, NOTHING, u16 } from './bytes.ts';
import { SUITES_10, SUITES_12, SUITES_13 } from './tls-suites.ts';

/** Versions as they stand on the wire (RFC 6101, RFC 2246, RFC 4346, RFC 5246, RFC 8446). */
export const TLS_VERSIONS = {
  SSLv3: 0x0300,
  TLSv1: 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
} as const;

export type TlsVersion = keyof typeof TLS_VERSIONS;

/** Oldest first. */
export const ALL_TLS_VERSIONS: readonly TlsVersion[] = [
  'SSLv3',
  'TLSv1',
  'TLSv1.1',
  'TLSv1.2',
  'TLSv1.3',
];

export function tlsVersionName(version: number): TlsVersion | undefined {
  return ALL_TLS_VERSIONS.find((name) => TLS_VERSIONS[name] === version);
}

export interface HelloOptions {
  /** Highest version offered. */
  readonly version: TlsVersion;
  /** Whether this version alone is offered: what SSL up to 1.2 cannot say, 1.3 can. */
  readonly only?: boolean;
  /** 32 random bytes, from which the random, the session id and the key share are taken. */
  readonly nonce: Uint8Array;
  /** For server_name; an address has none (RFC 6066 §3). */
  readonly serverName?: string;
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** Whether a ClientHello can be sent at all with extensions: SSL 3.0 servers may refuse them. */
export function buildClientHello(options: HelloOptions): Uint8Array {
  const { version, nonce } = options;
  const legacy = Math.min(TLS_VERSIONS[version], TLS_VERSIONS['TLSv1.2']);
  const suites = join(...suitesFor(options).map(u16));
  const session = version === 'TLSv1.3' ? nonce : NOTHING;
  const extensions = version === 'SSLv3' ? NOTHING : extensionsFor(options);
  const body = join(
    u16(legacy),
    nonce,
    [session.length],
    session,
    u16(suites.length),
    suites,
    [1, 0],
    extensions.length === 0 ? NOTHING : join(u16(extensions.length), extensions),
  );
  const message = join([CLIENT_HELLO, 0], u16(body.length), body);
  // RFC 8446 §5.1: the record of the first ClientHello says 1.0, for the sake of old servers.
  const record = Math.min(legacy, TLS_VERSIONS.TLSv1);
  return join([HANDSHAKE], u16(record), u16(message.length), message);
}

/** And the signal that renegotiation is known (RFC 5746 §3.3), for versions before 1.3. */
function suitesFor({ version, only }: HelloOptions): readonly number[] {
  const signal = 0x00ff;
  if (version === 'TLSv1.3')
    return only === true ? SUITES_13 : [...SUITES_13, ...SUITES_12, signal];
  return [...(version === 'TLSv1.2' ? SUITES_12 : SUITES_10), signal];
}

/** x25519, P-256, P-384, P-521 (RFC 8446 §4.2.7). */
const GROUPS = [0x001d, 0x0017, 0x0018, 0x0019];
/** ECDSA, RSA-PSS and RSA-PKCS1 with SHA-256 to SHA-512, Ed25519, and SHA-1 for old devices. */
const ALGORITHMS = [
  0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601,
].concat([0x0203, 0x0201]);

function extensionsFor(options: HelloOptions): Uint8Array {
  const { version, nonce, serverName } = options;
  const groups = join(...GROUPS.map(u16));
  const algorithms = join(...ALGORITHMS.map(u16));
  const isNew = TLS_VERSIONS[version] >= TLS_VERSIONS['TLSv1.2'];
  return join(
    serverName === undefined || parseAddress(serverName) !== undefined
      ? NOTHING
      : serverNameExtension(serverName),
    extension(10, join(u16(groups.length), groups)),
    extension(11, Uint8Array.of(1, 0)),
    isNew ? extension(13, join(u16(algorithms.length), algorithms)) : NOTHING,
    version === 'TLSv1.3' ? extension(43, versionsOffered(options.only === true)) : NOTHING,
    version === 'TLSv1.3' ? extension(45, Uint8Array.of(1, 1)) : NOTHING,
    version === 'TLSv1.3' ? extension(51, keyShare(nonce)) : NOTHING,
  );
}

function serverNameExtension(name: string): Uint8Array {
  const host = ascii(name);
  const entry = join([0], u16(host.length), host);
  return extension(0, join(u16(entry.length), entry));
}

function versionsOffered(only: boolean): Uint8Array {
  const offered = only
    ? (['TLSv1.3'] as const)
    : (['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'] as const);
  const list = join(...offered.map((name) => u16(TLS_VERSIONS[name])));
  return join([list.length], list);
}

/**
 * Any 32 bytes are a public key of x25519 (RFC 7748 §5): nobody here ever needs its private half,
 * since the handshake ends with the server's answer.
 */
function keyShare(nonce: Uint8Array): Uint8Array {
  const entry = join(u16(0x001d), u16(32), nonce.subarray(0, 32));
  return join(u16(entry.length), entry);
}

function extension(type: number, body: Uint8Array): Uint8Array {
  return join(u16(type), u16(body.length), body);
}

/** What a client offers, as far as fingerprints and names need it. */
export interface ClientHello {
  /** legacy_version. */
  readonly version: number;
  readonly suites: readonly number[];
  /** In the order in which they came. */
  readonly extensions: readonly { readonly type: number; readonly body: Uint8Array }[];
}

/** RFC 8446 §4.1.2, with or without the extensions that SSL 3.0 did not know. */
export function parseClientHello(body: Uint8Array): Parsed<ClientHello> {
  const reader = new Reader(body);
  const version = reader.u16();
  reader.skip(32);
  reader.skip(reader.u8());
  const suites = numbers(reader.take(reader.u16()));
  reader.skip(reader.u8());
  if (reader.failed) return MORE;
  const extensions = reader.left === 0 ? [] : readExtensions(reader.take(reader.u16()));
  if (reader.failed) return MORE;
  if (suites.length === 0) return bad('it offers no suite');
  return { kind: 'ok', value: { version, suites, extensions }, size: reader.offset };
}

/** As many as are whole. */
export function readExtensions(
  bytes: Uint8Array,
): readonly { readonly type: number; readonly body: Uint8Array }[] {
  const reader = new Reader(bytes);
  const extensions: { type: number; body: Uint8Array }[] = [];
  while (reader.left > 0 && extensions.length < 64) {
    const type = reader.u16();
    const body = reader.take(reader.u16());
    if (!reader.failed) extensions.push({ type, body });
  }
  return extensions;
}

/** Numbers of 16 bits, one after another. */
export function numbers(bytes: Uint8Array): readonly number[] {
  const reader = new Reader(bytes);
  const found: number[] = [];
  while (reader.left > 1) found.push(reader.u16());
  return found;
}
