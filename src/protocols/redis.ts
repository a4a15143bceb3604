import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, begins } from './shared/bytes.ts';
import { access, detail, likely, proved, speaks } from './shared/facts.ts';
import { parseLine, textOf } from './shared/text.ts';

const DEPTH = 64;

export const redis = {
  id: 'redis',
  title: 'Redis',
  ports: [
    { port: 6379, over: 'tcp', iana: 'redis' },
    { port: 6380, over: 'tls' },
  ],
  sources: [
    'Redis documentation: Redis serialization protocol specification (RESP2, RESP3)',
    'Redis documentation: PING, AUTH, Redis security (protected mode)',
  ],
  depth: DEPTH,
  recognise,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

/** A client's command is an array of strings with counted bytes, which nobody else sends. */
function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseCommand(client);
  if (asked === 'no' || !isReplyStart(server)) return NO;
  if (asked === 'more') return WAIT;
  return server.length > 0 ? proved([speaks('redis')]) : likely([speaks('redis')]);
}

/** Only PING, which reads nothing and changes nothing. */
function* dialogue(): Dialogue {
  const answer = parsePong(
    yield {
      send: ascii('*1\r\n$4\r\nPING\r\n'),
      complete: (received) => parsePong(received).kind !== 'more',
    },
  );
  if (answer.kind !== 'ok') return [];
  if (answer.value === 'open') return [speaks('redis'), access('open')];
  if (answer.value === 'credentials') return [speaks('redis'), access('credentials')];
  return [speaks('redis'), detail('protected mode', 'refuses everybody but itself')];
}

function parseCommand(client: Uint8Array): 'yes' | 'no' | 'more' {
  const text = textOf(client, 32);
  if (/^\*\d{1,4}\r\n\$\d{1,6}\r\n[A-Za-z]/.test(text)) return 'yes';
  return /^(?:\*(?:\d{1,4}(?:\r(?:\n(?:\$(?:\d{1,6}(?:\r\n?)?)?)?)?)?)?)?$/.test(text)
    ? 'more'
    : 'no';
}

/**
 * RESP2 and RESP3: a letter for the type, then a number, or a word that is one of Redis' own. POP3 has
 * "+OK" and "-ERR" too, but greets with more than that.
 */
function isReplyStart(server: Uint8Array): boolean {
  const text = textOf(server, DEPTH);
  return /^$|^[$*:%~>_#,]$|^(?:\+(?:OK|PONG|QUEUED)\r\n|-[A-Z]{3,16} |[$*:%~>]-?\d{1,10}\r\n|_\r\n|#[tf]\r\n|,-?\d)/.test(
    text,
  );
}

/** What PING is answered with by an open server, one with a password, and one in protected mode. */
function parsePong(bytes: Uint8Array): Parsed<'open' | 'credentials' | 'protected'> {
  if (begins(bytes, '+') === 'no' && begins(bytes, '-') === 'no') return bad('no reply of Redis');
  const line = parseLine(bytes, 1024);
  if (line.kind !== 'ok') return line;
  if (line.value === '+PONG') return { kind: 'ok', value: 'open', size: line.size };
  if (/^-NOAUTH |^-NOPERM /.test(line.value)) {
    return { kind: 'ok', value: 'credentials', size: line.size };
  }
  return line.value.startsWith('-DENIED Redis')
    ? { kind: 'ok', value: 'protected', size: line.size }
    : bad('no reply to PING');
}
