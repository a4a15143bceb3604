import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'STOMP 1.2',
    protocol: 'stomp',
    client: hex('CONNECT\naccept-version:1.2\nhost:broker.example\n\n\0'),
    server: hex('CONNECTED\nversion:1.2\nserver:ActiveMQ/6.1\n\n\0'),
    facts: [speaks('stomp', '1.2'), detail('product', 'ActiveMQ/6.1')],
  },
];
