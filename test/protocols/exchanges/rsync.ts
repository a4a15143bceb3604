import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'rsync 3.5',
    protocol: 'rsync',
    client: hex('@RSYNCD: 31.0\n#list\n'),
    server: hex('@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\npub            \t\n@RSYNCD: EXIT\n'),
    facts: [speaks('rsync', '32.0')],
  },
];
