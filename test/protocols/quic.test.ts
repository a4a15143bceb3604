import { describe, expect, test } from 'vitest';
import { quic } from '../../src/protocols/quic.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { learns, recognises, says } from './tables.ts';

const INITIAL = 'c0 00000001 08 8394c8f03e515708 00 00 449e';
const ANSWER = 'cf 00000001 00 08 f067a5502a4262b5 00 4075';
/** The test's nonce counts up: the two ids are its bytes 0 to 7 and 8 to 15. */
const NEGOTIATION = 'ca 00000000 08 08090a0b0c0d0e0f 08 0001020304050607';

describe('quic', () => {
  recognises(quic, [
    ['both sides', INITIAL, ANSWER, 'proved'],
    ['the client alone', INITIAL, '', 'likely'],
    ['an answer to another id', INITIAL, 'cf 00000001 04 11223344 08 f067a5502a4262b5', 'no'],
    ['half a header', 'c0 00000001', '', 'more'],
    ['a version that nobody published', 'c0 12345678 08 8394c8f03e515708 00', '', 'no'],
    ['ids of 255 bytes', `c0 00000001 ff ${'00'.repeat(60)}`, '', 'no'],
    ['a short header', '40 0102030405', '', 'no'],
  ]);

  learns(
    quic,
    [
      [
        'a server of versions 1 and 2',
        [`${NEGOTIATION} 1a2a3a4a 6b3343cf 00000001`],
        [
          speaks('quic', '2'),
          detail('versions', '0x6b3343cf, 0x00000001'),
          { kind: 'amplification', sent: 1200, received: 35 },
        ],
      ],
      ['an answer to other ids', [NEGOTIATION.replace('08090a0b', '08090a0c')], []],
      ['silence', [''], []],
    ],
    'udp',
  );

  test('asks once, in a datagram as large as the standard wants, in a version made for it', () => {
    const [question = '', ...more] = says(quic, [''], 'udp');
    expect([question.length, more]).toEqual([1200, []]);
    expect(Buffer.from(question.slice(1, 5), 'latin1').toString('hex')).toMatch(/^(?:.a){4}$/);
  });
});
