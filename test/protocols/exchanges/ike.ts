import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'IKE version 2, a first exchange',
    protocol: 'ike',
    client: 'a1b2c3d4e5f60718000000000000000021202208000000000000020c22000030',
    server: 'a1b2c3d4e5f6071811111111111111112120222000000000000001b022000030',
    facts: [speaks('ike', '2')],
  },
  {
    name: 'IKE version 1 behind NAT',
    protocol: 'ike',
    client: '00000000a1b2c3d4e5f60718000000000000000001100200000000000000009c0d000038',
    server: '00000000a1b2c3d4e5f60718111111111111111101100200000000000000007c0d000038',
    facts: [speaks('ike', '1')],
  },
];
