import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'the status of a node (RFC 1002 §4.2.17, §4.2.18)',
    protocol: 'nbns',
    client: `61c70000000100000000000020 ${hex(`CK${'A'.repeat(30)}`)} 00 0021 0001`,
    server: `61c78400000000010000000020 ${hex(`CK${'A'.repeat(30)}`)} 00 0021 0001 00000000 0065 02 ${hex('LABNAS         \0')} 0400 ${hex('LAB            \0')} 8400 00a0c9112233`,
    facts: [speaks('nbns')],
  },
];
