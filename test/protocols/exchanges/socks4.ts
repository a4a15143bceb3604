import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'SOCKS 4a, a name is called',
    protocol: 'socks4',
    client: `04 01 0050 00000001 ${hex('me\0example.com\0')}`,
    server: '00 5a 0050 00000000',
    facts: [speaks('socks4')],
  },
];
