import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'inetutils telnetd',
    protocol: 'telnet',
    client: 'fffe25fffe26fffc18fffc20fffc23fffc27fffc24',
    server: 'fffb25fffb26fffd18fffd20fffd23fffd27fffd24',
    facts: [speaks('telnet')],
  },
  {
    name: 'a telnet client that opens the negotiation, and a server of BusyBox kind',
    protocol: 'telnet',
    client: 'fffd03 fffb18 fffb1f fffb20',
    server: `fffd01 fffd1f fffb01 fffb03 ${hex('\r\ncam login: ')}`,
    facts: [speaks('telnet')],
  },
];
