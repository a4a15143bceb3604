import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'C12.22, a meter is asked who it is',
    protocol: 'c1222',
    client:
      '602ca20c060a607c86f7540116000102a60c060a607c86f7540116000103a80402020121be082806810480020120',
    server:
      '602ca60c060a607c86f7540116000103a20c060a607c86f7540116000102a80402020121be082806810480020100',
    facts: [speaks('c1222')],
  },
];
