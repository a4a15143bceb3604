import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Global Data of a controller',
    protocol: 'egd',
    client:
      '0d010700c00002050300000000f15365404b4c0001000000000000000000000000000000000000000000000000000000',
    server: '',
    facts: [speaks('egd', '1'), detail('producer', '192.0.2.5'), detail('exchange', '3')],
  },
];
