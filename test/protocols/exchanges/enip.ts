import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'EtherNet/IP, ListIdentity',
    protocol: 'enip',
    client: '630000000000000000000000010203040506070800000000',
    server:
      '63003b00 00000000 00000000 0102030405060708 00000000 0100 0c00 3500 0100 0002af12c0a80105 0000000000000000 0100 0e00 3600 140b 0000 c0ffee00 13 313736392d4c32334520507261637469636520 03',
    facts: [{ kind: 'speaks', protocol: 'enip', version: 'unknown' }],
  },
  {
    name: 'EtherNet/IP, a session registered',
    protocol: 'enip',
    client: '65000400000000000000000000000000000000000000000001000000',
    server: '65000400010212000000000000000000000000000000000001000000',
    facts: [{ kind: 'speaks', protocol: 'enip', version: 'unknown' }],
  },
];
