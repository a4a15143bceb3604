import { describe, expect, test } from 'vitest';
import { nats } from '../../src/protocols/nats.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const OPEN = hex('INFO {"server_id":"N1","server_name":"lab","version":"2.9.10","proto":1} \r\n');

describe('nats', () => {
  recognises(nats, [
    ['both sides', hex('CONNECT {}\r\nPING\r\n'), OPEN, 'proved'],
    ['the server alone', '', OPEN, 'likely'],
    ['half a greeting', '', hex('INFO {"serv'), 'more'],
    ['JSON of another kind', '', hex('INFO {"a":1}\r\n'), 'no'],
    ['what is no JSON', '', hex('INFO {"server_id":\r\n'), 'no'],
    ['SIP', hex('INFO sip:a SIP/2.0\r\n'), '', 'no'],
  ]);

  learns(nats, [
    [
      'an open server',
      [OPEN],
      [speaks('nats', '2.9.10'), access('open'), detail('server name', 'lab')],
    ],
    [
      'a server that wants a login',
      [hex('INFO {"server_id":"N1","version":"2.9","auth_required":true}\r\n')],
      [speaks('nats', '2.9'), access('credentials')],
    ],
    [
      'a version with a trap',
      [hex('INFO {"server_id":"N1","version":"\\u001b[2J"}\r\n')],
      [speaks('nats'), access('open')],
    ],
    ['silence', [''], []],
  ]);

  test('only listens', () => {
    expect(says(nats, [OPEN])).toEqual(['']);
  });
});
