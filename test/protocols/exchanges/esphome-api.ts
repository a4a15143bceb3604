import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'ESPHome in the clear',
    protocol: 'esphome-api',
    client: '00 0e 01 0a08706f72746f6c616e 1001 180a',
    server: '00 10 02 0801 100a 1a0a6b69746368656e2d32',
    facts: [{ kind: 'speaks', protocol: 'esphome-api', version: 'plain' }],
  },
  {
    name: 'ESPHome inside Noise',
    protocol: 'esphome-api',
    client:
      '010000 010031 005a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    server: '01000d016b69746368656e0061626300',
    facts: [{ kind: 'speaks', protocol: 'esphome-api', version: 'noise' }],
  },
];
