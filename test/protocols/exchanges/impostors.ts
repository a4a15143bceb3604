import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a CONNECT that names another protocol',
    protocol: 'none',
    client: '10 0c 00 04 41424344 04 02 003c 0000',
    server: '20 02 00 00',
    facts: [],
  },
  {
    name: 'a CONNECT whose length takes five bytes',
    protocol: 'none',
    client: '10 8080808001 0004 4d515454 04 02 003c',
    server: '',
    facts: [],
  },
  {
    name: 'a vendor protocol framed like Modbus, on port 502',
    protocol: 'none',
    client: '0001 0001 0006 01 03 0000 0001',
    server: '0001 0001 0005 01 03 02 0000',
    facts: [],
  },
  {
    name: 'a Modbus answer to another question',
    protocol: 'none',
    client: '0001 0000 0006 01 03 0000 0001',
    server: '0002 0000 0005 01 03 02 0000',
    facts: [],
  },
];
