import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'PPTP, a session is asked for',
    protocol: 'pptp',
    client: '009c 0001 1a2b3c4d 0001 0000 0100 0000 00000001',
    server: '009c 0001 1a2b3c4d 0002 0000 0100 0100 00000000',
    facts: [speaks('pptp')],
  },
];
