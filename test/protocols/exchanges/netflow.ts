import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'NetFlow 5, one record',
    protocol: 'netflow',
    client:
      '000500010001e2406553f100000000000000000900000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    server: '',
    facts: [speaks('netflow', '5')],
  },
  {
    name: 'NetFlow 9, a template',
    protocol: 'netflow',
    client: '000900010001e2406553f1000000000900000000000000100100000200080004000c0004',
    server: '',
    facts: [speaks('netflow', '9')],
  },
  {
    name: 'IPFIX, a template',
    protocol: 'netflow',
    client: '000a00206553f1000000000900000000000200100100000200080004000c0004',
    server: '',
    facts: [speaks('netflow', 'IPFIX')],
  },
];
