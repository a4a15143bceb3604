import { describe, expect, test } from 'vitest';
import { ftp } from '../../src/protocols/ftp.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const VSFTPD = hex('220 (vsFTPd 3.0.3)\r\n');
const FEATURES = hex('211-Features:\r\n AUTH TLS\r\n EPRT\r\n211 End\r\n');
const GOODBYE = hex('221 Goodbye.\r\n');

describe('ftp', () => {
  recognises(ftp, [
    ['a greeting that says so', '', VSFTPD, 'likely'],
    ['a login at it', hex('USER a\r\n'), VSFTPD, 'proved'],
    ['a greeting that does not say so', '', hex('220 Welcome\r\n'), 'more'],
    ['half a greeting', '', hex('220-Wel'), 'more'],
    ['a mail server', '', hex('220 a.example ESMTP\r\n'), 'no'],
    ['a mail client', hex('EHLO a\r\n'), VSFTPD, 'no'],
    ['QUIT at a greeting without a name', hex('QUIT\r\n'), hex('220 Welcome\r\n221 Bye\r\n'), 'no'],
    [
      'USER at something that borrowed it',
      hex('USER a\r\n'),
      hex('220 Welcome\r\n331 go on\r\n'),
      'no',
    ],
    ['a page of HTTP', '', hex('HTTP/1.1 200 OK\r\n'), 'no'],
  ]);

  learns(ftp, [
    [
      'a server with TLS',
      [VSFTPD, FEATURES, GOODBYE],
      [speaks('ftp'), detail('banner', '(vsFTPd 3.0.3)'), detail('STARTTLS', 'offered')],
    ],
    [
      'a server that knows no features',
      [VSFTPD, hex('500 Unknown command.\r\n'), GOODBYE],
      [speaks('ftp'), detail('banner', '(vsFTPd 3.0.3)')],
    ],
    [
      'a greeting without a name, and features',
      [hex('220-Hello\r\n220 Camera\r\n'), FEATURES, GOODBYE],
      [speaks('ftp'), detail('banner', 'Hello Camera'), detail('STARTTLS', 'offered')],
    ],
    ['a greeting without a name, and nothing more', [hex('220 Hello\r\n'), hex('500 ?\r\n')], []],
    ['a mail server', [hex('220 a.example ESMTP Postfix\r\n')], []],
    ['a server that is full', [hex('421 Too many connections\r\n')], []],
    ['silence', [''], []],
  ]);

  test('never names a user', () => {
    expect(says(ftp, [VSFTPD, FEATURES, GOODBYE])).toEqual(['', 'FEAT\r\n', 'QUIT\r\n']);
  });
});
