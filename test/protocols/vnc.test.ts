import { describe, expect, test } from 'vitest';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { parseSecurityTypes, vnc } from '../../src/protocols/vnc.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const RFB = hex('RFB 003.008\n');
const SPEAKS = speaks('vnc', '003.008');

describe('vnc', () => {
  recognises(vnc, [
    ['both sides', RFB, RFB, 'proved'],
    ['the server alone', '', RFB, 'likely'],
    ['half a greeting', '', hex('RFB 003'), 'more'],
    ['another word', '', hex('RFB abc.def\n'), 'no'],
  ]);

  learns(vnc, [
    ['one that is open', [RFB, '0101'], [SPEAKS, access('open'), detail('security types', 'None')]],
    [
      'one with a password',
      [RFB, '0102'],
      [SPEAKS, access('credentials'), detail('security types', 'VNC Authentication')],
    ],
    [
      'one that wraps its types in TLS',
      [RFB, '021312'],
      [SPEAKS, detail('security types', 'VeNCrypt, TLS')],
    ],
    ['one that refuses', [RFB, `00 0000000f ${hex('Too many failed')}`], [SPEAKS]],
    ['one that falls silent', [RFB, ''], [SPEAKS]],
    [
      'one of version 3.3',
      [hex('RFB 003.003\n'), '00000001'],
      [speaks('vnc', '003.003'), access('open'), detail('security types', 'None')],
    ],
    ['silence', [''], []],
  ]);

  test.each([
    ['003.008', '003.008'],
    ['003.889', '003.008'],
    ['004.001', '003.008'],
    ['003.007', '003.007'],
    ['003.005', '003.003'],
  ])('a server of %s is answered with %s, and no login is chosen', (theirs, ours) => {
    expect(says(vnc, [hex(`RFB ${theirs}\n`), '0101'])).toEqual(['', `RFB ${ours}\n`]);
  });

  test('parseSecurityTypes waits for the whole list', () => {
    expect(parseSecurityTypes(bytes('0501'), '003.008').kind).toBe('more');
  });
});
