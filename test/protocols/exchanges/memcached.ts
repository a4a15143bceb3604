import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Memcached 1.6.18',
    protocol: 'memcached',
    client: hex('version\r\nquit\r\n'),
    server: hex('VERSION 1.6.18\r\n'),
    facts: [speaks('memcached', '1.6.18')],
  },
  {
    name: 'statistics (protocol.txt)',
    protocol: 'memcached',
    client: hex('stats\r\n'),
    server: hex('STAT pid 2841\r\nSTAT uptime 9172\r\n'),
    facts: [speaks('memcached')],
  },
];
