import { untrusted } from '../../../src/base/untrusted.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'ISO session over ISO transport',
    protocol: 'cotp',
    client:
      '0300001611e00000000700c1020100c2020102c0010a 0300001502f080 0d0c050613010016010214020002',
    server:
      '0300001611d00007000300c0010ac1020100c2020102 0300001502f080 0e0c050613010016010214020002',
    facts: [
      { kind: 'speaks', protocol: 'cotp', version: 'unknown' },
      { kind: 'detail', name: 'carries', value: untrusted('ISO session') },
    ],
  },
  {
    name: 'ISO transport, the endpoint refused',
    protocol: 'cotp',
    client: '0300001611e00000000100c0010ac1020100c2020102',
    server: '0300000b06800001000080',
    facts: [{ kind: 'speaks', protocol: 'cotp', version: 'unknown' }],
  },
];
