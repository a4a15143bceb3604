import { describe, expect, test } from 'vitest';
import { adb } from '../../src/protocols/adb.ts';
import { access, attribute, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const HOST = `434e584e 00000001 00100000 07000000 32020000 bcb1a7b1 ${hex('host::\0')}`;
const BOX = `434e584e 01000001 00001000 27000000 00000000 bcb1a7b1 ${hex('device::ro.product.model=X96;features=a;')}`;
const TOKEN = `41555448 01000000 00000000 14000000 00000000 beaaabb7 ${'5a'.repeat(20)}`;
const TLS = '53544c53 00000001 00000000 00000000 00000000 acabb3ac';

describe('adb', () => {
  recognises(adb, [
    ['both sides', HOST, BOX, 'proved'],
    ['the client alone', HOST, '', 'likely'],
    ['the device alone', '', TOKEN, 'likely'],
    ['half a header', '434e584e 0000', '', 'more'],
    ['a header that does not add up', HOST.replace('bcb1a7b1', 'bcb1a7b0'), '', 'no'],
    ['a payload of 2 GiB', HOST.replace('07000000', '00000080'), '', 'no'],
  ]);

  learns(adb, [
    [
      'a box that lets everybody in',
      [BOX],
      [speaks('adb'), access('open'), detail('system', 'device'), attribute('model', 'X96')],
    ],
    ['a telephone that wants a key', [TOKEN], [speaks('adb'), access('credentials')]],
    ['a telephone that wants TLS', [TLS], [speaks('adb'), access('credentials')]],
    ['an echo', [HOST], []],
    ['a web server', [hex('HTTP/1.1 400 Bad Request\r\n\r\n')], []],
    ['silence', [''], []],
  ]);

  test('greets with a true checksum, and shows no key', () => {
    const sent = says(adb, [TOKEN]);
    expect(sent.map((text) => Buffer.from(text, 'latin1').toString('hex'))).toEqual([
      HOST.replaceAll(' ', ''),
    ]);
  });
});
