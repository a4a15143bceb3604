import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'Matter, a session by certificate',
    protocol: 'matter',
    client: '04000000 78563412 1122334455667788 05 30 3412 0000 1530',
    server: '01000000 21436587 1122334455667788 06 31 3412 0000 78563412 1530',
    facts: [{ kind: 'speaks', protocol: 'matter', version: 'unknown' }],
  },
];
