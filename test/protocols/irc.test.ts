import { describe } from 'vitest';
import { irc } from '../../src/protocols/irc.ts';
import { hex } from './hex.ts';
import { recognises } from './tables.ts';

const CLIENT = hex('NICK a\r\nUSER a 0 * :a\r\n');

describe('irc', () => {
  recognises(irc, [
    ['a welcome', CLIENT, hex(':irc.example 001 a :Welcome\r\n'), 'proved'],
    ['a notice before the name', '', hex('NOTICE AUTH :*** Checking ident\r\n'), 'likely'],
    ['a client of which nobody took notice yet', CLIENT, '', 'more'],
    ['an FTP server', hex('USER a\r\n'), hex('220 ready\r\n331 password\r\n'), 'no'],
    ['a number in RESP', '', hex(':1000\r\n'), 'no'],
    ['a web client', hex('GET / HTTP/1.1\r\n'), '', 'no'],
  ]);
});
