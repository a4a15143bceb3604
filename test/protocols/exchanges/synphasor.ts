import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a phasor unit is told to send',
    protocol: 'synphasor',
    client: 'aa41001200076553f100000000000002c6a1',
    server:
      'aa01003400076553f100000000000000000000000000000000000000000000000000000000000000000000000000000000009d0d',
    facts: [speaks('synphasor', '1'), detail('station', '7')],
  },
];
