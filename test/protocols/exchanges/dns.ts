import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'dnsmasq 2.90, an address',
    protocol: 'dns',
    client: '123401000001000000000000036c6162076578616d706c650000010001',
    server:
      '123485800001000100000000036c6162076578616d706c650000010001c00c00010001000000000004c0' +
      '000201',
    facts: [speaks('dns')],
  },
  {
    name: 'dnsmasq 2.90, its version',
    protocol: 'dns',
    client: '1234010000010000000000000776657273696f6e0462696e640000100003',
    server:
      '1234858000010001000000000776657273696f6e0462696e640000100003c00c0010000300000000000d' +
      '0c646e736d6173712d322e3930',
    facts: [speaks('dns')],
  },
  {
    name: 'dnsmasq 2.90, over TCP',
    protocol: 'dns',
    client: '001d123401000001000000000000036c6162076578616d706c650000010001',
    server:
      '002d123485800001000100000000036c6162076578616d706c650000010001c00c000100010000000000' +
      '04c0000201',
    facts: [speaks('dns')],
  },
  {
    name: 'a resolver that is asked for a name of the link, and refuses',
    protocol: 'dns',
    client: '4321 0100 0001 0000 0000 0000 0574682d6361056c6f63616c00 0001 0001',
    server: '4321 8105 0001 0000 0000 0000 0574682d6361056c6f63616c00 0001 0001',
    facts: [speaks('dns')],
  },
];
