import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Ether-S-I/O, a transfer',
    protocol: 'ethersio',
    client: `${hex('ESIO')} 0001 0000 0031 0001 000000180000000d`,
    server: '',
    facts: [speaks('ethersio')],
  },
];
