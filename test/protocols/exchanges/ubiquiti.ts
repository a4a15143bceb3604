import { attribute, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a Ubiquiti access point is asked',
    protocol: 'ubiquiti',
    client: '01000000',
    server:
      '0100002e02000a02005e005301c00002070b0007726f6f662d61700c00085541502d41432d4d030009425a2e362e362e3635',
    facts: [
      speaks('ubiquiti', '1'),
      attribute('vendor', 'Ubiquiti'),
      attribute('name', 'roof-ap'),
      attribute('model', 'UAP-AC-M'),
      attribute('firmware', 'BZ.6.6.65'),
    ],
  },
  {
    name: 'a Ubiquiti gateway announces itself',
    protocol: 'ubiquiti',
    client:
      '0206002e02000a02005e005301c00002070b0007726f6f662d61700c00085541502d41432d4d030009425a2e362e362e3635',
    server: '',
    facts: [
      speaks('ubiquiti', '2'),
      attribute('vendor', 'Ubiquiti'),
      attribute('name', 'roof-ap'),
      attribute('model', 'UAP-AC-M'),
      attribute('firmware', 'BZ.6.6.65'),
    ],
  },
];
