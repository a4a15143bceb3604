import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'PostgreSQL 15, asked for TLS',
    protocol: 'postgresql',
    client: '00000008 04d2162f',
    server: '4e',
    facts: [speaks('postgresql', '3.0')],
  },
  {
    name: 'a startup, answered by a demand for SCRAM (manual, Message Formats)',
    protocol: 'postgresql',
    client: `00000029 00030000 ${hex('user\0root\0database\0postgres\0\0')}`,
    server: `52 00000017 0000000a ${hex('SCRAM-SHA-256\0\0')}`,
    facts: [speaks('postgresql', '3.0')],
  },
  {
    name: 'a startup, answered by an error',
    protocol: 'postgresql',
    client: `00000016 00030000 ${hex('user\0postgres\0')}`,
    server: hex('E\0\0\0\x50SFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry for host\0\0'),
    facts: [speaks('postgresql', '3.0')],
  },
];
