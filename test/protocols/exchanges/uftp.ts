import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'UFTP 5, an announcement',
    protocol: 'uftp',
    client: '50010000c00002050211a8c5009d0000010600000000000000000000000000000000000000000000',
    server: '',
    facts: [speaks('uftp', '5')],
  },
];
