import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a discovery and an offer (RFC 2131 §3.1)',
    protocol: 'dhcp',
    client: `01010600 3903f326 00000000 ${'00'.repeat(16)} 000b8201fc42 ${'00'.repeat(202)} 63825363 350101 ff`,
    server: `02010600 3903f326 00000000 00000000 c0a8000a c0a80001 00000000 000b8201fc42 ${'00'.repeat(202)} 63825363 350102 ff`,
    facts: [speaks('dhcp', '4')],
  },
];
