import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Modbus/TCP, read device identification',
    protocol: 'modbus',
    client: '0001 0000 0005 01 2b 0e 01 00',
    server: '0001 0000 0005 01 ab 02 00 00',
    facts: [{ kind: 'speaks', protocol: 'modbus', version: 'unknown' }],
  },
];
