import { describe, expect, test } from 'vitest';
import { redis } from '../../src/protocols/redis.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const PING = hex('*1\r\n$4\r\nPING\r\n');

describe('redis', () => {
  recognises(redis, [
    ['both sides', PING, hex('+PONG\r\n'), 'proved'],
    ['the client alone', PING, '', 'likely'],
    ['an error', PING, hex('-NOAUTH Authentication required.\r\n'), 'proved'],
    ['half a command', hex('*1\r\n$4'), '', 'more'],
    ['a POP3 server', PING, hex('+OK Dovecot ready.\r\n'), 'no'],
    ['an IMAP server', PING, hex('* OK ready\r\n'), 'no'],
    ['an IRC server', PING, hex(':irc.example 451 * :not registered\r\n'), 'no'],
    ['an answer alone', '', hex('+PONG\r\n'), 'more'],
  ]);

  learns(redis, [
    ['an open server', [hex('+PONG\r\n')], [speaks('redis'), access('open')]],
    [
      'a server with a password',
      [hex('-NOAUTH Authentication required.\r\n')],
      [speaks('redis'), access('credentials')],
    ],
    [
      'a server in protected mode',
      [hex('-DENIED Redis is running in protected mode because protected mode is enabled\r\n')],
      [speaks('redis'), detail('protected mode', 'refuses everybody but itself')],
    ],
    ['a POP3 server', [hex('+OK ready\r\n')], []],
    ['one that answers an error to everything', [hex('-ERR unknown\r\n')], []],
    ['an echo', [PING], []],
    ['silence', [''], []],
  ]);

  test('only pings', () => {
    expect(says(redis, [hex('+PONG\r\n')])).toEqual(['*1\r\n$4\r\nPING\r\n']);
  });
});
