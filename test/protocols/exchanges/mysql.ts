import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'MariaDB 10.11, a login',
    protocol: 'mysql',
    client: `54000001 8da6ff09 00000001 2d ${'00'.repeat(23)} ${hex('root\0')}`,
    server:
      '640000000a352e352e352d31302e31312e31392d4d6172696144422d302b646562313275310003000000375a3f69742e236300fef7080200ff81150000000000001d0000004e397359452e543c6e3a704a006d7973716c5f6e61746976655f70617373776f726400',
    facts: [
      speaks('mysql', '10.11.19'),
      detail('software', '10.11.19-MariaDB-0+deb12u1'),
      detail('STARTTLS', 'not offered'),
    ],
  },
];
