import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'MQTT 3.1.1, accepted',
    protocol: 'mqtt',
    client: '10 0e 00 04 4d515454 04 02 003c 0002 6c31',
    server: '20 02 00 00',
    facts: [{ kind: 'speaks', protocol: 'mqtt', version: '3.1.1' }],
  },
  {
    name: 'MQTT 3.1, not authorised',
    protocol: 'mqtt',
    client: '10 10 00 06 4d5149736470 03 02 003c 0002 6c31',
    server: '20 02 00 05',
    facts: [{ kind: 'speaks', protocol: 'mqtt', version: '3.1' }],
  },
];
