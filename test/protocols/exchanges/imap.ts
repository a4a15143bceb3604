import { access, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Dovecot, asked for its capabilities',
    protocol: 'imap',
    client: hex('a1 CAPABILITY\r\na2 LOGOUT\r\n'),
    server: hex(
      '* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN] Dovecot (Debian) ready.\r\n* CAPABILITY IMAP4rev1 SASL-IR\r\na1 OK Pre-login capabilities listed, post-login capabilities have more.\r\n',
    ),
    facts: [
      speaks('imap'),
      detail(
        'banner',
        '[CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN] Dovecot (Debian) ready.',
      ),
    ],
  },
  {
    name: 'a connection that is logged in from the start (RFC 9051 §7.1.4)',
    protocol: 'imap',
    client: hex('A001 NOOP\r\n'),
    server: hex('* PREAUTH IMAP4rev2 server logged in as Smith\r\nA001 OK NOOP completed\r\n'),
    facts: [
      speaks('imap'),
      access('open'),
      detail('banner', 'IMAP4rev2 server logged in as Smith'),
    ],
  },
];
