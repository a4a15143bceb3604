import { describe, expect, test } from 'vitest';
import { memcached } from '../../src/protocols/memcached.ts';
import { access, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

describe('memcached', () => {
  recognises(memcached, [
    ['both sides', hex('version\r\n'), hex('VERSION 1.6.18\r\n'), 'proved'],
    ['a value', hex('gets a\r\n'), hex('VALUE a 0 1 7\r\nx\r\nEND\r\n'), 'proved'],
    ['a command that nobody else has', hex('gets a\r\n'), '', 'likely'],
    ['a command that others might have', hex('version\r\n'), '', 'more'],
    ['Gearman', hex('version\r\n'), hex('OK 1.1.19\r\n'), 'no'],
    ['the server alone', '', hex('VERSION 1.6.18\r\n'), 'no'],
  ]);

  learns(memcached, [
    [
      'an open server',
      [hex('VERSION 1.6.18\r\n')],
      [speaks('memcached', '1.6.18'), access('open')],
    ],
    [
      'a server that wants a login',
      [hex('CLIENT_ERROR unauthenticated\r\n')],
      [speaks('memcached'), access('credentials')],
    ],
    ['an echo', [hex('version\r\n')], []],
    ['Redis', [hex("-ERR unknown command 'version'\r\n")], []],
    ['silence', [''], []],
  ]);

  test('asks for no key', () => {
    expect(says(memcached, [hex('VERSION 1\r\n')])).toEqual(['version\r\n', 'quit\r\n']);
  });
});
