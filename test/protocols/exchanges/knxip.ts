import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'KNXnet/IP, a description',
    protocol: 'knxip',
    client: '06100203000e 0801000000000000',
    server:
      '06100204003c 36010200 1101 0000 00c501020304 e000170c 0024 6d010203 4b4e5820495020526f757465720000000000000000000000000000000000',
    facts: [{ kind: 'speaks', protocol: 'knxip', version: 'unknown' }],
  },
];
