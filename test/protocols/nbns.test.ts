import { describe, expect, test } from 'vitest';
import { nbns } from '../../src/protocols/nbns.ts';
import { attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const NAME = `20 ${hex(`CK${'A'.repeat(30)}`)} 00 0021 0001`;
const QUESTION = `0001 0000 0001 0000 0000 0000 ${NAME}`;
const NAMES = `03 ${hex('LABNAS         \0')} 0400 ${hex('LABNAS          ')} 0400 ${hex('WORKGROUP      \0')} 8400 00a0c9112233`;
const ANSWER = `0001 8400 0000 0001 0000 0000 ${NAME} 00000000 0065 ${NAMES}`;

describe('nbns', () => {
  recognises(nbns, [
    ['a question and its answer', QUESTION, ANSWER, 'proved'],
    ['the client alone', QUESTION, '', 'likely'],
    ['an answer to another question', QUESTION, ANSWER.replace('0001 8400', '0002 8400'), 'no'],
    ['half a question', '0001 0000 0001', '', 'more'],
    [
      'DNS',
      `0001 0100 0001 0000 0000 0000 03 ${hex('www')} 07 ${hex('example')} 00 0001 0001`,
      '',
      'no',
    ],
    ['a name of 32 letters that is not encoded', QUESTION.replace(hex('CK'), hex('xy')), '', 'no'],
  ]);

  learns(
    nbns,
    [
      [
        'a store of files',
        [ANSWER],
        [
          speaks('nbns'),
          attribute('name', 'LABNAS'),
          detail('workgroup', 'WORKGROUP'),
          detail('interface address', '00a0c9112233'),
          { kind: 'amplification', sent: 50, received: 117 },
        ],
      ],
      [
        'names that break off',
        [ANSWER.replaceAll(' ', '').slice(0, 160)],
        [speaks('nbns'), { kind: 'amplification', sent: 50, received: 80 }],
      ],
      ['an echo', [QUESTION], []],
      ['silence', [''], []],
    ],
    'udp',
  );

  test('asks once', () => {
    expect(says(nbns, [ANSWER], 'udp').map((text) => text.length)).toEqual([50]);
  });
});
