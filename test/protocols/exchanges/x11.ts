import { access, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Xtigervnc, open to everybody',
    protocol: 'x11',
    client: '6c000b000000000000000000',
    server: `01000b00000055098ea5b80000002000ffff1f00000100001400ffff01060000202008ff00000000 ${hex('The X.Org Foundation')} 01012000`,
    facts: [speaks('x11', '11'), access('open'), detail('server', 'The X.Org Foundation')],
  },
  {
    name: 'a server that wants a key, most significant byte first',
    protocol: 'x11',
    client: '4200000b0000000000000000',
    server: `0016000b00000006 ${hex('No protocol specified\n')} 0000`,
    facts: [speaks('x11', '11'), access('credentials')],
  },
];
