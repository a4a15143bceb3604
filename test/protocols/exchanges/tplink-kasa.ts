import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Kasa over TCP',
    protocol: 'tplink-kasa',
    client: '0000001dd0f281f88bff9af7d5ef94b6d1b4c09fec95e68fe187e8caf08bf68bf6',
    server:
      '00000030d0f281f88bff9af7d5ef94b6d1b4c09fec95e68fe187e8caf08ba9c4abcfaac6e4defcb4e7d6e7d7ffbaefc6e499e499',
    facts: [{ kind: 'speaks', protocol: 'tplink-kasa', version: 'unknown' }],
  },
  {
    name: 'Kasa over UDP',
    protocol: 'tplink-kasa',
    client: 'd0f281f88bff9af7d5ef94b6d1b4c09fec95e68fe187e8caf08bf68bf6',
    server:
      'd0f281f88bff9af7d5ef94b6d1b4c09fec95e68fe187e8caf08ba9c4abcfaac6e4defcb4e7d6e7d7ffbaefc6e499e499',
    facts: [{ kind: 'speaks', protocol: 'tplink-kasa', version: 'unknown' }],
  },
];
