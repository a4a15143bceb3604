import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'FreeRADIUS 3.2 refuses somebody unknown',
    protocol: 'radius',
    client:
      '010100380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f782a0aee0406c0a80110050600000003',
    server: '030100149412745c8ab7428fb07c0e9e3ce43f7c',
    facts: [speaks('radius')],
  },
];
