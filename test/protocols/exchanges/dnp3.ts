import { untrusted } from '../../../src/base/untrusted.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'DNP3, a read',
    protocol: 'dnp3',
    client: '056414c40a0001008fed c0c0013c02063c03063c04063c01068a51',
    server: '0564ff4401000a005aeb 53c08100000102000009020202',
    facts: [
      { kind: 'speaks', protocol: 'dnp3', version: 'unknown' },
      { kind: 'detail', name: 'address', value: untrusted('10') },
    ],
  },
];
