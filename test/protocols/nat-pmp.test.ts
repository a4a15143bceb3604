import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { natPmpFields, pcpFields } from '../../src/protocols/fields/port-mapping.ts';
import { natPmp } from '../../src/protocols/nat-pmp.ts';
import { pcp } from '../../src/protocols/pcp.ts';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { parsePcp } from '../../src/protocols/shared/pcp-message.ts';
import { bytes } from './fixtures.ts';
import { learns, recognises } from './tables.ts';

const CLIENT = '00000000000000000000ffffc0a84d14';
const ZEROES = '000000000000000000000000';
const NONCE = '4e4e4e4e4e4e4e4e4e4e4e4e';
const PLACE = '06000000 0050 2378 00000000000000000000ffffcb007109';
const MAP = `02010000 00000e10 ${CLIENT} ${NONCE} ${PLACE}`;
const MAPPED = `02810000 00000e10 00000008 ${ZEROES} ${NONCE} ${PLACE}`;

describe('NAT-PMP', () => {
  recognises(natPmp, [
    [
      'a mapping for UDP',
      '0001 0000 022a 216b 00000e10',
      '0081 0000 00000008 022a 216b 00000e10',
      'proved',
    ],
    [
      'an answer to another question',
      '0001 0000 022a 216b 00000e10',
      '0080 0000 00000008 cb007109',
      'no',
    ],
    ['PCP', MAP, MAPPED, 'no'],
  ]);

  learns(
    natPmp,
    [
      [
        'the outside address',
        ['0080 0000 00000008 cb007109'],
        [speaks('nat-pmp', '0'), detail('outside address', '203.0.113.9')],
      ],
      [
        'nothing more of a router without an uplink',
        ['0080 0003 00000008 00000000'],
        [speaks('nat-pmp', '0')],
      ],
      [
        'that it is PCP, of a server that knows nothing older',
        [`02800001 00000000 00000008 ${ZEROES}`],
        [speaks('pcp', '2')],
      ],
      ['nothing of silence', [''], []],
      ['nothing of its own question', ['0000'], []],
    ],
    'udp',
  );
});

describe('PCP', () => {
  recognises(pcp, [
    ['a mapping', MAP, MAPPED, 'proved'],
    ['a question alone', MAP, '', 'more'],
    [
      'an answer that sets reserved octets',
      MAP,
      MAPPED.replace(ZEROES, `01${ZEROES.slice(2)}`),
      'no',
    ],
    ['a question that brings a result', MAP.replace('02010000', '02010001'), '', 'no'],
    ['an opcode that nobody registered', MAP.replace('0201', '0209'), '', 'no'],
    ['what is no multiple of four', `${MAP}00`, MAPPED, 'no'],
    ['version 1', MAP.replace('0201', '0101'), MAPPED, 'no'],
  ]);

  test.each([
    [
      'a mapping for another device',
      `${MAPPED} 01000010 00000000000000000000ffffc0a84d15`,
      ['tcp 9080 192.168.77.21 80 3600 pcp 203.0.113.9 - - PCP'],
    ],
    [
      'a pinhole of IPv6',
      MAPPED.replace('00000000000000000000ffffcb007109', '20010db8000000000000000000000020'),
      ['tcp 9080 - 80 3600 pinhole 2001:db8::20 - - PCP'],
    ],
    ['one that is refused', MAPPED.replace('02810000', '02810002'), []],
    ['one of a protocol without ports', MAPPED.replace('06000000', '2f000000'), []],
    ['PEER, which makes nothing that is not there', MAPPED.replace('0281', '0282'), []],
  ])('tells in traffic %s', (_, answer, expected) => {
    const told = pcpFields({ client: new Uint8Array(0), server: bytes(answer) });
    expect(told.map(({ value }) => value)).toEqual(expected);
  });
});

test('whatever is sent, nothing throws, and no half of a message is taken for a whole', () => {
  const whole = bytes(MAPPED);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1200 }), fc.nat(whole.length - 1), (noise, size) => {
      for (const server of [
        noise,
        Uint8Array.of(2, 0x81, ...noise),
        Uint8Array.of(0, 130, ...noise),
      ]) {
        natPmpFields({ client: noise, server });
        pcpFields({ client: noise, server });
      }
      expect(parsePcp(whole.subarray(0, size)).kind).toBe('more');
    }),
  );
});
