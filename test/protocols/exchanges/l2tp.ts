import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'L2TP, a tunnel is asked for',
    protocol: 'l2tp',
    client: 'c802 0022 0000 0000 0000 0000 8008 0000 0000 0001 8008 0000 0002 0100 800a 0000 0003',
    server: 'c802 000c 0001 0000 0000 0001',
    facts: [speaks('l2tp', '2')],
  },
];
