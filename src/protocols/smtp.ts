import type { Fact } from '../model/evidence.ts';
import { smtpFields } from './fields/lines.ts';
import type { Dialogue, FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, NOTHING } from './shared/bytes.ts';
import { detail, likely, proved, speaks, undecided } from './shared/facts.ts';
import type { Reply } from './shared/text.ts';
import { firstCommand, parseReply, textOf } from './shared/text.ts';

/** RFC 5321 §4.1.1.1; LHLO is LMTP's and no SMTP. */
const COMMANDS = ['EHLO', 'HELO'];
/** Those that nobody else has, wherever a session was joined (RFC 5321 §4.1.1). */
const MIDDLE = /^(?:EHLO|HELO)[ \r\n]|^(?:MAIL FROM|RCPT TO): ?</i;
const DEPTH = 512;
const READY = 220;
const COMPLETED = 250;

export const smtp = {
  id: 'smtp',
  title: 'SMTP',
  ports: [
    { port: 25, over: 'tcp', iana: 'smtp' },
    { port: 587, over: 'tcp', iana: 'submission' },
    { port: 2525, over: 'tcp' },
    { port: 465, over: 'tls', iana: 'submissions' },
  ],
  sources: ['RFC 5321', 'RFC 3207', 'RFC 4954', 'RFC 2606 §2'],
  depth: DEPTH,
  recognise,
  overhear,
  fields: smtpFields,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

/** FTP and others greet with 220 as well: the greeting's own word or the answer to EHLO decides. */
function recognise(first: FirstBytes): Recognition {
  const asked = firstCommand(first.client, COMMANDS);
  const greeting = parseReply(first.server);
  if (asked === 'no' || greeting.kind === 'bad') return NO;
  if (first.server.length === 0) return asked === 'yes' ? likely([speaks('smtp')]) : WAIT;
  if (greeting.kind === 'more') return undecided(first, DEPTH);
  if (greeting.value.code !== READY) return NO;
  const named = namesSmtp(greeting.value);
  if (asked === 'yes')
    return isMail(first, greeting.size, named) ? proved(factsOf(greeting.value)) : NO;
  return named ? likely(factsOf(greeting.value)) : undecided(first, DEPTH);
}

/** A client that keeps to the grammar, and a server whose greeting does not end or was not heard. */
function overhear({ client, server }: Overheard): Recognition {
  const answers = server.length === 0 || /^[2-5]\d\d/.test(textOf(server, 3));
  return answers && MIDDLE.test(textOf(client, DEPTH)) ? likely([speaks('smtp')]) : NO;
}

/** EHLO is answered by the extensions; what has not come yet may be missing where SMTP was named. */
function isMail({ server }: FirstBytes, offset: number, named: boolean): boolean {
  const answer = parseReply(server.subarray(offset));
  if (answer.kind === 'ok' && answer.value.code === COMPLETED) return true;
  return named && answer.kind !== 'bad';
}

/** Waits for the greeting, introduces itself, hears the extensions, and takes leave. */
function* dialogue(): Dialogue {
  const complete = (received: Uint8Array): boolean => parseReply(received).kind !== 'more';
  const greeting = parseReply(yield { send: NOTHING, complete });
  if (greeting.kind !== 'ok' || greeting.value.code !== READY) return [];

  // A name that cannot exist: we have none, and none may be borrowed (RFC 2606 §2).
  const extensions = parseReply(yield { send: ascii('EHLO portolan.invalid\r\n'), complete });
  yield { send: ascii('QUIT\r\n'), complete };
  if (extensions.kind !== 'ok') return [];
  const facts = factsOf(greeting.value);
  if (extensions.value.code === COMPLETED) return [...facts, ...extensionsOf(extensions.value)];
  return namesSmtp(greeting.value) ? facts : [];
}

function namesSmtp({ lines }: Reply): boolean {
  return /\bE?SMTP\b/i.test(lines.join('\n'));
}

/** RFC 5321 §4.1.1.1: the first line is the server's name, the others are one extension each. */
function extensionsOf({ lines }: Reply): readonly Fact[] {
  const names = lines.slice(1).map((line) => line.trim());
  const auth = names.find((name) => /^AUTH[ =]/i.test(name));
  return [
    detail('STARTTLS', names.some((name) => /^STARTTLS$/i.test(name)) ? 'offered' : 'not offered'),
    ...(auth === undefined ? [] : [detail('login methods', auth.slice(5))]),
  ];
}

function factsOf({ lines }: Reply): readonly Fact[] {
  const banner = lines.join(' ').trim();
  return [speaks('smtp'), ...(banner === '' ? [] : [detail('banner', banner)])];
}
