import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Kafka, the versions are asked',
    protocol: 'kafka',
    client: '000000190012000300000009000e73656e736f722d6761746577617900',
    server: '0000000a00000009000000000000',
    facts: [speaks('kafka')],
  },
  {
    name: 'Kafka, metadata of a topic',
    protocol: 'kafka',
    client: '00000023000300040000000a000e73656e736f722d676174657761790000000100047465737400',
    server:
      '000000280000000a000000000000000000000000000000000000000000000000000000000000000000000000',
    facts: [speaks('kafka')],
  },
];
