import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'SOME/IP, a method is called',
    protocol: 'someip',
    client: '123400010000000c000100070101000000000000',
    server: '123400010000000c000100070101800000000000',
    facts: [speaks('someip', '1')],
  },
];
