import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'S7, communication set up',
    protocol: 's7comm',
    client:
      '0300001611e00000000700c1020100c2020102c0010a 0300001902f08032010000020000080000f0000001000101e0',
    server:
      '0300001611d00007000300c0010ac1020100c2020102 0300001b02f080320300000200000800000000f0000001000100f0',
    facts: [{ kind: 'speaks', protocol: 's7comm', version: 'classic' }],
  },
];
