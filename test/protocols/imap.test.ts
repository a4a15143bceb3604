import { describe, expect, test } from 'vitest';
import { imap } from '../../src/protocols/imap.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const READY = hex('* OK IMAP4rev1 ready\r\n');
const CAPABILITIES = hex('* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\n');

describe('imap', () => {
  recognises(imap, [
    ['both sides', hex('a1 CAPABILITY\r\n'), READY + CAPABILITIES, 'proved'],
    ['a greeting that says so', '', READY, 'likely'],
    ['a greeting that does not say so', '', hex('* OK ready\r\n'), 'more'],
    ['the client alone', hex('. login a b\r\n'), '', 'likely'],
    ['an HTTP client', hex('GET / HTTP/1.1\r\n'), READY, 'no'],
    ['POP3', '', hex('+OK ready\r\n'), 'no'],
    ['another kind of greeting', '', hex('* AUTH "PLAIN"\r\n'), 'no'],
  ]);

  learns(imap, [
    [
      'a server with TLS',
      [READY, CAPABILITIES],
      [speaks('imap'), detail('banner', 'IMAP4rev1 ready'), detail('STARTTLS', 'offered')],
    ],
    [
      'one that lets everybody in',
      [hex('* PREAUTH hello\r\n'), hex('* CAPABILITY IMAP4rev1\r\na1 OK done\r\n')],
      [
        speaks('imap'),
        access('open'),
        detail('banner', 'hello'),
        detail('STARTTLS', 'not offered'),
      ],
    ],
    ["a greeting, and a list that is nobody's", [READY, hex('* CAPABILITY X\r\na1 OK\r\n')], []],
    ['silence', [''], []],
  ]);

  test('asks and leaves', () => {
    expect(says(imap, [READY, CAPABILITIES])).toEqual(['', 'a1 CAPABILITY\r\n', 'a2 LOGOUT\r\n']);
  });
});
