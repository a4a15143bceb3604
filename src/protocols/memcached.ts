import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ascii, begins } from './shared/bytes.ts';
import { access, likely, proved, speaks } from './shared/facts.ts';
import { ask, leave } from './shared/pair.ts';
import { firstCommand, parseLine, textOf } from './shared/text.ts';

/** Commands that no other protocol of lines has (protocol.txt). */
const COMMANDS = ['GETS', 'GAT', 'GATS', 'CAS', 'INCR', 'DECR', 'STATS', 'VERSION', 'MN', 'MG'];

export const memcached = {
  id: 'memcached',
  title: 'Memcached',
  ports: [
    { port: 11211, over: 'tcp', iana: 'memcache' },
    { port: 11211, over: 'udp', iana: 'memcache' },
  ],
  sources: ['memcached: doc/protocol.txt (text protocol)', 'memcached: doc, ASCII authentication'],
  depth: 128,
  recognise,
  probe: { impact: 'handshake', over: ['tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = firstCommand(client, COMMANDS);
  const answered = textOf(server, 64);
  if (asked === 'no') return NO;
  if (server.length === 0)
    return asked === 'yes' && isOwn(client) ? likely([speaks('memcached')]) : undecided(client);
  const version = /^VERSION (\d[\w.-]{0,20})\r\n/.exec(answered)?.[1];
  if (version !== undefined && asked === 'yes') return proved([speaks('memcached', version)]);
  const own = /^(?:STAT [!-~]+ |VALUE [!-~]+ \d+ \d+|(?:END|NOT_FOUND|EXISTS)\r\n)/.test(answered);
  return own && asked === 'yes' ? proved([speaks('memcached')]) : NO;
}

/** `version` and `stats` alone might be typed to others; the rest might not. */
function isOwn(client: Uint8Array): boolean {
  return firstCommand(client, ['GETS', 'GAT', 'GATS', 'CAS', 'MN', 'MG']) === 'yes';
}

function undecided(client: Uint8Array): Recognition {
  return client.length < 128 ? WAIT : NO;
}

/** Asks for the version, which needs no key and changes nothing. */
function* dialogue(): Dialogue {
  const answer = parseVersion(yield ask(ascii('version\r\n'), parseVersion));
  if (answer.kind !== 'ok') return [];
  if (answer.value === undefined) return [speaks('memcached'), access('credentials')];
  yield leave(ascii('quit\r\n'));
  return [speaks('memcached', answer.value), access('open')];
}

/** Undefined for a server that wants a login first. */
function parseVersion(bytes: Uint8Array): Parsed<string | undefined> {
  if (begins(bytes, 'V') === 'no' && begins(bytes, 'C') === 'no')
    return bad('no answer to version');
  const line = parseLine(bytes, 128);
  if (line.kind !== 'ok') return line;
  if (line.value === 'CLIENT_ERROR unauthenticated') {
    return { kind: 'ok', value: undefined, size: line.size };
  }
  const version = /^VERSION (\d[\w.-]{0,20})$/.exec(line.value)?.[1];
  if (version === undefined) return bad('no answer to version');
  return { kind: 'ok', value: version, size: line.size };
}
