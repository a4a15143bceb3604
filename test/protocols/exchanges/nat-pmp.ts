import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'NAT-PMP, the outside address',
    protocol: 'nat-pmp',
    client: '0000',
    server: '0080 0000 000004d2 cb007109',
    facts: [speaks('nat-pmp', '0')],
  },
  {
    name: 'NAT-PMP, a mapping',
    protocol: 'nat-pmp',
    client: '0001 0000 1f90 1f90 00000e10',
    server: '0081 0000 000004d2 1f90 1f90 00000e10',
    facts: [speaks('nat-pmp', '0')],
  },
];
