import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'HART-IP, a session opened',
    protocol: 'hart-ip',
    client: '010000000002000d0100007530',
    server: '010100000002000d010000ea60',
    facts: [{ kind: 'speaks', protocol: 'hart-ip', version: '1' }],
  },
];
