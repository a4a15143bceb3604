import { detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a tank gauge, the inventory',
    protocol: 'atg',
    client: hex('\u0001I20100\r\n'),
    server: hex('\u0001\r\nI20100\r\nNOV 25, 2026  9:40 AM\r\n\r\nIN-TANK INVENTORY\r\n'),
    facts: [speaks('atg'), detail('function', 'I20100')],
  },
];
