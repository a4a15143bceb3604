import { describe, expect, test } from 'vitest';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { radius } from '../../src/protocols/radius.ts';
import { recognises } from './tables.ts';

describe('radius', () => {
  recognises(radius, [
    [
      'a refusal',
      `01010018 0f403f9473978057bd83d5cb98f4227a 01046162`,
      '03010014 9412745c8ab7428fb07c0e9e3ce43f7c',
      'proved',
    ],
    ['the client alone', `01010018 0f403f9473978057bd83d5cb98f4227a 01046162`, '', 'likely'],
    [
      'an answer to another',
      `01010018 0f403f9473978057bd83d5cb98f4227a 01046162`,
      '03020014 9412745c8ab7428fb07c0e9e3ce43f7c',
      'no',
    ],
    ['attributes that do not fit', `01010018 0f403f9473978057bd83d5cb98f4227a 01ff6162`, '', 'no'],
    ['an authenticator of zeroes', `01010018 ${'00'.repeat(16)} 01046162`, '', 'no'],
    ['half a packet', '01010018 0f40', '', 'more'],
  ]);

  test('has no probe', () => {
    const protocol: Protocol = radius;
    expect(protocol.probe).toBeUndefined();
  });
});
