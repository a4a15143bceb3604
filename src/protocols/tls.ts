import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { BANNER_CAP, untrusted } from '../base/untrusted.ts';
import type { Fact, TlsFacts } from '../model/evidence.ts';
import { isVeiled, tlsDeviceFields, tlsFields } from './fields/tls.ts';
import type {
  Ask,
  Dialogue,
  FirstBytes,
  Overheard,
  Peer,
  Protocol,
  Recognition,
} from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { hexOf, join } from './shared/bytes.ts';
import { eitherSide } from './shared/either.ts';
import { detail, likely, speaks } from './shared/facts.ts';
import { leave, pair } from './shared/pair.ts';
import type { TlsVersion } from './shared/tls-client-hello.ts';
import { ALL_TLS_VERSIONS, buildClientHello } from './shared/tls-client-hello.ts';
import type { RecordHeader, ServerFlight, ServerHello } from './shared/tls-records.ts';
import {
  CONTENT,
  MESSAGE,
  parseRecordHeader,
  parseServerHello,
  readServerFlight,
} from './shared/tls-records.ts';
import { suiteName } from './shared/tls-suites.ts';
import { parseV2ClientHello, parseV2ServerHello } from './shared/tls-v2-hello.ts';

const DEPTH = 512;
/** Record header, message header, version, and the length of the session id after the random. */
const HELLO_START = 5 + 4 + 2 + 32 + 1;
const SESSION_CAP = 32;

/** RFC 8446 §6, and what the versions before had: what devices really say; others stay a number. */
const ALERTS: ReadonlyMap<number, string> = new Map([
  [0, 'close_notify'],
  [10, 'unexpected_message'],
  [20, 'bad_record_mac'],
  [40, 'handshake_failure'],
  [47, 'illegal_parameter'],
  [50, 'decode_error'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [86, 'inappropriate_fallback'],
  [109, 'missing_extension'],
  [110, 'unsupported_extension'],
  [112, 'unrecognized_name'],
  [116, 'certificate_required'],
  [120, 'no_application_protocol'],
]);

export const tls = {
  id: 'tls',
  title: 'TLS',
  ports: [
    { port: 443, over: 'tcp', iana: 'https' },
    { port: 8443, over: 'tcp' },
    { port: 8883, over: 'tcp', iana: 'secure-mqtt' },
  ],
  sources: [
    'RFC 8446',
    'RFC 5246',
    'RFC 4346',
    'RFC 2246',
    'RFC 6101 (SSL 3.0)',
    'RFC 5246 §E.2 (greeting of SSL 2.0)',
    'IANA TLS Parameters',
  ],
  depth: DEPTH,
  recognise,
  overhear,
  fields: tlsFields,
  deviceFields: tlsDeviceFields,
  isRead: isVeiled,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

/**
 * The handshake; the same where the server was heard first, as in a capture of one direction; the
 * greeting of SSL 2.0; and a session whose handshake nobody heard, by its records alone.
 */
function recognise(first: FirstBytes): Recognition {
  const swapped = { client: first.server, server: first.client };
  const verdicts = [handshake(first), handshake(swapped), ofVersion2(first), midSession(first)];
  return (
    verdicts.find(({ kind }) => kind === 'yes') ??
    verdicts.find(({ kind }) => kind === 'more') ??
    NO
  );
}

/** A ClientHello that is answered by something else: in the clear, or in a draft of a version. */
function overhear(heard: Overheard): Recognition {
  const isIts = (bytes: Uint8Array): boolean => parseClientStart(bytes).kind === 'ok';
  return heard.transport === 'tcp' ? eitherSide(heard, isIts, [speaks('tls')]) : NO;
}

function handshake(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseClientStart(first.client),
    answered: parseServerStart(first.server),
    facts: (_, hello) => helloFacts(hello),
  });
}

function ofVersion2(first: FirstBytes): Recognition {
  const old = parseV2ServerHello(first.server);
  const isOld = first.server.length > 0 && old.kind !== 'bad';
  const answered = isOld ? old : parseServerStart(first.server);
  return pair<number, number | ServerHello | undefined>(first, DEPTH, {
    asked: parseV2ClientHello(first.client),
    answered,
    facts: (_, hello) =>
      typeof hello === 'number' ? [speaks('tls', 'SSL 2.0')] : helloFacts(hello),
  });
}

/** Whole records one after another, as far as they can be seen; an alert in the clear is one too. */
function midSession({ client, server }: FirstBytes): Recognition {
  const sides = [client, server].filter(({ length }) => length > 0).map(areRecords);
  if (sides.includes('no')) return NO;
  return sides.length > 0 && !sides.includes('more') ? likely([speaks('tls')]) : WAIT;
}

function areRecords(bytes: Uint8Array): 'yes' | 'no' | 'more' {
  let seen = 0;
  for (let rest = bytes; ; ) {
    const header = parseRecordHeader(rest);
    if (header.kind === 'bad' || (header.kind === 'ok' && !isOfSession(header.value))) return 'no';
    if (header.kind === 'more') return seen > 0 ? 'yes' : 'more';
    seen += 1;
    if (rest.length <= header.size + header.value.length) return 'yes';
    rest = rest.subarray(header.size + header.value.length);
  }
}

/** Cipher text has at least a tag (RFC 8446 §5.2); in the clear there are only short alerts. */
function isOfSession({ type, length, version }: RecordHeader): boolean {
  if (version < 0x0300 || type === CONTENT.handshake) return false;
  return type === CONTENT.alert ? length === 2 || length >= 16 : length >= 16;
}

/** Record, handshake, ClientHello with a version and a session id as they may be. */
export function parseClientStart(bytes: Uint8Array): Parsed<null> {
  const header = parseRecordHeader(bytes);
  if (header.kind !== 'ok') return header;
  if (header.value.type !== CONTENT.handshake) return bad('a client begins with a handshake');
  const reader = new Reader(bytes.subarray(header.size));
  const type = reader.u8();
  const length = reader.u24();
  const major = reader.u8();
  const minor = reader.u8();
  reader.skip(32);
  const session = reader.u8();
  if (bytes.length > 5 && type !== MESSAGE.clientHello) return bad('no ClientHello');
  if (bytes.length > 8 && length < 41) return bad('too short for a ClientHello');
  if (bytes.length > 10 && (major !== 3 || minor > 4)) return bad('no version of TLS');
  if (reader.failed) return MORE;
  if (session > SESSION_CAP) return bad('a session id has at most 32 bytes');
  return { kind: 'ok', value: null, size: HELLO_START };
}

/** ServerHello, as far as it has come, or an alert; what is no hello is undefined. */
function parseServerStart(bytes: Uint8Array): Parsed<ServerHello | undefined> {
  const header = parseRecordHeader(bytes);
  if (header.kind !== 'ok') return header;
  const { type, length } = header.value;
  const size = header.size + length;
  if (type === CONTENT.alert) {
    return length === 2 ? { kind: 'ok', value: undefined, size } : bad('no alert in the clear');
  }
  if (type !== CONTENT.handshake) return bad('a server begins with a handshake');
  const reader = new Reader(bytes.subarray(header.size));
  const message = reader.u8();
  const body = reader.take(Math.min(reader.u24(), reader.left));
  if (bytes.length > 5 && message !== MESSAGE.serverHello) return bad('no ServerHello');
  const hello = parseServerHello(body);
  if (hello.kind !== 'more') return hello;
  return bytes.length < HELLO_START ? MORE : { kind: 'ok', value: undefined, size };
}

function helloFacts(hello: ServerHello | undefined): readonly Fact[] {
  if (hello === undefined) return [speaks('tls')];
  return [
    speaks('tls', shortName(hello.version)),
    detail('cipher', suiteName(hello.suite)),
    ...(hello.alpn === undefined ? [] : [detail('alpn', hello.alpn)]),
  ];
}

/** `TLSv1` -> `1.0`, `SSLv3` -> `SSL 3.0`. */
function shortName(version: TlsVersion): string {
  if (version === 'SSLv3') return 'SSL 3.0';
  return version === 'TLSv1' ? '1.0' : version.slice(4);
}

/**
 * Greets and goes no further than the server's first flight: no key is ever agreed on. A server that
 * refuses everything new is greeted again as an old client would.
 */
function* dialogue(peer: Peer): Dialogue {
  let refused: ServerFlight | undefined;
  for (const version of ['TLSv1.3', 'TLSv1', 'SSLv3'] as const) {
    const flight = yield* greet({ version, nonce: peer.nonce }, refused !== undefined);
    if (flight.hello !== undefined) {
      if (flight.hello.version !== 'TLSv1.3') yield leave(FAREWELL);
      return [...helloFacts(flight.hello), ...flightFacts(flight)];
    }
    if (flight.alert === undefined) break;
    refused ??= flight;
  }
  if (refused?.alert === undefined) return [];
  const { description } = refused.alert;
  return [speaks('tls'), detail('alert', ALERTS.get(description) ?? String(description))];
}

/** The certificate in hex, for the shell to read; one of over 4 kB of DER is left out. */
function flightFacts(flight: ServerFlight): readonly Fact[] {
  const facts = summarise([flight]);
  const [der] = flight.certificates;
  const isShort = der !== undefined && der.length * 2 <= BANNER_CAP;
  return [
    ...(facts === undefined ? [] : [{ kind: 'tls', tls: facts } as const]),
    ...(isShort
      ? [
          {
            kind: 'detail',
            name: 'certificate-der',
            value: untrusted(hexOf(der), BANNER_CAP),
          } as const,
        ]
      : []),
  ];
}

/** One greeting and what the server said to it; for whoever asks about one version after another. */
export function* greet(
  options: Parameters<typeof buildClientHello>[0],
  reconnect: boolean,
): Generator<Ask, ServerFlight, Uint8Array> {
  const received = yield {
    send: buildClientHello(options),
    complete: (bytes) => readServerFlight(bytes).complete,
    reconnect,
  };
  return readServerFlight(received);
}

/** user_canceled and close_notify as warnings, in the clear (RFC 5246 §7.2.1, §7.2.2). */
const FAREWELL = join([CONTENT.alert, 3, 1, 0, 2, 1, 90], [CONTENT.alert, 3, 1, 0, 2, 1, 0]);

/**
 * What several greetings tell together, one for each version that was offered alone or as the
 * highest. The suite is that of the newest version.
 */
export function summarise(
  flights: readonly ServerFlight[],
): Omit<TlsFacts, 'certificate'> | undefined {
  const hellos = flights.flatMap(({ hello }) => hello ?? []);
  const versions = ALL_TLS_VERSIONS.filter((name) =>
    hellos.some(({ version }) => version === name),
  );
  const newest = hellos.find(({ version }) => version === versions.at(-1));
  if (newest === undefined) return undefined;
  return {
    versions,
    cipher: suiteName(newest.suite),
    ...(newest.alpn === undefined ? {} : { alpn: untrusted(newest.alpn) }),
    clientCertificate: flights.some(({ clientCertificate }) => clientCertificate),
  };
}
