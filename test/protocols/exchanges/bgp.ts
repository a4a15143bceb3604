import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'BGP, two routers that open',
    protocol: 'bgp',
    client: `${'ff'.repeat(16)} 001d 01 04 fde8 00b4 c0000201 00`,
    server: `${'ff'.repeat(16)} 001d 01 04 fde9 00b4 c0000202 00`,
    facts: [speaks('bgp', '4')],
  },
];
