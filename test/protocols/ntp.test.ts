import { describe, expect, test } from 'vitest';
import { ntp, parseNtp } from '../../src/protocols/ntp.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { bytes } from './fixtures.ts';
import { learns, recognises, says } from './tables.ts';

const MINIMAL = `23${'00'.repeat(39)}0001020304050607`;
const ANSWER = `240100e7 00000000 00000000 47505300 ${'e4'.repeat(8)} 0001020304050607 ${'e5'.repeat(8)} ${'e6'.repeat(8)}`;

describe('ntp', () => {
  recognises(ntp, [
    ['a client that tells nothing of itself', MINIMAL, '', 'likely'],
    ['a client and its server', MINIMAL, ANSWER, 'proved'],
    [
      'an answer to another question',
      MINIMAL,
      ANSWER.replace('0001020304050607', '00'.repeat(8)),
      'no',
    ],
    ['half a question', '230006e9', '', 'more'],
    ['a control message (mode 6)', '160200010000000000000000', '', 'no'],
    ['a private message (mode 7)', '1700032a00000000', '', 'no'],
    [
      'DNS with an id that looks like it',
      `2300010000010000000000000161${'62'.repeat(40)}`,
      '',
      'no',
    ],
  ]);

  learns(
    ntp,
    [
      [
        'a server with a clock of its own',
        [ANSWER],
        [
          speaks('ntp', '4'),
          detail('stratum', '1'),
          detail('reference', 'GPS'),
          { kind: 'amplification', sent: 48, received: 48 },
        ],
      ],
      ['an echo', [MINIMAL], []],
      ['an answer to somebody else', [ANSWER.replace('0001020304050607', 'aa'.repeat(8))], []],
      ['silence', [''], []],
    ],
    'udp',
  );

  test('asks once, as a client', () => {
    const sent = says(ntp, [''], 'udp');
    expect(sent.map((text) => [text.length, text.charCodeAt(0)])).toEqual([[48, 0x23]]);
  });

  test('parseNtp refuses a stratum that does not exist', () => {
    expect(parseNtp(bytes(`2440${'00'.repeat(46)}`), 4).kind).toBe('bad');
  });
});
