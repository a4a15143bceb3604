import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Tuya, a heart-beat',
    protocol: 'tuya',
    client: '000055aa00000000000000090000000865930c220000aa55',
    server: '000055aa00000000000000090000000c00000000b051ab030000aa55',
    facts: [{ kind: 'speaks', protocol: 'tuya', version: 'unknown' }],
  },
  {
    name: 'Tuya 3.5, sealed',
    protocol: 'tuya',
    client:
      '00006699 0000 00000001 00000003 0000002c5a5a5a5a5a5a5a5a5a5a5a5a6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b7c7c7c7c7c7c7c7c7c7c7c7c00009966',
    server:
      '00006699 0000 00000001 00000004 0000002c5a5a5a5a5a5a5a5a5a5a5a5a6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b7c7c7c7c7c7c7c7c7c7c7c7c00009966',
    facts: [{ kind: 'speaks', protocol: 'tuya', version: '3.5' }],
  },
];
