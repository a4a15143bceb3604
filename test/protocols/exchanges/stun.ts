import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'coturn 4.6',
    protocol: 'stun',
    client: '000100002112a4421d0ee9d2c86be78caccd9f68',
    server:
      '0101003c2112a4421d0ee9d2c86be78caccd9f68002000080001bcff5e12a4430001000800019ded7f000001802b000800010d497f00000180220014436f7475726e2d342e362e312027476f72737427',
    facts: [speaks('stun'), detail('software', "Coturn-4.6.1 'Gorst'")],
  },
];
