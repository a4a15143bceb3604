import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'miIO, a greeting',
    protocol: 'miio',
    client: '21310020ffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    server: '21310020000000000012d6870000a2b300000000000000000000000000000000',
    facts: [{ kind: 'speaks', protocol: 'miio', version: 'unknown' }],
  },
];
