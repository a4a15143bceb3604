import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'DTLS 1.2, a cookie asked for',
    protocol: 'dtls',
    client:
      '16feff0000000000000000003a 0100002e000000000000002e fefdabababababababababababababababababababababababababababababababab00000002c0a80100000400170000',
    server:
      '16feff00000000000000000023030000170000000000000017feff14cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',
    facts: [{ kind: 'speaks', protocol: 'dtls', version: 'unknown' }],
  },
  {
    name: 'DTLS, refused with an alert',
    protocol: 'dtls',
    client:
      '16feff0000000000000000003a 0100002e000000000000002e fefdabababababababababababababababababababababababababababababababab00000002c0a80100000400170000',
    server: '15fefd00000000000000000002 0228',
    facts: [{ kind: 'speaks', protocol: 'dtls', version: 'unknown' }],
  },
];
