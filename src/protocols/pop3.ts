import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { laterTlsFields } from './fields/tls.ts';
import type { Dialogue, FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, begins, NOTHING } from './shared/bytes.ts';
import { detail, likely, proved, speaks, undecided } from './shared/facts.ts';
import { firstCommand, parseLine, TEXT_CAP, textOf } from './shared/text.ts';

/** Commands of a session that was joined in its middle (RFC 1939 §5). */
const MIDDLE = [...'STAT LIST RETR DELE NOOP RSET TOP UIDL PASS'.split(' ')];
const DEPTH = 256;
const COMMANDS = ['CAPA', 'USER', 'APOP', 'STLS', 'AUTH', 'QUIT', 'UTF8', 'LANG'];

export const pop3 = {
  id: 'pop3',
  title: 'POP3',
  ports: [
    { port: 110, over: 'tcp', iana: 'pop3' },
    { port: 995, over: 'tls', iana: 'pop3s' },
  ],
  sources: ['RFC 1939', 'RFC 2449', 'RFC 2595'],
  depth: DEPTH,
  recognise,
  overhear,
  fields: laterTlsFields,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const asked = firstCommand(first.client, COMMANDS);
  const greeting = parseStatus(first.server);
  if (asked === 'no' || greeting.kind === 'bad') return NO;
  if (greeting.kind === 'more') return undecided(first, DEPTH);
  const facts = factsOf(greeting.value);
  // Both sides must go on: a lone "+OK" is said by others too.
  const next = parseStatus(first.server.subarray(greeting.size));
  if (asked === 'yes')
    return next.kind === 'bad' && !isError(first, greeting.size) ? NO : proved(facts);
  return namesPop(greeting.value) ? likely(facts) : WAIT;
}

/** Both sides from the middle of a session. */
function overhear({ client, server }: Overheard): Recognition {
  const asked = firstCommand(client, [...COMMANDS, ...MIDDLE]);
  const answered = parseStatus(server);
  return asked === 'yes' && answered.kind === 'ok' ? likely([speaks('pop3')]) : NO;
}

function isError({ server }: FirstBytes, offset: number): boolean {
  return begins(server.subarray(offset), '-ERR') === 'yes';
}

/** Waits for the greeting, asks for the capabilities (RFC 2449 §5), and takes leave. */
function* dialogue(): Dialogue {
  const greeting = parseStatus(
    yield { send: NOTHING, complete: (received) => parseStatus(received).kind !== 'more' },
  );
  if (greeting.kind !== 'ok') return [];
  const answer = yield { send: ascii('CAPA\r\n'), complete: isList };
  yield {
    send: ascii('QUIT\r\n'),
    complete: (received) => parseLine(received).kind !== 'more',
  };
  const facts = factsOf(greeting.value);
  const capabilities = capabilitiesOf(answer);
  if (capabilities === undefined) return namesPop(greeting.value) ? facts : [];
  const tls = capabilities.includes('STLS') ? 'offered' : 'not offered';
  return [...facts, detail('STARTTLS', tls)];
}

/** `+OK` and text; the timestamp of APOP is part of the text (RFC 1939 §4, §7). */
function parseStatus(bytes: Uint8Array): Parsed<string> {
  if (begins(bytes, '+OK') === 'no') return bad('it does not begin with +OK');
  const line = parseLine(bytes, 512);
  if (line.kind !== 'ok') return line;
  const match = /^\+OK(?: (.*))?$/.exec(line.value);
  if (match === null) return bad('no POP3 status');
  return { kind: 'ok', value: match[1] ?? '', size: line.size };
}

/** A list ends with a line of one dot; an error is one line (RFC 1939 §3). */
function isList(received: Uint8Array): boolean {
  if (received.length >= TEXT_CAP) return true;
  if (begins(received, '+OK') === 'no') return parseLine(received).kind !== 'more';
  return textOf(received.subarray(-5)).endsWith('\r\n.\r\n');
}

function capabilitiesOf(answer: Uint8Array): readonly string[] | undefined {
  const lines = textOf(answer).split('\r\n');
  if (!lines[0]?.startsWith('+OK') || lines.at(-2) !== '.') return undefined;
  const names = lines.slice(1, -2).map((line) => line.split(' ', 1)[0]?.toUpperCase() ?? '');
  // RFC 2449 §6: what a server without any of these would list is no POP3.
  return names.some((name) => KNOWN.has(name)) ? names : undefined;
}

const KNOWN = new Set(['USER', 'TOP', 'UIDL', 'SASL', 'STLS', 'PIPELINING', 'RESP-CODES']);

function namesPop(text: string): boolean {
  return /\bPOP3?\b|Dovecot|<[\w.-]{1,80}@[\w.-]{1,80}>/i.test(text);
}

function factsOf(text: string): readonly Fact[] {
  return [speaks('pop3'), ...(text === '' ? [] : [detail('banner', text)])];
}
