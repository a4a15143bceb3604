import { describe, expect, test } from 'vitest';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { smtp } from '../../src/protocols/smtp.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const POSTFIX = hex('220 mail.lab.test ESMTP Postfix (Debian/GNU)\r\n');
const EXTENSIONS = hex(
  '250-mail.lab.test\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n',
);
const BYE = hex('221 2.0.0 Bye\r\n');
const BANNER = detail('banner', 'mail.lab.test ESMTP Postfix (Debian/GNU)');

describe('smtp', () => {
  recognises(smtp, [
    ['both sides', hex('EHLO a\r\n'), POSTFIX + EXTENSIONS, 'proved'],
    ['lower case', hex('ehlo a\r\n'), POSTFIX, 'proved'],
    ['a greeting that says so', '', POSTFIX, 'likely'],
    ['the client alone', hex('HELO a\r\n'), '', 'likely'],
    [
      'a greeting without a name, and extensions',
      hex('EHLO a\r\n'),
      hex('220 a\r\n') + EXTENSIONS,
      'proved',
    ],
    ['a greeting without a name', '', hex('220 a.example\r\n'), 'more'],
    ['an FTP server', hex('EHLO a\r\n'), hex('220 ProFTPD\r\n500 EHLO not understood\r\n'), 'no'],
    ['LMTP', hex('LHLO a\r\n'), hex('220 a LMTP\r\n'), 'no'],
  ]);

  learns(smtp, [
    [
      'a server with STARTTLS and logins',
      [POSTFIX, EXTENSIONS, BYE],
      [
        speaks('smtp'),
        BANNER,
        detail('STARTTLS', 'offered'),
        detail('login methods', 'PLAIN LOGIN'),
      ],
    ],
    [
      'a greeting without a name',
      [hex('220 a.example\r\n'), hex('250 a.example\r\n'), BYE],
      [speaks('smtp'), detail('banner', 'a.example'), detail('STARTTLS', 'not offered')],
    ],
    ['a server that knows HELO only', [POSTFIX, hex('502 no\r\n'), BYE], [speaks('smtp'), BANNER]],
    ['an FTP server', [hex('220 (vsFTPd 3.0.3)\r\n'), hex('530 Please login\r\n')], []],
    ['a server that is busy', [hex('421 later\r\n')], []],
    ['silence', [''], []],
  ]);

  test('says who it is, and sends no mail', () => {
    const said = says(smtp, [POSTFIX, EXTENSIONS, BYE]);
    expect(said).toEqual(['', 'EHLO portolan.invalid\r\n', 'QUIT\r\n']);
  });
});
