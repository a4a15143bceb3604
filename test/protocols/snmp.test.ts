import { describe, expect, test } from 'vitest';
import { access, attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { parseEngineId, parseResponse, snmp } from '../../src/protocols/snmp.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

/** The test's nonce begins 00 01, so the requests have the ids 1 and 2. */
const VALUES =
  '30780201010406 7075626c6963 a26b 020101 020100 020100 3060' +
  `3028 06082b06010201010100 041c ${hex('Canon MF644C /P 02.03 boot 1')}` +
  '3018 06082b06010201010200 060c 2b060104018c420b03020000' +
  `301a 06082b06010201010500 040e ${hex('MF644C\r\n\u001b[2J12')}`;
const DISCOVERED =
  '30 6a 020103 300e 020102 020300ffe3 040100 020103 0421 301f 0411 80001f8880466 47a010fa3066b00000000 020101 020105 0400 0400 0400'.replaceAll(
    ' ',
    '',
  ) +
  '3032 0411 80001f888046647a010fa3066b00000000 0400 a81b 020102 020100 020100 3010 300e 060a2b060106030f01010400 0500'.replaceAll(
    ' ',
    '',
  );
const MIKROTIK = DISCOVERED.replaceAll('80001f88', '80003a8c');

describe('snmp', () => {
  recognises(snmp, [
    [
      'the client alone',
      '302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500',
      '',
      'likely',
    ],
    [
      'an answer of another version',
      '302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500',
      '302602010004067075626c6963a219020101020100020100300e300c06082b060102010101000500',
      'no',
    ],
    ['half a header', '3026', '', 'more'],
    ['LDAP', '300c020101600702010304008000', '', 'no'],
    ['a version that does not exist', '302602010204067075626c6963a019', '', 'no'],
    ['a length without end', '3080020101', '', 'no'],
  ]);

  learns(
    snmp,
    [
      [
        'a printer that tells everybody',
        [VALUES, ''],
        [
          speaks('snmp', '2c'),
          access('open'),
          detail('community', 'public'),
          detail('sysDescr', 'Canon MF644C /P 02.03 boot 1'),
          detail('sysObjectID', '1.3.6.1.4.1.1602.11.3.2.0.0'),
          attribute('vendor', 'Canon'),
          detail('sysName', 'MF644C\r\n\u001b[2J12'),
          attribute('name', 'MF644C\r\n\u001b[2J12'),
          { kind: 'amplification', sent: 68, received: 122 },
        ],
      ],
      [
        'an agent that keeps to itself and tells its engine',
        ['', MIKROTIK],
        [
          speaks('snmp', '3'),
          detail('engine id', '80003a8c8046647a010fa3066b00000000'),
          attribute('vendor', 'MikroTik'),
        ],
      ],
      [
        "an engine of net-snmp, which is nobody's make",
        ['', DISCOVERED],
        [speaks('snmp', '3'), detail('engine id', '80001f888046647a010fa3066b00000000')],
      ],
      [
        'an answer to another request',
        [VALUES.replace('020101 020100 020100 3060', '020107 020100 020100 3060'), ''],
        [],
      ],
      ['a flood of noise', ['ff'.repeat(1400), 'ff'.repeat(1400)], []],
      ['silence', ['', ''], []],
    ],
    'udp',
  );

  test('asks with one community, for three values, and then with none', () => {
    const [get = '', discover = '', ...more] = says(snmp, ['', ''], 'udp');
    expect(more).toEqual([]);
    expect(get).toContain('public');
    expect(discover).not.toContain('public');
    expect(get.charCodeAt(get.indexOf('public') + 6)).toBe(0xa0); // GetRequest, never SetRequest.
  });

  test('an error answers, and binds nothing', () => {
    const refused =
      '302602010104067075626c6963a219020101020102020101300e300c06082b060102010101000500';
    expect(parseResponse(bytes(refused), 1)).toMatchObject({ kind: 'ok', value: [] });
  });

  test('parseEngineId refuses an engine of no octets', () => {
    const empty =
      '302f020103300e020102020300ffe3040100020103040e300c0400020100020100040004000400300a04000400a8040201020500';
    expect(parseEngineId(bytes(empty), 2).kind).toBe('bad');
  });
});
