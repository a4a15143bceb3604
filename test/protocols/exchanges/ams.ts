import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'ADS, the state is read',
    protocol: 'ams',
    client: '0000200000000501020301015303c000020701018e8004000400000000000000000007000000',
    server:
      '000028000000c000020701018e800501020301015303040005000800000000000000070000000000000005000000',
    facts: [speaks('ams'), detail('net-id', '5.1.2.3.1.1')],
  },
  {
    name: 'ADS, a router is looked for',
    protocol: 'ams',
    client: '036614710000000001000000c00002070101102700000000',
    server: '036614710000000001000080050102030101102700000000',
    facts: [speaks('ams'), detail('net-id', '5.1.2.3.1.1')],
  },
];
