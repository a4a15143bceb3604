import { speaks } from '../../../src/protocols/shared/facts.ts';
import type { Exchange } from '../fixtures.ts';
import { hex } from '../hex.ts';

export const exchanges: readonly Exchange[] = [
  {
    name: 'ngIRCd 26.1',
    protocol: 'irc',
    client: hex('NICK a\r\nUSER a 0 * :a\r\n'),
    server: hex(':irc.lab.test 001 a :Welcome to the Internet Relay Network a!~a@127.0.0.1\r\n'),
    facts: [speaks('irc')],
  },
  {
    name: 'a server that first looks up who is there',
    protocol: 'irc',
    client: hex('CAP LS 302\r\nNICK a\r\n'),
    server: hex('NOTICE AUTH :*** Looking up your hostname...\r\n'),
    facts: [speaks('irc')],
  },
];
