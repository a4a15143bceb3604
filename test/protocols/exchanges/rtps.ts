import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'RTPS 2.3, a participant announces itself',
    protocol: 'rtps',
    client: `${hex('RTPS')} 0203 0101 0102030405060708090a0b0c 09010800 a1a2a3a4b1b2b3b4`,
    server: '',
    facts: [speaks('rtps', '2.3')],
  },
];
