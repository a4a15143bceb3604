import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Cassandra, the options are asked',
    protocol: 'cassandra',
    client: '0400000105 00000000',
    server: '8400000106 00000012 0001 000b 435142 5f56455253494f4e 0001 00',
    facts: [speaks('cassandra', '4')],
  },
];
