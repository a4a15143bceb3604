import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'OPC UA, a greeting',
    protocol: 'opcua',
    client:
      '48454c4638000000 00000000 00000200 00000200 00004000 80000000 18000000 6f70632e7463703a2f2f6c6f63616c686f73743a34383430',
    server: '41434b461c000000 00000000 00000200 00000200 00004000 80000000',
    facts: [{ kind: 'speaks', protocol: 'opcua', version: 'unknown' }],
  },
  {
    name: 'OPC UA, an endpoint refused',
    protocol: 'opcua',
    client:
      '48454c4638000000 00000000 00000200 00000200 00004000 80000000 18000000 6f70632e7463703a2f2f6c6f63616c686f73743a34383430',
    server: '4552524610000000 00008380 ffffffff',
    facts: [{ kind: 'speaks', protocol: 'opcua', version: 'unknown' }],
  },
];
