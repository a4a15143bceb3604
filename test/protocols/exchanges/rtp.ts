import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

const SOURCE = '5f3a9c01';
const CNAME = `81 ca 0006 ${SOURCE} 01 10 ${hex('camera@192.0.2.7')} 0000`;

export const exchanges: readonly Exchange[] = [
  {
    name: 'RTCP, a sender reports and names itself',
    protocol: 'rtp',
    client: `80 c8 0006 ${SOURCE} e9d2a1b4 7ae147ae 0001f400 00000064 00003e80 ${CNAME}`,
    server: '',
    facts: [speaks('rtp', '2')],
  },
  {
    name: 'RTCP, a receiver answers a sender with its losses',
    protocol: 'rtp',
    client: `80 c8 0006 ${SOURCE} e9d2a1b4 7ae147ae 0001f400 00000064 00003e80 ${CNAME}`,
    server: `81 c9 0007 11223344 ${SOURCE} 00000000 000003e8 00000012 a1b47ae1 00010000
      81 ca 0004 11223344 01 07 ${hex('nvr@lan')} 0000 00`,
    facts: [speaks('rtp', '2')],
  },
];
