import type { Parsed } from '../base/reader.ts';
import { bad, Reader } from '../base/reader.ts';
import { BANNER_CAP, untrusted } from '../base/untrusted.ts';
import type { Fact } from '../model/evidence.ts';
import { dtlsFields } from './fields/dtls.ts';
import type { Ask, Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { hexOf, join, NOTHING, u16 } from './shared/bytes.ts';
import type { Flight } from './shared/dtls-records.ts';
import {
  ALERT,
  CERTIFICATE,
  CERTIFICATE_REQUEST,
  CLIENT_HELLO,
  DTLS_1_0,
  DTLS_1_2,
  firstCertificate,
  HANDSHAKE,
  HELLO_VERIFY_REQUEST,
  handshake,
  parseRecord,
  readFlight,
  record,
  SERVER_HELLO,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
} from './shared/dtls-records.ts';
import { isPreShared, OFFERED, suiteName } from './shared/dtls-suites.ts';
import { access, amplification, detail, speaks } from './shared/facts.ts';
import { leave, pair } from './shared/pair.ts';

/** RFC 5246 §7.2: what devices really say; others stay a number. */
const ALERTS: ReadonlyMap<number, string> = new Map([
  [0, 'close_notify'],
  [10, 'unexpected_message'],
  [40, 'handshake_failure'],
  [47, 'illegal_parameter'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [110, 'unsupported_extension'],
]);

/** user_canceled and close_notify, both as warnings (RFC 5246 §7.2.1, §7.2.2). */
const FAREWELL = join(
  record(ALERT, 2, Uint8Array.of(1, 90)),
  record(ALERT, 3, Uint8Array.of(1, 0)),
);

export const dtls = {
  id: 'dtls',
  title: 'DTLS',
  ports: [
    { port: 5684, over: 'udp', iana: 'coaps' },
    { port: 2100, over: 'udp' },
    { port: 4433, over: 'udp' },
  ],
  sources: [
    'RFC 6347',
    'RFC 5246 §7',
    'RFC 4279',
    'RFC 7252 §9.1.3',
    'IANA TLS Cipher Suites',
    'https://github.com/AlCalzone/node-dtls-client/issues/6 (Hue Entertainment, udp/2100)',
  ],
  depth: 32,
  recognise,
  fields: dtlsFields,
  greeting: 4,
  probe: { impact: 'handshake', over: ['udp'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, dtls.depth, {
    asked: parseFirst(first.client, [CLIENT_HELLO]),
    answered: parseFirst(first.server, [SERVER_HELLO, HELLO_VERIFY_REQUEST]),
    facts: () => [speaks('dtls')],
  });
}

/** The first record of a side: a handshake message of one of these types, or an alert. */
function parseFirst(bytes: Uint8Array, types: readonly number[]): Parsed<null> {
  const parsed = parseRecord(bytes, dtls.depth);
  if (parsed.kind !== 'ok') return parsed;
  const { type, epoch, fragment } = parsed.value;
  const isAlert = type === ALERT && fragment.length === 2 && !types.includes(CLIENT_HELLO);
  const isMessage = type === HANDSHAKE && types.includes(fragment[0] ?? 0);
  if (epoch !== 0 || !(isAlert || isMessage)) return bad('no start of a handshake');
  return { kind: 'ok', value: null, size: parsed.size };
}

/** Greets it up to where a client would prove itself, takes leave, and asks whether it knows 1.0. */
function* dialogue({ nonce }: Peer): Dialogue {
  const first = yield* greet({ version: DTLS_1_2, suites: OFFERED, nonce, reconnect: false });
  const { sent, received } = first;
  const size = amplification(sent, received);
  const flight = serverHello(first.flight) ? first.flight : yield* insist(first.flight, nonce);
  const hello = serverHello(flight);
  if (hello === undefined) return isProof(flight) ? [...refusal(flight), ...size] : [];
  yield leave(FAREWELL);
  const versions = [versionName(hello.version)];
  if (hello.version === DTLS_1_2 && (yield* acceptsOlder(nonce))) {
    versions.unshift(versionName(DTLS_1_0));
  }
  const version = versionName(hello.version).slice('DTLSv'.length);
  return [speaks('dtls', version), ...helloFacts(flight, hello, versions), ...size];
}

/**
 * A server that has keys alone may choose a suite with a certificate, and then fall silent (libcoap
 * with GnuTLS): it is offered keys alone.
 */
function* insist(flight: Flight, nonce: Uint8Array): Generator<Ask, Flight, Uint8Array> {
  if (!flight.messages.has(HELLO_VERIFY_REQUEST)) return flight;
  const suites = OFFERED.filter(isPreShared);
  const second = yield* greet({ version: DTLS_1_2, suites, nonce, reconnect: true });
  return serverHello(second.flight) ? second.flight : flight;
}

function* acceptsOlder(nonce: Uint8Array): Generator<Ask, boolean, Uint8Array> {
  const older = yield* greet({ version: DTLS_1_0, suites: OFFERED, nonce, reconnect: true });
  const hello = serverHello(older.flight);
  if (hello !== undefined) yield leave(FAREWELL);
  return hello?.version === DTLS_1_0;
}

function isProof({ messages, alert }: Flight): boolean {
  return alert !== undefined || messages.has(HELLO_VERIFY_REQUEST);
}

function refusal({ alert }: Flight): readonly Fact[] {
  return alert === undefined ? [speaks('dtls')] : [speaks('dtls'), alertFact(alert)];
}

interface Offer {
  readonly version: number;
  readonly suites: readonly number[];
  readonly nonce: Uint8Array;
  readonly reconnect: boolean;
}

interface Greeting {
  readonly flight: Flight;
  readonly sent: Uint8Array;
  readonly received: Uint8Array;
}

/** ClientHello, and once more with the cookie that the server wants to see (RFC 6347 §4.2.1). */
function* greet(offer: Offer): Generator<Ask, Greeting, Uint8Array> {
  const sent = clientHello(offer, 0, NOTHING);
  const received = yield { send: sent, complete: isComplete, reconnect: offer.reconnect };
  const flight = readFlight(received);
  const cookie = cookieIn(flight);
  if (cookie === undefined || serverHello(flight)) return { flight, sent, received };
  const answer = readFlight(yield { send: clientHello(offer, 1, cookie), complete: isComplete });
  const messages = new Map([...flight.messages, ...answer.messages]);
  return { flight: { ...answer, messages }, sent, received };
}

/** A cookie, the end of the server's flight, or an alert. */
function isComplete(received: Uint8Array): boolean {
  const { messages, alert } = readFlight(received);
  return (
    alert !== undefined || messages.has(HELLO_VERIFY_REQUEST) || messages.has(SERVER_HELLO_DONE)
  );
}

function cookieIn(flight: Flight): Uint8Array | undefined {
  const message = flight.messages.get(HELLO_VERIFY_REQUEST);
  if (message === undefined) return undefined;
  const reader = new Reader(message);
  reader.skip(2);
  const cookie = reader.take(reader.u8());
  return reader.failed ? undefined : cookie;
}

function clientHello(offer: Offer, number: number, cookie: Uint8Array): Uint8Array {
  const { version, nonce } = offer;
  const suites = join(...offer.suites.map(u16));
  const start = join(u16(version), nonce, [0], [cookie.length], cookie);
  const body = join(start, u16(suites.length), suites, [1, 0], extensions(version));
  return handshake(CLIENT_HELLO, number, body);
}

/**
 * supported_groups (x25519, P-256, P-384), ec_point_formats, from 1.2 on signature_algorithms
 * (RFC 8422, RFC 5246 §7.4.1.4.1), extended_master_secret (RFC 7627), renegotiation_info (RFC 5746).
 */
function extensions(version: number): Uint8Array {
  const algorithms = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203,
  ];
  const list = join(
    extension(10, join(u16(6), u16(29), u16(23), u16(24))),
    extension(11, Uint8Array.of(1, 0)),
    version === DTLS_1_2
      ? extension(13, join(u16(algorithms.length * 2), ...algorithms.map(u16)))
      : NOTHING,
    extension(23, NOTHING),
    extension(0xff01, Uint8Array.of(0)),
  );
  return join(u16(list.length), list);
}

function extension(type: number, body: Uint8Array): Uint8Array {
  return join(u16(type), u16(body.length), body);
}

interface ServerHello {
  readonly version: number;
  readonly suite: number;
}

/** RFC 5246 §7.4.1.3: version, random, session, suite. */
function serverHello(flight: Flight): ServerHello | undefined {
  const message = flight.messages.get(SERVER_HELLO);
  if (message === undefined) return undefined;
  const reader = new Reader(message);
  const version = reader.u16();
  reader.skip(32);
  reader.skip(reader.u8());
  const suite = reader.u16();
  return reader.failed || (version !== DTLS_1_0 && version !== DTLS_1_2)
    ? undefined
    : { version, suite };
}

function versionName(version: number): string {
  return version === DTLS_1_0 ? 'DTLSv1.0' : 'DTLSv1.2';
}

function helloFacts(
  { messages }: Flight,
  { suite }: ServerHello,
  versions: readonly string[],
): readonly Fact[] {
  const clientCertificate = messages.has(CERTIFICATE_REQUEST);
  const certificate = firstCertificate(messages.get(CERTIFICATE) ?? NOTHING);
  const preShared = isPreShared(suite);
  const hint = preShared ? hintIn(messages.get(SERVER_KEY_EXCHANGE) ?? NOTHING) : '';
  return [
    { kind: 'tls', tls: { versions, cipher: suiteName(suite), clientCertificate } },
    ...(preShared ? [access('credentials')] : []),
    ...(hint === '' ? [] : [detail('psk-identity-hint', hint)]),
    ...(certificate.length === 0 ? [] : [certificateFact(certificate)]),
  ];
}

/** RFC 4279 §2, RFC 5489 §2: the hint comes first in either kind of key exchange. */
function hintIn(message: Uint8Array): string {
  const reader = new Reader(message);
  return reader.text(reader.u16());
}

/** In hex, for the shell to read; cut ones (over 4 kB of DER) would be of no use. */
function certificateFact(der: Uint8Array): Fact {
  return { kind: 'detail', name: 'certificate-der', value: untrusted(hexOf(der), BANNER_CAP) };
}

function alertFact({ description }: { readonly description: number }): Fact {
  return detail('alert', ALERTS.get(description) ?? String(description));
}
