import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'BACnet/IP, ReadProperty of the device object',
    protocol: 'bacnet',
    client: '810a0011 01040005010c 0c023fffff 194b',
    server: '810a0017 0100 30010c 0c023fffff 194b 3ec4020001f43f',
    facts: [{ kind: 'speaks', protocol: 'bacnet', version: 'unknown' }],
  },
  {
    name: 'BACnet/IP, ReadProperty refused',
    protocol: 'bacnet',
    client: '810a0011 01040005070c 0c023fffff 1979',
    server: '810a000d 0100 50070c 9101 9120',
    facts: [{ kind: 'speaks', protocol: 'bacnet', version: 'unknown' }],
  },
];
