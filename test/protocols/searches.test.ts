import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/model/evidence.ts';
import { bacnet } from '../../src/protocols/bacnet.ts';
import { enip } from '../../src/protocols/enip.ts';
import { knxip } from '../../src/protocols/knxip.ts';
import type { Search } from '../../src/protocols/protocol.ts';
import { access, attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { tplinkKasa } from '../../src/protocols/tplink-kasa.ts';
import { bytes } from './fixtures.ts';

const SEARCHES: readonly (readonly [string, Search])[] = [
  ['BACnet', bacnet.search],
  ['EtherNet/IP', enip.search],
  ['KNXnet/IP', knxip.search],
  ['Kasa', tplinkKasa.search],
];

const ADDRESS = '192.0.2.9';

const IDENTITY =
  '63003100 00000000 00000000 0001020304050607 00000000 0100 0c00 2b00 0100 0002af12c0a80105 0000000000000000 0100 0e00 3600 140b 0000 eeffc000 09 313736392d4c323345 03';
const NAME = Buffer.from('KNX IP Router'.padEnd(30, '\0')).toString('hex');

describe('what a device that answers a search says of itself', () => {
  test.each([
    [
      'BACnet I-Am',
      bacnet.search,
      '810a0014 0100 1000 c4020001f4 2205c4 9103 2107',
      [
        { kind: 'present', via: 'bacnet' },
        speaks('bacnet'),
        detail('device-instance', '500'),
        detail('vendor-id', '7'),
      ],
    ],
    [
      'BACnet I-Am from behind a router: of the router it says only that it routes',
      bacnet.search,
      '810b001c 0128ffff00 000501 0aff 1000 c4020001f4 2205c4 9103 2107',
      [
        { kind: 'present', via: 'bacnet' },
        speaks('bacnet'),
        detail('routes-to', 'BACnet device 500'),
      ],
    ],
    ['BACnet Who-Is of somebody else', bacnet.search, '810b000c 0120ffff00ff 1008', []],
    [
      'EtherNet/IP identity',
      enip.search,
      IDENTITY,
      [
        speaks('enip'),
        access('open'),
        attribute('vendor', 'Rockwell Automation/Allen-Bradley'),
        attribute('model', '1769-L23E'),
        attribute('firmware', '20.11'),
        attribute('serial', '00c0ffee'),
        detail('vendor-id', '1'),
        detail('device-type', '14'),
        detail('product-code', '54'),
      ],
    ],
    [
      'KNXnet/IP search response',
      knxip.search,
      `061002020044 0801 c0000209 0e57 36010200 1101 0000 00c501020304 e000170c 00246d010203 ${NAME}`,
      [
        speaks('knxip', '1'),
        attribute('name', 'KNX IP Router'),
        attribute('serial', '00c501020304'),
        detail('individual-address', '1.1.1'),
        detail('mac', '00:24:6d:01:02:03'),
        detail('medium', 'TP1'),
      ],
    ],
    [
      'Kasa, its own question heard back',
      tplinkKasa.search,
      kasa('{"system":{"get_sysinfo":{}}}'),
      [],
    ],
    [
      'Kasa, a bulb',
      tplinkKasa.search,
      kasa('{"system":{"get_sysinfo":{"model":"LB130(EU)"}}}'),
      [
        speaks('tplink-kasa'),
        access('open'),
        attribute('vendor', 'TP-Link'),
        attribute('model', 'LB130(EU)'),
      ],
    ],
  ] satisfies [string, Search, string, Fact[]][])('%s', (_, search, datagram, facts) => {
    const sightings = search.read(bytes(datagram), { address: ADDRESS, port: search.port });
    expect(sightings.flatMap((sighting) => sighting.facts)).toEqual(facts);
    expect(sightings.every(({ address }) => address === ADDRESS)).toBe(true);
  });

  test.each(SEARCHES)('%s takes its own question for no answer', (_, search) => {
    for (const question of search.questions(new Uint8Array(32))) {
      expect(search.read(question, { address: ADDRESS, port: search.port })).toEqual([]);
    }
  });
});

function kasa(text: string): string {
  let key = 171;
  const ciphered = Buffer.from(text).map((octet) => {
    key ^= octet;
    return key;
  });
  return Buffer.from(ciphered).toString('hex');
}
