import { describe, expect, test } from 'vitest';
import { parseConfirm, rdp } from '../../src/protocols/rdp.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const REQUEST = '03000013 0ee00000000000 01000800 03000000';
const COOKIE = `03000024 1fe00000000000 ${hex('Cookie: mstshash=eltons\r\n')}`;
const CHOSEN = '03000013 0ed00000123400 02010800 01000000';
const PLAIN = '0300000b 06d00000123400';

describe('rdp', () => {
  recognises(rdp, [
    ['both sides', REQUEST, CHOSEN, 'proved'],
    ['a cookie, and a server of old', COOKIE, PLAIN, 'proved'],
    ['the client alone', REQUEST, '', 'likely'],
    ['the server alone', '', CHOSEN, 'likely'],
    ["a confirm that could be anybody's", '', PLAIN, 'more'],
    ['half a request', '03000013 0ee0', '', 'more'],
    [
      'S7',
      '03000016 11e00000000100 c0010a c1020100 c2020102',
      '03000016 11d00001000100 c0010a c1020100 c2020102',
      'no',
    ],
    ['a disconnection, as xrdp sends to strangers', '', '03000009 02f08021 80', 'no'],
  ]);

  learns(rdp, [
    ['one that takes TLS', [CHOSEN], [speaks('rdp'), detail('login protection', 'TLS')]],
    [
      'one that takes CredSSP',
      ['03000013 0ed00000123400 02010800 02000000'],
      [
        speaks('rdp'),
        access('credentials'),
        detail('login protection', 'CredSSP (network level authentication)'),
      ],
    ],
    [
      'one that insists on CredSSP',
      ['03000013 0ed00000123400 03000800 05000000'],
      [speaks('rdp'), access('credentials')],
    ],
    ['a controller that takes every connection', [PLAIN], []],
    ['an S7 controller', ['03000016 11d00001000100 c0010a c1020100 c2020102'], []],
    ['silence', [''], []],
  ]);

  test('asks once, and begins no login', () => {
    expect(says(rdp, [CHOSEN])).toHaveLength(1);
  });

  test('parseConfirm waits for the negotiation', () => {
    expect(parseConfirm(bytes(CHOSEN).subarray(0, 15)).kind).toBe('more');
  });
});
