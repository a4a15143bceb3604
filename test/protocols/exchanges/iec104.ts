import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'IEC 104, data transfer started',
    protocol: 'iec104',
    client: '680407000000',
    server: '68040b000000',
    facts: [{ kind: 'speaks', protocol: 'iec104', version: 'unknown' }],
  },
  {
    name: 'IEC 104, an interrogation',
    protocol: 'iec104',
    client: '680e00000000 640106010d91 00000014',
    server: '680e00000200 640107010d91 00000014',
    facts: [{ kind: 'speaks', protocol: 'iec104', version: 'unknown' }],
  },
];
