import type { Fact } from '../model/evidence.ts';
import { ftpFields } from './fields/lines.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, NOTHING } from './shared/bytes.ts';
import { detail, likely, proved, speaks, undecided } from './shared/facts.ts';
import type { Reply } from './shared/text.ts';
import { firstCommand, parseReply, textOf } from './shared/text.ts';

const DEPTH = 512;
/** First commands of an FTP client (RFC 959 §4.1, RFC 2228, RFC 2389, RFC 7151). */
const COMMANDS = ['USER', 'FEAT', 'SYST', 'AUTH', 'HOST', 'OPTS', 'CLNT', 'ACCT', 'QUIT', 'NOOP'];
/** System status, and features (RFC 2389 §3.2). */
const FEATURES = 211;

export const ftp = {
  id: 'ftp',
  title: 'FTP',
  ports: [
    { port: 21, over: 'tcp', iana: 'ftp' },
    { port: 2121, over: 'tcp' },
    { port: 990, over: 'tls', iana: 'ftps' },
  ],
  sources: ['RFC 959', 'RFC 1123 §4.1', 'RFC 2228', 'RFC 2389', 'RFC 4217'],
  depth: DEPTH,
  recognise,
  fields: ftpFields,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

/** FTP and SMTP both greet with 220: the greeting's own word or the client's commands decide. */
function recognise(first: FirstBytes): Recognition {
  const asked = firstCommand(first.client, COMMANDS);
  const greeting = parseReply(first.server);
  if (asked === 'no' && first.client.length > 0) return NO;
  if (greeting.kind === 'bad') return NO;
  if (greeting.kind === 'more') return undecided(first, DEPTH);
  if (!isGreeting(greeting.value) || namesSmtp(greeting.value)) return NO;

  const facts = factsOf(greeting.value);
  const named = namesFtp(greeting.value);
  if (asked === 'yes') return named || isOwnTalk(first) ? proved(facts) : NO;
  return named ? likely(facts) : WAIT;
}

/**
 * Whether a command and a reply came that only FTP has: a login with USER and 331 is not enough, others
 * have borrowed it.
 */
function isOwnTalk({ client, server }: FirstBytes): boolean {
  const own = /^(?:FEAT|SYST|PASV|EPSV|PWD|XPWD)\r?$/im.test(textOf(client, DEPTH));
  return own && /^(?:211[- ]|215 |227 |229 |257 )/m.test(textOf(server, DEPTH));
}

/**
 * Waits for the greeting and takes leave without a login. Where the greeting does not say that it
 * is FTP, the server is asked for its features, which no mail server knows.
 */
function* dialogue(): Dialogue {
  const greeting = parseReply(
    yield { send: NOTHING, complete: (received) => parseReply(received).kind !== 'more' },
  );
  if (greeting.kind !== 'ok' || !isGreeting(greeting.value)) return [];
  if (namesSmtp(greeting.value)) return [];

  const features = parseReply(
    yield {
      send: ascii('FEAT\r\n'),
      complete: (received) => parseReply(received).kind !== 'more',
    },
  );
  if (features.kind !== 'ok') return [];
  yield { send: ascii('QUIT\r\n'), complete: (received) => parseReply(received).kind !== 'more' };
  const has = features.value.code === FEATURES && isFeatureList(features.value);
  if (!namesFtp(greeting.value) && !has) return [];
  return [...factsOf(greeting.value), ...(has ? tlsOf(features.value) : [])];
}

function isGreeting({ code }: Reply): boolean {
  return code === 220;
}

function namesSmtp({ lines }: Reply): boolean {
  return /\bE?SMTP\b/i.test(lines.join('\n'));
}

/** The word on its own or as part of a program's name: vsFTPd, ProFTPD, FTP server. */
function namesFtp({ lines }: Reply): boolean {
  return /ftp(?:d|\b)|\bftp/i.test(lines.join('\n'));
}

/** Each feature stands on a line of its own that begins with a space (RFC 2389 §3.2). */
function isFeatureList({ lines }: Reply): boolean {
  return lines.slice(1, -1).every((line) => line.startsWith(' ')) && lines.length > 2;
}

function tlsOf({ lines }: Reply): readonly Fact[] {
  const offered = lines.some((line) => /^ AUTH (?:TLS|SSL)/i.test(line));
  return [detail('STARTTLS', offered ? 'offered' : 'not offered')];
}

function factsOf({ lines }: Reply): readonly Fact[] {
  const banner = lines.join(' ').trim();
  return [speaks('ftp'), ...(banner === '' ? [] : [detail('banner', banner)])];
}
