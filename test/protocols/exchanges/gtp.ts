import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'GTP version 1, an echo',
    protocol: 'gtp',
    client: '32 01 0004 00000000 0007 0000',
    server: '32 02 0006 00000000 0007 0000 0e09',
    facts: [speaks('gtp', '1')],
  },
];
