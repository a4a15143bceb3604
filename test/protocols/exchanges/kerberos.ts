import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a request for a ticket and an error, over UDP (RFC 4120 §5.4.1, §5.9.1)',
    protocol: 'kerberos',
    client: '6a8198 308195 a103020105 a20302010a a38180 307e a10302010b',
    server: '7e81a0 30819d a003020105 a10302011e a411180f32303236313132353039303734395a',
    facts: [speaks('kerberos', '5')],
  },
  {
    name: 'the same over TCP, with four bytes of length before it (§7.2.2)',
    protocol: 'kerberos',
    client: '0000009b 6a8198 308195 a103020105 a20302010a a38180 307e a10302010b',
    server: '000000a3 7e81a0 30819d a003020105 a10302011e a411180f32303236313132353039303734395a',
    facts: [speaks('kerberos', '5')],
  },
];
