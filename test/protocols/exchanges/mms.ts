import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'MMS, an association',
    protocol: 'mms',
    client:
      '0300001611e00000000700c1020001c2020001c0010a0300004102f0800d380506130100160102c12e312ca003800101a225a423300f0201010604520100013004060251013010020103060528ca220201300406025101',
    server:
      '0300001611d00007000300c0010ac1020001c20200010300003502f0800e2c0506130100160102c1223120a003800101a21961173015020101a010610ea107060528ca220203a203020100',
    facts: [speaks('mms')],
  },
  {
    name: 'MMS, a name list, of a connection that was there before',
    protocol: 'mms',
    client: '0300002402f0800100010061173015020103a010a00e020105a109a003800109a1028000',
    server: '0300002202f0800100010061153013020103a00ea10c020105a107a0051a034c4430',
    facts: [speaks('mms')],
  },
];
