import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'AMQP 0-9-1, Connection.Start',
    protocol: 'amqp',
    client: '414d5150 00000901',
    server:
      '01 0000 00000024 000a 000a 00 09 0000000e 0770726f64756374 53 00000001 58 00000005 504c41494e 00000000 ce',
    facts: [{ kind: 'speaks', protocol: 'amqp', version: '0-9-1' }],
  },
  {
    name: 'AMQP 1.0 inside SASL',
    protocol: 'amqp',
    client: '414d5150 03010000',
    server: '414d5150 03010000 00000019 02 01 0000 00 53 40 c0 0c 01 a3 09 414e4f4e594d4f5553',
    facts: [{ kind: 'speaks', protocol: 'amqp', version: '1.0' }],
  },
  {
    name: 'AMQP 0-9-1 offered, 1.0 wanted',
    protocol: 'amqp',
    client: '414d5150 00000901',
    server: '414d5150 00010000',
    facts: [{ kind: 'speaks', protocol: 'amqp', version: '1.0' }],
  },
];
