import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Postfix of Debian',
    protocol: 'smtp',
    client: hex('EHLO portolan.invalid\r\nQUIT\r\n'),
    server: hex(
      '220 mail.lab.test ESMTP Postfix (Debian/GNU)\r\n250-mail.lab.test\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 CHUNKING\r\n221 2.0.0 Bye\r\n',
    ),
    facts: [speaks('smtp'), detail('banner', 'mail.lab.test ESMTP Postfix (Debian/GNU)')],
  },
  {
    name: 'a greeting of the name alone (RFC 5321 §4.2)',
    protocol: 'smtp',
    client: hex('HELO relay.example\r\n'),
    server: hex('220 mx.example.com\r\n250 mx.example.com\r\n'),
    facts: [speaks('smtp'), detail('banner', 'mx.example.com')],
  },
];
