import { attribute, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'somebody asks every station to identify itself (IEC 61158-6-10 §4.3)',
    protocol: 'pn-dcp',
    client: 'fefe 05 00 00000001 0080 0004 ffff 0000',
    server: '',
    facts: [speaks('pn-dcp')],
  },
  {
    name: 'a controller identifies itself',
    protocol: 'pn-dcp',
    client: `feff 05 01 00000001 0000 0040
      0201 0009 0000 ${hex('S7-1200')} 00
      0202 0009 0000 ${hex('plc-one')} 00
      0203 0006 0000 002a 010d
      0204 0004 0000 02 00
      0102 000e 0001 c0a80014 ffffff00 c0a80001`,
    server: '',
    facts: [
      speaks('pn-dcp'),
      attribute('name', 'plc-one'),
      attribute('model', 'S7-1200'),
      attribute('category', 'industrial'),
      detail('profinet vendor id', '0x002a'),
      detail('profinet device id', '0x010d'),
      attribute('kind', 'plc'),
    ],
  },
];
