import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

const CLIENT = '0001 000e 00010001 1c393f26 000b8201fc42';
const SERVER = '0002 000a 00030001 0025904e1c11';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a solicitation and an advertisement (RFC 8415 §18.2.1, §18.3.9)',
    protocol: 'dhcpv6',
    client: `01 10a7c3 ${CLIENT} 0006 0004 0017 0018 0008 0002 0000 0003 000c 02030405 00000e10 00001518`,
    server: `02 10a7c3 ${CLIENT} ${SERVER} 0017 0010 fe80000000000000022590fffe4e1c11`,
    facts: [speaks('dhcpv6')],
  },
];
