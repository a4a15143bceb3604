import { attribute, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a phone says who it is (Wireshark wiki, CDP)',
    protocol: 'cdp',
    client: `02 b4 1e2f 0001 000e ${hex('SEP00070E1')} 0004 0008 00000490
      0005 000b ${hex('P003071')} 0006 0016 ${hex('Cisco IP Phone 796')}`,
    server: '',
    facts: [
      speaks('cdp', '2'),
      attribute('name', 'SEP00070E1'),
      attribute('kind', 'phone'),
      detail('system-description', 'P003071'),
      attribute('model', 'Cisco IP Phone 796'),
    ],
  },
];
