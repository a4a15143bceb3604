import { attribute, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'an access point calls its cloud',
    protocol: 'merakicloud',
    client: 'fef728910d01002006000000abababababababababababababababababababab',
    server: 'fef728910d01001c06000000cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd',
    facts: [speaks('merakicloud'), attribute('vendor', 'Cisco Meraki')],
  },
];
