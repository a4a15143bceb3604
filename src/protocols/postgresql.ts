import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { laterTlsFields } from './fields/tls.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { join, u32 } from './shared/bytes.ts';
import { detail, likely, proved, speaks } from './shared/facts.ts';
import { textOf } from './shared/text.ts';

/** Codes in the place of a version (PostgreSQL manual, "Message Formats"). */
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const VERSION_3 = 0x0003_0000;
const [S, N, G, E, R] = [0x53, 0x4e, 0x47, 0x45, 0x52];

export const postgresql = {
  id: 'postgresql',
  title: 'PostgreSQL',
  ports: [{ port: 5432, over: 'tcp', iana: 'postgresql' }],
  sources: ['PostgreSQL 17 manual, chapter 53: Message Flow, Message Formats, Error Fields'],
  depth: 64,
  recognise,
  fields: laterTlsFields,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseStart(client);
  const answered = parseAnswer(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'more') return WAIT;
  const facts = [speaks('postgresql', '3.0')];
  return answered.kind === 'ok' ? proved(facts) : likely(facts);
}

/**
 * Asks whether the stream could be encrypted, in both ways that there are, and leaves. The answers
 * are one byte each, so that one alone would prove nothing; no name of a user is ever told.
 */
function* dialogue(): Dialogue {
  const gss = yield { send: request(GSS_REQUEST), complete: (received) => received.length > 0 };
  const known = gss[0] === E ? isError(gss) : gss.length === 1 && (gss[0] === N || gss[0] === G);
  if (!known) return [];
  // An error ends the session (versions before 12), and after G only Kerberos would be heard.
  const ssl = yield {
    send: request(SSL_REQUEST),
    complete: (received) => received.length > 0,
    reconnect: gss[0] !== N,
  };
  if (ssl.length !== 1 || (ssl[0] !== S && ssl[0] !== N)) return [];
  return [
    speaks('postgresql', '3.0'),
    detail('STARTTLS', ssl[0] === S ? 'offered' : 'not offered'),
  ];
}

function request(code: number): Uint8Array {
  return join(u32(8), u32(code));
}

/** SSLRequest, GSSENCRequest, or StartupMessage with its first parameter, the user. */
function parseStart(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const code = reader.u32();
  if (bytes.length >= 4 && (length < 8 || length > 10_000)) return bad('no such length');
  if (reader.failed) return MORE;
  if (code === SSL_REQUEST || code === GSS_REQUEST) {
    return length === 8 ? { kind: 'ok', value: code, size: 8 } : bad('it is longer than a request');
  }
  if (code !== VERSION_3) return bad('no such version');
  const name = reader.text(5);
  if (reader.failed) return MORE;
  return /^(?:user|data|appl|clie|opti|repl)/.test(name)
    ? { kind: 'ok', value: code, size: length }
    : bad('no parameter');
}

/** One byte, an authentication request, or an error. */
function parseAnswer(bytes: Uint8Array): Parsed<number> {
  const [type] = bytes;
  if (type === undefined) return MORE;
  const next = AFTER_ONE_BYTE.get(type);
  if (next !== undefined) {
    const fits = bytes.length === 1 || next.some((second) => second === bytes[1]);
    return fits ? { kind: 'ok', value: type, size: 1 } : bad('it is no answer of one byte');
  }
  const reader = new Reader(bytes);
  reader.skip(1);
  const length = reader.u32();
  if (type === R && (length < 8 || length > 4096))
    return bytes.length < 5 ? MORE : bad('no length');
  if (type === R) return { kind: 'ok', value: type, size: length + 1 };
  return isError(bytes) ? { kind: 'ok', value: type, size: length + 1 } : bad('no such answer');
}

/**
 * What may follow an answer of one byte: after "S" a record of TLS, after "N" whatever is said in the
 * clear (a further answer, authentication, error, negotiated version), after "G" a length below 16 MiB.
 */
const AFTER_ONE_BYTE: ReadonlyMap<number, readonly number[]> = new Map([
  [S, [0x16, 0x15]],
  [N, [R, E, N, S, G, 0x76]],
  [G, [0]],
]);

/** Fields of one letter each; the severity comes first, in both forms of the message. */
function isError(bytes: Uint8Array): boolean {
  const text = textOf(bytes, 24);
  return /^E(?:\0\0[\s\S]{2}S|)(?:FATAL|ERROR|PANIC)/.test(text) || /^EFATAL: /.test(text);
}
