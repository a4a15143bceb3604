import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'TigerVNC',
    protocol: 'vnc',
    client: hex('RFB 003.008\n'),
    server: `${hex('RFB 003.008\n')} 0101`,
    facts: [speaks('vnc', '003.008')],
  },
  {
    name: 'a Mac, which has a version of its own',
    protocol: 'vnc',
    client: hex('RFB 003.008\n'),
    server: hex('RFB 003.889\n'),
    facts: [speaks('vnc', '003.889')],
  },
];
