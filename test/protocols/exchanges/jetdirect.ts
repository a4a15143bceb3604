import { attribute, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'an inquiry in PJL (HP manual, INFO ID)',
    protocol: 'jetdirect',
    client: hex('\x1b%-12345X@PJL\r\n@PJL INFO ID\r\n\x1b%-12345X'),
    server: hex('@PJL INFO ID\r\n"HP LaserJet 4250"\r\n\f'),
    facts: [speaks('jetdirect'), attribute('model', 'HP LaserJet 4250')],
  },
  {
    name: 'an inquiry for the status (HP manual, INFO STATUS)',
    protocol: 'jetdirect',
    client: hex('\x1b%-12345X@PJL INFO STATUS\r\n'),
    server: hex('@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY="Ready"\r\nONLINE=TRUE\r\n\f'),
    facts: [speaks('jetdirect')],
  },
];
