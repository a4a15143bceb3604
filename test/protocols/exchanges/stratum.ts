import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a miner and its pool',
    protocol: 'stratum',
    client: hex('{"id":1,"method":"mining.subscribe","params":["cgminer/4.11"]}\n'),
    server: hex('{"id":1,"result":[[["mining.notify","ae68"]],"08000002",4],"error":null}\n'),
    facts: [speaks('stratum')],
  },
];
