import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'BitTorrent, two peers',
    protocol: 'bittorrent',
    client: `${hex('\u0013BitTorrent protocol')} 0000000000100005 ${'a1'.repeat(20)}`,
    server: `${hex('\u0013BitTorrent protocol')} 0000000000100005 ${'a1'.repeat(20)}`,
    facts: [speaks('bittorrent')],
  },
  {
    name: 'BitTorrent, a ping of the DHT',
    protocol: 'bittorrent',
    client: hex('d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe'),
    server: hex('d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re'),
    facts: [speaks('bittorrent')],
  },
];
