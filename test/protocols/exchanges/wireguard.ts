import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'WireGuard, a handshake',
    protocol: 'wireguard',
    client: `01000000 01020304 ${'a7'.repeat(140)}`,
    server: `02000000 11121314 01020304 ${'b3'.repeat(80)}`,
    facts: [speaks('wireguard', '1')],
  },
];
