import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'TACACS+, a login',
    protocol: 'tacacs',
    client: 'c0 01 01 00 12345678 00000020 a1b2c3',
    server: 'c0 01 02 00 12345678 00000010 d4e5f6',
    facts: [speaks('tacacs')],
  },
];
