import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'sFlow 5, counters of a switch',
    protocol: 'sflow',
    client:
      '0000000500000001c0000207000000000000004d0001e24000000001000000020000006c00000005000000030000000100000001000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    server: '',
    facts: [speaks('sflow', '5')],
  },
];
