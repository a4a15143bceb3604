import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

const CLIENT = '00000000000000000000ffffc0a84d14';
const ZEROES = '000000000000000000000000';
const NONCE = '4e4e4e4e4e4e4e4e4e4e4e4e';

/** As miniupnpd 2.3.1 answers, but for the outside address. */
export const exchanges: readonly Exchange[] = [
  {
    name: 'PCP, an announcement that is asked for',
    protocol: 'pcp',
    client: `02000000 00000000 ${CLIENT}`,
    server: `02800000 00000000 00000008 ${ZEROES}`,
    facts: [speaks('pcp', '2')],
  },
  {
    name: 'PCP, a mapping',
    protocol: 'pcp',
    client: `02010000 00000e10 ${CLIENT} ${NONCE} 06000000 0050 2378 00000000000000000000ffff00000000`,
    server: `02810000 00000e10 00000008 ${ZEROES} ${NONCE} 06000000 0050 2378 00000000000000000000ffffcb007109`,
    facts: [speaks('pcp', '2')],
  },
  {
    name: 'PCP, a mapping that is refused',
    protocol: 'pcp',
    client: `02010000 00000e10 ${CLIENT} ${NONCE} 06000000 0050 2378 00000000000000000000ffff00000000`,
    server: `02810002 0000001e 00000008 ${ZEROES}`,
    facts: [speaks('pcp', '2')],
  },
];
