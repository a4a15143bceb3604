import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { laterTlsFields } from './fields/tls.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { NOTHING } from './shared/bytes.ts';
import { detail, likely, proved, speaks } from './shared/facts.ts';
import { readCString } from './shared/text.ts';

const PROTOCOL_10 = 10;
const ERROR = 0xff;
/** Capability of the server: it can go over to TLS (CLIENT_SSL). */
const CLIENT_SSL = 0x0800;
/** Bytes of a greeting; those in use have fewer than 120. */
const GREETING_CAP = 512;
const CLIENT_PROTOCOL_41 = 0x0200;

export interface Greeting {
  readonly software: string;
  /** Undefined where the server refuses to greet us. */
  readonly tls: boolean | undefined;
}

export const mysql = {
  id: 'mysql',
  title: 'MySQL',
  ports: [{ port: 3306, over: 'tcp', iana: 'mysql' }],
  sources: [
    'MySQL Internals: Protocol::HandshakeV10, Protocol::ERR_Packet',
    'MariaDB Knowledge Base: Connecting, Initial Handshake Packet',
  ],
  depth: GREETING_CAP,
  recognise,
  fields: laterTlsFields,
  probe: { impact: 'listens', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const greeting = parseGreeting(server);
  const answer = parseLogin(client);
  if (greeting.kind === 'bad' || answer.kind === 'bad') return NO;
  if (greeting.kind === 'more') return answer.kind === 'ok' ? likely([speaks('mysql')]) : WAIT;
  const facts = factsOf(greeting.value);
  return answer.kind === 'ok' ? proved(facts) : likely(facts);
}

/**
 * Only listens: the server greets with its version, and there is no way to take leave before a
 * login. It counts such visits, and shuts out an address after 100 of them in a row, so one scan
 * must not visit more than once (MySQL manual, `max_connect_errors`).
 */
function* dialogue(): Dialogue {
  const greeting = parseGreeting(
    yield { send: NOTHING, complete: (received) => parseGreeting(received).kind !== 'more' },
  );
  return greeting.kind === 'ok' ? factsOf(greeting.value) : [];
}

/** Packet header of a length in three bytes, least significant first, and a number. */
export function parseGreeting(bytes: Uint8Array): Parsed<Greeting> {
  const reader = new Reader(bytes);
  const length = reader.u16le() + reader.u8() * 0x10000;
  const sequence = reader.u8();
  const kind = reader.u8();
  if ((bytes[1] ?? 0) > 1 || (bytes.length >= 3 && (length < 10 || length > GREETING_CAP - 4))) {
    return bad('no such length');
  }
  if (reader.failed) return MORE;
  if (sequence !== 0 || (kind !== PROTOCOL_10 && kind !== ERROR)) return bad('no greeting');
  if (bytes.length < length + 4) return MORE;
  return kind === ERROR ? parseRefusal(reader, length) : parseHandshake(reader, length);
}

function parseHandshake(reader: Reader, length: number): Parsed<Greeting> {
  const software = readCString(reader, 64);
  reader.skip(4 + 8); // Connection id, and the first part of the challenge.
  const filler = reader.u8();
  const capabilities = reader.u16le();
  if (reader.failed || filler !== 0 || !/^\d{1,2}\.\d[\x20-\x7e]*$/.test(software)) {
    return bad('no handshake of version 10');
  }
  return {
    kind: 'ok',
    value: { software, tls: (capabilities & CLIENT_SSL) !== 0 },
    size: length + 4,
  };
}

/** A server that knows our address to be barred says so at once (errors 1040, 1129, 1130). */
function parseRefusal(reader: Reader, length: number): Parsed<Greeting> {
  const code = reader.u16le();
  const text = reader.text(length - 3);
  const barred = code === 1040 || code === 1129 || code === 1130;
  if (!barred || !/MySQL|MariaDB|Too many connections/.test(text))
    return bad('no refusal of MySQL');
  return { kind: 'ok', value: { software: '', tls: undefined }, size: length + 4 };
}

/** HandshakeResponse41 or SSLRequest: the second packet of the connection. */
function parseLogin(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const length = reader.u16le() + reader.u8() * 0x10000;
  const sequence = reader.u8();
  const capabilities = reader.u16le();
  if (bytes.length >= 4 && (sequence !== 1 || length < 32 || length > 4096)) return bad('no login');
  if (reader.failed) return MORE;
  if ((capabilities & CLIENT_PROTOCOL_41) === 0) return bad('a client older than 4.1');
  reader.skip(7); // The other capabilities, the longest packet, and the character set.
  const filler = reader.take(19);
  if (reader.failed) return MORE;
  return filler.every((byte) => byte === 0)
    ? { kind: 'ok', value: capabilities, size: length + 4 }
    : bad('the filler is not empty');
}

/** `5.5.5-` stands before MariaDB's own version for the sake of old clients. */
function factsOf({ software, tls }: Greeting): readonly Fact[] {
  const version = software.replace(/^5\.5\.5-(?=\d+\.\d+\.\d+-MariaDB)/, '');
  if (version === '') return [speaks('mysql')];
  return [
    speaks('mysql', /^[\d.]{1,16}/.exec(version)?.[0] ?? 'unknown'),
    detail('software', /MariaDB/.test(version) ? version : `MySQL ${version}`),
    ...(tls === undefined ? [] : [detail('STARTTLS', tls ? 'offered' : 'not offered')]),
  ];
}
