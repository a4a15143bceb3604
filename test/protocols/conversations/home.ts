import { untrusted } from '../../../src/base/untrusted.ts';
import type { Fact } from '../../../src/model/evidence.ts';
import { u32 } from '../../../src/protocols/shared/bytes.ts';
import { access, attribute, detail, speaks } from '../../../src/protocols/shared/facts.ts';
import type { Conversation } from './conversation.ts';
import { hex } from './conversation.ts';

/** Kasa: the autokey cipher, which is its own framing over UDP. */
function kasa(text: string): Uint8Array {
  let key = 171;
  return Buffer.from(text).map((octet) => {
    key ^= octet;
    return key;
  });
}

const KASA = `{"system":{"get_sysinfo":{"sw_ver":"1.5.6","hw_ver":"2.0","model":"HS110(EU)","deviceId":"8006E3","mac":"50:C7:BF:01:02:03","alias":"Pump","latitude":52.5}}}`;
const KASA_FACTS: readonly Fact[] = [
  speaks('tplink-kasa'),
  access('open'),
  attribute('vendor', 'TP-Link'),
  attribute('name', 'Pump'),
  attribute('model', 'HS110(EU)'),
  attribute('firmware', '1.5.6'),
  attribute('hardware', '2.0'),
  { kind: 'identifier', scheme: 'serial', value: untrusted('8006E3') },
  detail('mac', '50:C7:BF:01:02:03'),
];

export const HOME: readonly Conversation[] = [
  {
    name: 'a lamp that answers a heart-beat',
    protocol: 'tuya',
    over: 'tcp',
    port: 6668,
    answers: ['000055aa 00000000 00000009 0000000c 00000000 b051ab03 0000aa55'],
    facts: [speaks('tuya')],
  },
  {
    name: 'a plug that keeps its key to itself',
    protocol: 'miio',
    over: 'udp',
    port: 54_321,
    answers: [`21310020 00000000 0012d687 0000a2b3 ${'00'.repeat(16)}`],
    facts: [
      speaks('miio'),
      attribute('vendor', 'Xiaomi'),
      { kind: 'identifier', scheme: 'serial', value: untrusted('miio-0012d687') },
      detail('device-id', '0012d687'),
      access('credentials'),
      { kind: 'amplification', sent: 32, received: 32 },
    ],
  },
  {
    name: 'a plug that shows its key to anyone',
    protocol: 'miio',
    over: 'udp',
    port: 54_321,
    answers: [`21310020 00000000 0012d687 0000a2b3 ${'5a'.repeat(16)}`],
    facts: [
      speaks('miio'),
      attribute('vendor', 'Xiaomi'),
      { kind: 'identifier', scheme: 'serial', value: untrusted('miio-0012d687') },
      detail('device-id', '0012d687'),
      access('open'),
      detail('token', 'shown to anyone'),
      { kind: 'amplification', sent: 32, received: 32 },
    ],
  },
  {
    name: 'a plug over TCP',
    protocol: 'tplink-kasa',
    over: 'tcp',
    port: 9999,
    answers: [hex(u32(KASA.length), kasa(KASA))],
    facts: KASA_FACTS,
    dissector: 'tplink-smarthome',
  },
  {
    name: 'a plug over UDP',
    protocol: 'tplink-kasa',
    over: 'udp',
    port: 9999,
    answers: [hex(kasa(KASA))],
    facts: [...KASA_FACTS, { kind: 'amplification', sent: 29, received: KASA.length }],
    dissector: 'tplink-smarthome',
  },
  {
    name: 'a node in the clear',
    protocol: 'esphome-api',
    over: 'tcp',
    port: 6053,
    answers: [
      '00 1f 02 0801 100a 1a10 45535048 6f6d6520 32303236 2e31302e 2207 6b697463 68656e',
      '00 31 0a 0800 1207 6b69746368656e 1a11 41413a42423a43433a30313a30323a3033 2207 323032362e3130 3208 6573703332646576',
    ],
    facts: [
      speaks('esphome-api', 'plain'),
      detail('product', 'ESPHome 2026.10.'),
      attribute('name', 'kitchen'),
      access('open'),
      attribute('firmware', 'ESPHome 2026.10'),
      attribute('model', 'esp32dev'),
      detail('mac', 'AA:BB:CC:01:02:03'),
    ],
  },
  {
    name: 'a node that wants encryption',
    protocol: 'esphome-api',
    over: 'tcp',
    port: 6053,
    answers: [
      `010013 01 ${Buffer.from('Bad indicator byte').toString('hex')}`,
      `010016 01 ${Buffer.from('kitchen\0aabbcc010203\0').toString('hex')}`,
    ],
    facts: [
      speaks('esphome-api', 'noise'),
      access('credentials'),
      attribute('name', 'kitchen'),
      detail('mac', 'aabbcc010203'),
    ],
  },
];
