import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';
import { NOTHING } from './bytes.ts';
import type { TlsVersion } from './tls-client-hello.ts';
import { readExtensions, tlsVersionName } from './tls-client-hello.ts';

export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const;
export const MESSAGE = {
  clientHello: 1,
  serverHello: 2,
  certificate: 11,
  certificateRequest: 13,
  serverHelloDone: 14,
} as const;

/** RFC 8446 §5.1, §5.2: 2^14 bytes, and what encryption may add (2048 before 1.3). */
const RECORD_CAP = 16_384 + 2048;
const SUPPORTED_VERSIONS = 43;
const ALPN = 16;
/** Bytes of handshake messages that are put together: a chain of certificates takes a few thousand. */
const FLIGHT_CAP = 65_536;
const MESSAGES_CAP = 32;
const CHAIN_CAP = 10;

export interface RecordHeader {
  readonly type: number;
  readonly version: number;
  readonly length: number;
}

/** RFC 8446 §5.1. */
export function parseRecordHeader(bytes: Uint8Array): Parsed<RecordHeader> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const version = reader.u16();
  const length = reader.u16();
  if (bytes.length > 0 && (type < 20 || type > 23)) return bad('no record of TLS');
  if (bytes.length > 1 && bytes[1] !== 3) return bad('no version of TLS');
  if (bytes.length > 2 && version > 0x0304) return bad('no version of TLS');
  if (reader.failed) return MORE;
  if (length === 0 || length > RECORD_CAP) return bad('no length that a record may have');
  return { kind: 'ok', value: { type, version, length }, size: reader.offset };
}

export interface ServerHello {
  /** The one agreed on, `supported_versions` included. */
  readonly version: TlsVersion;
  readonly suite: number;
  readonly alpn?: string;
}

/** RFC 8446 §4.1.3, and the same of the versions before; `more` where it is cut off. */
export function parseServerHello(body: Uint8Array): Parsed<ServerHello> {
  const reader = new Reader(body);
  const legacy = reader.u16();
  reader.skip(32);
  const session = reader.u8();
  reader.skip(session);
  const suite = reader.u16();
  reader.skip(1);
  if (reader.failed) return MORE;
  const extensions = readExtensions(reader.left < 2 ? NOTHING : reader.take(reader.u16()));
  if (reader.failed) return MORE;
  const chosen = extensions.find(({ type }) => type === SUPPORTED_VERSIONS)?.body;
  const version = tlsVersionName(chosen === undefined ? legacy : new Reader(chosen).u16());
  if (version === undefined || session > 32) return bad('no version of TLS');
  const alpn = protocolIn(extensions.find(({ type }) => type === ALPN)?.body ?? NOTHING);
  const value = alpn === '' ? { version, suite } : { version, suite, alpn };
  return { kind: 'ok', value, size: reader.offset };
}

/** RFC 7301 §3.1: a list with one name. */
function protocolIn(body: Uint8Array): string {
  const reader = new Reader(body);
  reader.skip(2);
  return reader.text(reader.u8());
}

export interface Alert {
  readonly fatal: boolean;
  readonly description: number;
}

/** What a server said up to where it waits for the client (RFC 5246 §7.3, RFC 8446 §2). */
export interface ServerFlight {
  readonly hello?: ServerHello;
  readonly alert?: Alert;
  /** DER, the server's own first; none from 1.3 on, where they are encrypted. */
  readonly certificates: readonly Uint8Array[];
  readonly clientCertificate: boolean;
  /** Nothing more will come: the flight ended, turned to cipher text, or was broken off. */
  readonly complete: boolean;
}

/** Reads what came of the server's first flight, and never waits for what a length promises. */
export function readServerFlight(bytes: Uint8Array): ServerFlight {
  const { fragments, alert, ended } = readRecords(bytes);
  const messages = readMessages(fragments);
  const hello = messages.find(({ type }) => type === MESSAGE.serverHello)?.body;
  const parsed = hello === undefined ? MORE : parseServerHello(hello);
  const chain = messages.find(({ type }) => type === MESSAGE.certificate)?.body ?? NOTHING;
  const isDone = messages.some(({ type }) => type === MESSAGE.serverHelloDone);
  const is13 = parsed.kind === 'ok' && parsed.value.version === 'TLSv1.3';
  return {
    ...(parsed.kind === 'ok' ? { hello: parsed.value } : {}),
    ...(alert === undefined ? {} : { alert }),
    certificates: readChain(chain),
    clientCertificate: messages.some(({ type }) => type === MESSAGE.certificateRequest),
    complete: ended || isDone || is13 || parsed.kind === 'bad',
  };
}

interface Records {
  readonly fragments: Uint8Array;
  readonly alert: Alert | undefined;
  readonly ended: boolean;
}

/** The handshake's bytes without their records, up to the first record of another kind. */
function readRecords(bytes: Uint8Array): Records {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let rest = bytes; size < FLIGHT_CAP; ) {
    const header = parseRecordHeader(rest);
    if (header.kind !== 'ok') {
      return { fragments: joined(parts, size), alert: undefined, ended: header.kind === 'bad' };
    }
    const { type, length } = header.value;
    const body = rest.subarray(header.size, header.size + length);
    if (type === CONTENT.alert) return { fragments: joined(parts, size), ...readAlert(body) };
    if (type !== CONTENT.handshake) break;
    parts.push(body);
    size += body.length;
    rest = rest.subarray(header.size + length);
  }
  return { fragments: joined(parts, size), alert: undefined, ended: true };
}

function readAlert(body: Uint8Array): Pick<Records, 'alert' | 'ended'> {
  const [level, description] = body;
  if (level === undefined || description === undefined) return { alert: undefined, ended: false };
  const known = body.length === 2 && (level === 1 || level === 2);
  return { alert: known ? { fatal: level === 2, description } : undefined, ended: true };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

/** RFC 8446 §4: whole messages only. */
function readMessages(bytes: Uint8Array): readonly Message[] {
  const reader = new Reader(bytes);
  const messages: Message[] = [];
  while (reader.left > 0 && messages.length < MESSAGES_CAP) {
    const type = reader.u8();
    const body = reader.take(reader.u24());
    if (!reader.failed) messages.push({ type, body });
  }
  return messages;
}

/** RFC 5246 §7.4.2. */
function readChain(body: Uint8Array): readonly Uint8Array[] {
  const reader = new Reader(body);
  const list = new Reader(reader.take(reader.u24()));
  const chain: Uint8Array[] = [];
  while (list.left > 0 && chain.length < CHAIN_CAP) {
    const certificate = list.take(list.u24());
    if (!list.failed && certificate.length > 0) chain.push(certificate);
  }
  return chain;
}
