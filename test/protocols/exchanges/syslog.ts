import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'a line of a firewall (RFC 5424 §6.5, example 1)',
    protocol: 'syslog',
    client: hex(
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed",
    ),
    server: '',
    facts: [speaks('syslog', 'RFC 5424')],
  },
];
