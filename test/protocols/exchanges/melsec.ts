import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'MELSEC, ten registers are read',
    protocol: 'melsec',
    client: '500000ffff03000c0010000104000064000000a80a00',
    server: 'd00000ffff0300160000000000000000000000000000000000000000000000',
    facts: [speaks('melsec', '3E')],
  },
  {
    name: 'MELSEC, as its own tool speaks',
    protocol: 'melsec',
    client: '57000000001111070000ffff0300000000000014001c080a1600000000000000000000000000000000',
    server: 'd70000000011117f000000a80300ffff03000014009c080a1600000000000000000000000000000000',
    facts: [speaks('melsec', 'tool')],
  },
];
