import { access, attribute, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a box that lets everybody in (protocol.txt, CNXN)',
    protocol: 'adb',
    client: `434e584e 00000001 00100000 07000000 32020000 bcb1a7b1 ${hex('host::\0')}`,
    server: `434e584e 00000001 00100000 4d000000 00000000 bcb1a7b1 ${hex('device::ro.product.name=tvbox;ro.product.model=TV Box X96;ro.product.device=p2;')}`,
    facts: [
      speaks('adb'),
      access('open'),
      detail('system', 'device'),
      detail('product', 'tvbox'),
      attribute('model', 'TV Box X96'),
    ],
  },
  {
    name: 'a telephone that wants a key (protocol.txt, AUTH of type TOKEN)',
    protocol: 'adb',
    client: `434e584e 00000001 00100000 07000000 32020000 bcb1a7b1 ${hex('host::\0')}`,
    server: `41555448 01000000 00000000 14000000 00000000 beaaabb7 ${'5a'.repeat(20)}`,
    facts: [speaks('adb'), access('credentials')],
  },
];
