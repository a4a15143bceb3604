import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Redis 7.0, open',
    protocol: 'redis',
    client: hex('*1\r\n$4\r\nPING\r\n'),
    server: hex('+PONG\r\n'),
    facts: [speaks('redis')],
  },
  {
    name: 'Redis 7.0 with a password',
    protocol: 'redis',
    client: hex('*1\r\n$4\r\nPING\r\n'),
    server: hex('-NOAUTH Authentication required.\r\n'),
    facts: [speaks('redis')],
  },
];
