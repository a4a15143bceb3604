import { formatAddress } from '../../base/address.ts';
import { md5, sha256 } from '../../base/hash.ts';
import { Reader } from '../../base/reader.ts';
import type { Field } from '../../model/flow.ts';
import type { FirstBytes } from '../protocol.ts';
import { ascii, hexOf, NOTHING } from '../shared/bytes.ts';
import { mudIn, readCertificate } from '../shared/der.ts';
import { FieldList, hexNumber } from '../shared/field-list.ts';
import { parseClientHello, readExtensions } from '../shared/tls-client-hello.ts';
import { ja3, ja3sText, ja4 } from '../shared/tls-fingerprint.ts';
import { CONTENT, MESSAGE, parseRecordHeader } from '../shared/tls-records.ts';
import { suiteName } from '../shared/tls-suites.ts';

/** The certificate of a content network names some hundreds of hosts. */
const SERVER_CAP = 256;
const CHAIN_CAP = 10;
const MESSAGES_CAP = 64;

const SERVER_NAME = 0;
const ALPN = 16;
const SUPPORTED_VERSIONS = 43;

/** What TLS rides on, as JA4 writes it. */
export type Under = 't' | 'q' | 'd';

export interface HandshakeMessage {
  readonly type: number;
  readonly body: Uint8Array;
}

export function tlsFields({ client, server }: FirstBytes): readonly Field[] {
  return handshakeFields(messagesOf(client), messagesOf(server), 't');
}

/** Of what is sent before anything is encrypted. */
export function handshakeFields(
  asked: readonly HandshakeMessage[],
  answered: readonly HandshakeMessage[],
  under: Under,
): readonly Field[] {
  const ofClient = new FieldList();
  const ofServer = new FieldList(SERVER_CAP);
  for (const message of asked) addMessage(message, under, ofClient);
  for (const message of answered) addMessage(message, under, ofServer);
  addMud(asked, 'tls.client', ofClient);
  addMud(answered, 'tls.server', ofServer);
  return [...ofClient.all, ...ofServer.all];
}

/** Of the certificates alone what they say of the devices: to hash the hellos takes longer than all else. */
export function tlsDeviceFields({ client, server }: FirstBytes): readonly Field[] {
  const fields = new FieldList();
  addMud(messagesOf(client), 'tls.client', fields);
  addMud(messagesOf(server), 'tls.server', fields);
  return fields.all;
}

/** A capture may have the sides the wrong way round: who said what is told by the message. */
function addMessage({ type, body }: HandshakeMessage, under: Under, fields: FieldList): void {
  if (type === MESSAGE.clientHello) addClientHello(body, under, fields);
  if (type === MESSAGE.serverHello) addServerHello(body, fields);
  if (type === MESSAGE.certificate) addChain(body, fields);
}

function addClientHello(body: Uint8Array, under: Under, fields: FieldList): void {
  const parsed = parseClientHello(under === 'd' ? withoutCookie(body) : body);
  if (parsed.kind !== 'ok') return;
  const hello = parsed.value;
  for (const { type, body: extension } of hello.extensions) {
    if (type === SERVER_NAME) fields.add('tls.sni', nameIn(extension));
    if (type === ALPN) addProtocols(extension, fields);
  }
  fields.add('tls.ja3', ja3(hello, md5Hex));
  fields.add('tls.ja4', ja4(hello, sha256Hex, under));
}

/** RFC 6347 §4.2.1: behind the session id stands a cookie, which TLS does not have. */
export function withoutCookie(body: Uint8Array): Uint8Array {
  const at = 35 + (body[34] ?? 0);
  const cookie = body[at] ?? 0;
  return joined([body.subarray(0, at), body.subarray(at + 1 + cookie)]);
}

/** RFC 6066 §3: a list, of which only host names (0) are known, and one at most. */
function nameIn(extension: Uint8Array): string | undefined {
  const reader = new Reader(extension);
  reader.skip(2);
  const type = reader.u8();
  const name = reader.text(reader.u16());
  return reader.failed || type !== 0 ? undefined : name;
}

/** RFC 7301 §3.1. */
function addProtocols(extension: Uint8Array, fields: FieldList): void {
  const reader = new Reader(extension);
  reader.skip(2);
  for (let names = 0; reader.left > 0 && names < 16; names += 1) {
    const name = reader.text(reader.u8());
    if (!reader.failed) fields.add('tls.alpn', name);
  }
}

/** RFC 8446 §4.1.3: the version agreed on stands among the extensions from 1.3 on. */
function addServerHello(body: Uint8Array, fields: FieldList): void {
  const reader = new Reader(body);
  const legacy = reader.u16();
  reader.skip(32);
  reader.skip(reader.u8());
  const suite = reader.u16();
  reader.skip(1);
  if (reader.failed) return;
  const extensions = readExtensions(reader.left < 2 ? NOTHING : reader.take(reader.u16()));
  const chosen = extensions.find(({ type }) => type === SUPPORTED_VERSIONS)?.body;
  const version = chosen?.length === 2 ? new Reader(chosen).u16() : legacy;
  fields.add('tls.version', hexNumber(version, 4));
  fields.add('tls.cipher_id', hexNumber(suite, 4));
  fields.add('tls.cipher', suiteName(suite));
  const types = extensions.map(({ type }) => type);
  fields.add('tls.ja3s', md5Hex(ja3sText(legacy, suite, types)));
  const alpn = extensions.find(({ type }) => type === ALPN)?.body;
  if (alpn !== undefined) addProtocols(alpn, fields);
}

/** RFC 5246 §7.4.2; names of the whole chain, subject and issuer of the server's own. */
function addChain(body: Uint8Array, fields: FieldList): void {
  const reader = new Reader(body);
  reader.skip(3);
  for (let index = 0; reader.left > 0 && index < CHAIN_CAP; index += 1) {
    const certificate = readCertificate(reader.take(reader.u24()));
    if (certificate === undefined) break;
    if (index === 0) {
      fields.add('tls.cert_subject', certificate.subject);
      fields.add('tls.cert_issuer', certificate.issuer);
    }
    for (const name of certificate.dnsNames) fields.add('tls.cert_san', name);
    for (const address of certificate.addresses) fields.add('tls.cert_ip', addressText(address));
  }
}

/** Characters of a URL that is kept: cut short it would be another's. */
const URL_CAP = 255;

/** Of the certificate of whoever shows it (RFC 8520 §11); before TLS 1.3 anybody can read it. */
function addMud(
  messages: readonly HandshakeMessage[],
  of: 'tls.client' | 'tls.server',
  fields: FieldList,
): void {
  const chain = messages.find(({ type }) => type === MESSAGE.certificate);
  if (chain === undefined) return;
  const reader = new Reader(chain.body);
  reader.skip(3);
  const { url = '', signer } = mudIn(reader.take(reader.u24()));
  if (url === '' || url.length > URL_CAP) return;
  fields.add(`${of}_mud_url`, url);
  if (signer !== undefined) fields.add(`${of}_mud_signer`, hexOf(sha256(signer)));
}

function addressText(octets: Uint8Array): string {
  const value = octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return formatAddress({ family: octets.length === 4 ? 4 : 6, value });
}

/** Handshake messages of a stream, up to where it turns to cipher text (RFC 8446 §5.1). */
export function messagesOf(stream: Uint8Array): readonly HandshakeMessage[] {
  return splitMessages(joined(clearPart(stream).parts));
}

/**
 * Whether the server has turned to cipher text, or to something else: then it has had all that the
 * client says in the clear (RFC 5246 §7.3; in 1.3 there is nothing after the hellos).
 */
export function isVeiled({ server }: FirstBytes): boolean {
  return clearPart(server).isOver;
}

/** Bodies of the handshake's records before cipher text; `isOver`: that, or something else, came. */
function clearPart(stream: Uint8Array): {
  readonly parts: readonly Uint8Array[];
  readonly isOver: boolean;
} {
  const parts: Uint8Array[] = [];
  let changed = false;
  for (let rest = stream; ; ) {
    const header = parseRecordHeader(rest);
    if (header.kind !== 'ok') return { parts, isOver: header.kind === 'bad' };
    const { type, length } = header.value;
    const body = rest.subarray(header.size, header.size + length);
    rest = rest.subarray(header.size + length);
    if (type === CONTENT.data) return { parts, isOver: true };
    // Of a record that is still coming nobody knows yet.
    if (changed && !isHello(body)) return { parts, isOver: body.length === length };
    if (type === CONTENT.changeCipherSpec) changed = true;
    if (type === CONTENT.handshake) parts.push(body);
  }
}

/**
 * Before 1.3 everything is encrypted after ChangeCipherSpec; in 1.3 it is there for show, and after
 * a HelloRetryRequest another hello in the clear may follow (RFC 8446 §D.4).
 */
function isHello(body: Uint8Array): boolean {
  const reader = new Reader(body);
  const type = reader.u8();
  const length = reader.u24();
  return type <= MESSAGE.serverHello && type > 0 && length > 38 && length <= body.length - 4;
}

/** RFC 8446 §4: type, length of 24 bits, body; one that is cut is kept as far as it goes. */
export function splitMessages(bytes: Uint8Array): readonly HandshakeMessage[] {
  const reader = new Reader(bytes);
  const messages: HandshakeMessage[] = [];
  while (reader.left >= 4 && messages.length < MESSAGES_CAP) {
    const type = reader.u8();
    const length = reader.u24();
    messages.push({ type, body: reader.take(Math.min(length, reader.left)) });
  }
  return messages;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/**
 * Of TLS that begins in the middle of a conversation, where a protocol turns to it (STARTTLS, the
 * CONNECT of a proxy, SSLRequest): the first hello of each side is looked for.
 */
export function laterTlsFields({ client, server }: FirstBytes): readonly Field[] {
  const asked = messagesOf(from(client, MESSAGE.clientHello));
  const answered = messagesOf(from(server, MESSAGE.serverHello));
  return handshakeFields(asked, answered, 't');
}

/** Record of a handshake, version 3, whose message is this hello and fills no more than is said. */
function from(stream: Uint8Array, type: number): Uint8Array {
  for (let at = stream.indexOf(CONTENT.handshake); at !== -1; ) {
    if (stream[at + 1] === 3 && stream[at + 5] === type && stream[at + 9] === 3) {
      const record = parseRecordHeader(stream.subarray(at));
      if (record.kind === 'ok') return stream.subarray(at);
    }
    at = stream.indexOf(CONTENT.handshake, at + 1);
  }
  return NOTHING;
}

function md5Hex(text: string): string {
  return hexOf(md5(ascii(text)));
}

function sha256Hex(text: string): string {
  return hexOf(sha256(ascii(text)));
}
