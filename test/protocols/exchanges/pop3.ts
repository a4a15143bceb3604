import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Dovecot, asked for its capabilities',
    protocol: 'pop3',
    client: hex('CAPA\r\nQUIT\r\n'),
    server: hex(
      '+OK Dovecot (Debian) ready.\r\n+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nUSER\r\nSASL PLAIN\r\n.\r\n+OK Logging out\r\n',
    ),
    facts: [speaks('pop3'), detail('banner', 'Dovecot (Debian) ready.')],
  },
  {
    name: 'a server that knows no capabilities (RFC 1939 §9)',
    protocol: 'pop3',
    client: hex('CAPA\r\n'),
    server: hex('+OK POP3 server ready\r\n-ERR unknown command\r\n'),
    facts: [speaks('pop3'), detail('banner', 'POP3 server ready')],
  },
];
