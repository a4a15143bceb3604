import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a job (RFC 1179 §5.2, §6.2)',
    protocol: 'lpd',
    client: hex('\x02lp\n\x0274 cfA001workstation\n'),
    server: '0000',
    facts: [speaks('lpd')],
  },
];
