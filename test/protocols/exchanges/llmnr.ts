import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'LLMNR, a name of the link (RFC 4795 §2.1)',
    protocol: 'llmnr',
    client: `4b1c 0000 0001 0000 0000 0000 05 ${hex('nas01')} 00 0001 0001`,
    server: `4b1c 8000 0001 0001 0000 0000 05 ${hex('nas01')} 00 0001 0001 c00c 0001 0001 0000001e 0004 c0000207`,
    facts: [speaks('llmnr')],
  },
];
