import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'OpenVPN over UDP',
    protocol: 'openvpn',
    client: '38 a102030405060708 00 00000000',
    server: '40 b112131415161718 01 00000000 a102030405060708 00000000',
    facts: [speaks('openvpn')],
  },
  {
    name: 'OpenVPN over TCP',
    protocol: 'openvpn',
    client: '000e 38 a102030405060708 00 00000000',
    server: '001a 40 b112131415161718 01 00000000 a102030405060708 00000000',
    facts: [speaks('openvpn')],
  },
];
