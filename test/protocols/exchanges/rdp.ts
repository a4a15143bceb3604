import { access, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'xrdp, which takes TLS',
    protocol: 'rdp',
    client: '03000013 0ee00000000000 01000800 03000000',
    server: '03000013 0ed00000123400 02010800 01000000',
    facts: [speaks('rdp'), detail('login protection', 'TLS')],
  },
  {
    name: 'a cookie, and a server that wants CredSSP (MS-RDPBCGR §4.1.1, §2.2.1.2.2)',
    protocol: 'rdp',
    client: `0300002c 27e00000000000 ${hex('Cookie: mstshash=eltons\r\n')} 01000800 00000000`,
    server: '03000013 0ed00000123400 03000800 05000000',
    facts: [speaks('rdp'), access('credentials')],
  },
  {
    name: 'a server older than the negotiation',
    protocol: 'rdp',
    client: `03000024 1fe00000000000 ${hex('Cookie: mstshash=eltons\r\n')}`,
    server: '0300000b 06d00000123400',
    facts: [speaks('rdp'), detail('login protection', 'RDP security (RC4)')],
  },
];
