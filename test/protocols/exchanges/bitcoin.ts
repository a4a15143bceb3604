import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Bitcoin, two nodes that greet',
    protocol: 'bitcoin',
    client: `f9beb4d9 ${hex('version\0\0\0\0\0')} 55000000 358d4932`,
    server: `f9beb4d9 ${hex('version\0\0\0\0\0')} 66000000 a1b2c3d4`,
    facts: [speaks('bitcoin')],
  },
];
