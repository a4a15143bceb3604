import { attribute, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a switch says who it is, with a MUD URL (IEEE 802.1AB-2016 §8.2, RFC 8520 §10.4)',
    protocol: 'lldp',
    client: `0207 04 0025904e1c11 0406 05 ${hex('ge-0/')} 0602 0078
      0a07 ${hex('closet1')} 0c05 ${hex('JunOS')} 0e04 0014 0004
      fe15 00005e 01 ${hex('https://ex.org/mu')} 0000`,
    server: '',
    facts: [
      speaks('lldp'),
      attribute('name', 'closet1'),
      detail('system-description', 'JunOS'),
      attribute('kind', 'switch'),
      detail('mud-url', 'https://ex.org/mu'),
    ],
  },
];
