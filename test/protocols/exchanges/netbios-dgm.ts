import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a neighbour announces itself (RFC 1002 §4.4.2)',
    protocol: 'netbios-dgm',
    client: `11 0a 0e11 c0000208 008a 00d7 0000 20 ${hex('FEEFFDFEEIEPFDFECACACACACACACACA')} 00 20 ${hex('ABACFPFPENFDECFCEPFHFDEFFPFPACAB')} 00 ff534d42`,
    server: '',
    facts: [speaks('netbios-dgm')],
  },
];
