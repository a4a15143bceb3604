import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'FINS, controller data read',
    protocol: 'fins',
    client: '800002000000006300ef050100',
    server: 'c0000200630000c800ef050100004350314c2d454c323044522d44',
    facts: [{ kind: 'speaks', protocol: 'fins', version: 'unknown' }],
  },
  {
    name: 'FINS over TCP, node numbers given out',
    protocol: 'fins',
    client: '46494e530000000c000000000000000000000000',
    server: '46494e53000000100000000100000000000000fb000000c8',
    facts: [{ kind: 'speaks', protocol: 'fins', version: 'TCP' }],
  },
];
