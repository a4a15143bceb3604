import { describe, expect, test } from 'vitest';
import { pop3 } from '../../src/protocols/pop3.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const DOVECOT = hex('+OK Dovecot (Debian) ready.\r\n');
const CAPABILITIES = hex('+OK\r\nCAPA\r\nUIDL\r\nSTLS\r\nSASL PLAIN\r\n.\r\n');
const BANNER = detail('banner', 'Dovecot (Debian) ready.');

describe('pop3', () => {
  recognises(pop3, [
    ['both sides', hex('CAPA\r\n'), DOVECOT + CAPABILITIES, 'proved'],
    ['a greeting that says so', '', hex('+OK POP3 ready <1896.697@a.example>\r\n'), 'likely'],
    ['a greeting that does not say so', '', hex('+OK ready\r\n'), 'more'],
    ['Redis', hex('*1\r\n$4\r\nPING\r\n'), hex('+OK\r\n'), 'no'],
    ['Redis, only heard answering', '', hex('+PONG\r\n'), 'no'],
    ['IMAP', '', hex('* OK ready\r\n'), 'no'],
  ]);

  learns(pop3, [
    [
      'a server with TLS',
      [DOVECOT, CAPABILITIES],
      [speaks('pop3'), BANNER, detail('STARTTLS', 'offered')],
    ],
    [
      'a server without capabilities',
      [hex('+OK POP3\r\n'), hex('-ERR what\r\n')],
      [speaks('pop3'), detail('banner', 'POP3')],
    ],
    ['a greeting that does not say so, and an error', [hex('+OK\r\n'), hex('-ERR what\r\n')], []],
    ["a list that is nobody's", [hex('+OK\r\n'), hex('+OK\r\nX\r\n.\r\n')], []],
    ['silence', [''], []],
  ]);

  test('never names a user', () => {
    expect(says(pop3, [DOVECOT, CAPABILITIES])).toEqual(['', 'CAPA\r\n', 'QUIT\r\n']);
  });
});
