import { describe, expect, test } from 'vitest';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { x11 } from '../../src/protocols/x11.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const SETUP = '6c000b000000000000000000';
const OPEN = `01000b00000055098ea5b80000002000ffff1f00000100001400ffff01060000202008ff00000000 ${hex('The X.Org Foundation')}`;
const REFUSED = `00160b0000000600 ${hex('No protocol specified\n')} 0000`;

describe('x11', () => {
  recognises(x11, [
    ['both sides', SETUP, OPEN, 'proved'],
    ['the client alone', SETUP, '', 'likely'],
    ['half a setup', '6c000b00', '', 'more'],
    ['text that begins with the same letter', hex('ls -l\n'), '', 'no'],
    ['version 10', '6c000a000000000000000000', '', 'no'],
  ]);

  learns(x11, [
    [
      'a server that is open',
      [OPEN],
      [speaks('x11', '11'), access('open'), detail('server', 'The X.Org Foundation')],
    ],
    ['a server that wants a key', [REFUSED], [speaks('x11', '11'), access('credentials')]],
    ['an echo', [SETUP], []],
    ['silence', [''], []],
  ]);

  test('asks to be let in, and makes no request', () => {
    expect(says(x11, [OPEN])).toHaveLength(1);
  });
});
