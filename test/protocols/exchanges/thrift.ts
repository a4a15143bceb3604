import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Thrift, a call in the binary form',
    protocol: 'thrift',
    client: '80010001000000096765745374617475730000000100',
    server: '80010002000000096765745374617475730000000100',
    facts: [speaks('thrift')],
  },
  {
    name: 'Thrift, a call in the compact form, framed',
    protocol: 'thrift',
    client: '0000000e8221010967657453746174757300',
    server: '0000000e8241010967657453746174757300',
    facts: [speaks('thrift')],
  },
];
