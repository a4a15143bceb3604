import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'S7 plus, to an S7-1500',
    protocol: 's7comm-plus',
    client:
      '030000241fe00000001b00c1020620c21053494d415449432d524f4f542d484d49c0010a 0300001002f080 7201000131000004ca',
    server:
      '030000241fd0001b000100c0010ac1020620c21053494d415449432d524f4f542d484d49 0300001002f080 7201000132000004ca',
    facts: [{ kind: 'speaks', protocol: 's7comm-plus', version: '1' }],
  },
];
