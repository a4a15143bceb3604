import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'hello as an OP_MSG (MongoDB manual, Wire Protocol)',
    protocol: 'mongodb',
    client: `34000000dbc7000000000000dd07000000000000 00 1f000000 10 ${hex('hello\0')} 01000000 02 ${hex('$db\0')} 06000000 ${hex('admin\0')} 00`,
    server: `4a00000011000000dbc70000dd07000000000000 00 35000000 08 ${hex('isWritablePrimary\0')} 01 10 ${hex('maxWireVersion\0')} 15000000 01 ${hex('ok\0')} 000000000000f03f 00`,
    facts: [speaks('mongodb')],
  },
  {
    name: 'isMaster as an OP_QUERY to a server of old',
    protocol: 'mongodb',
    client: `3a000000 01000000 00000000 d4070000 00000000 ${hex('admin.$cmd\0')} 00000000 01000000 13000000 10 ${hex('isMaster\0')} 01000000 00`,
    server: '5a000000 05000000 01000000 01000000 08000000 0000000000000000 00000000 01000000',
    facts: [speaks('mongodb')],
  },
];
