import { describe, expect, test } from 'vitest';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { parseStun, stun } from '../../src/protocols/stun.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const ID = '000102030405060708090a0b';
const QUESTION = `00010000 2112a442 ${ID}`;
const ANSWER = `01010014 2112a442 ${ID} 00200008 0001bcff5e12a443 80220004 ${hex('test')}`;

describe('stun', () => {
  recognises(stun, [
    ['both sides', QUESTION, ANSWER, 'proved'],
    ['the client alone', QUESTION, '', 'likely'],
    ['an answer to another question', QUESTION, ANSWER.replace(ID, 'ff'.repeat(12)), 'no'],
    ['the question given back', QUESTION, QUESTION, 'no'],
    ['half a header', '00010000 2112', '', 'more'],
    ['no magic cookie', `00010000 2112a443 ${ID}`, '', 'no'],
    ['a length that is not a multiple of four', `00010001 2112a442 ${ID}`, '', 'no'],
  ]);

  learns(stun, [
    ['a server, over TCP', [ANSWER], [speaks('stun'), detail('software', 'test')]],
    ['an echo', [QUESTION], []],
    ['silence', [''], []],
  ]);
  learns(
    stun,
    [
      [
        'a server, over UDP',
        [ANSWER],
        [
          speaks('stun'),
          detail('software', 'test'),
          { kind: 'amplification', sent: 20, received: 40 },
        ],
      ],
    ],
    'udp',
  );

  test('asks once', () => {
    expect(says(stun, [ANSWER])).toHaveLength(1);
  });

  test('an attribute that is longer than the message ends it', () => {
    expect(parseStun(bytes(`01010004 2112a442 ${ID} 8022ffff`))).toMatchObject({
      kind: 'ok',
      value: { software: '' },
    });
  });
});
