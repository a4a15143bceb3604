import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'microsocks, open',
    protocol: 'socks5',
    client: '05020002',
    server: '0500',
    facts: [speaks('socks5', '5')],
  },
  {
    name: 'microsocks with a password',
    protocol: 'socks5',
    client: '05020002',
    server: '0502',
    facts: [speaks('socks5', '5')],
  },
];
