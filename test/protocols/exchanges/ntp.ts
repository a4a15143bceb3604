import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'chrony, asked by a client that tells nothing of itself',
    protocol: 'ntp',
    client: `23 ${'00'.repeat(39)} dfddbf0433754424`,
    server:
      '240200e700000000000000007f7f0101eeb121943cc890cadfddbf0433754424eeb1219542a73179eeb1219542ab9e7a',
    facts: [speaks('ntp', '4'), detail('stratum', '2'), detail('reference', '7f7f0101')],
  },
  {
    name: 'a client with a clock of its own, and a server that takes its time from GPS',
    protocol: 'ntp',
    client:
      'e30003fa 00010000 00010000 00000000 0000000000000000 0000000000000000 0000000000000000 e4e3b2a1908f7e6d',
    server:
      '240103ec 00000000 00000010 47505300 e4e3b29e00000000 e4e3b2a1908f7e6d e4e3b2a1a0000000 e4e3b2a1a0001000',
    facts: [speaks('ntp', '4'), detail('stratum', '1'), detail('reference', 'GPS')],
  },
];
