import { describe, expect, test } from 'vitest';
import { access, speaks } from '../../src/protocols/shared/facts.ts';
import { socks5 } from '../../src/protocols/socks5.ts';
import { learns, recognises, says } from './tables.ts';

describe('socks5', () => {
  recognises(socks5, [
    ['a method that was offered', '05020002', '0502', 'proved'],
    ['none that was offered', '050100', '05ff', 'proved'],
    ['the client alone', '050100', '', 'likely'],
    ['half an offer', '0502', '', 'more'],
    ['a method that was not offered', '050100', '0502', 'no'],
    ['DNP3', '0564', '', 'no'],
    ['an offer of nothing', '0500', '', 'no'],
  ]);

  learns(socks5, [
    ['an open proxy', ['0500', '05ff'], [speaks('socks5', '5'), access('open')]],
    ['a proxy with a password', ['0502', '0502'], [speaks('socks5', '5'), access('credentials')]],
    ['one that says the same to everything', ['0500', '0500'], []],
    ['two bytes that are chance', ['0500', ''], []],
    ['more than two bytes', ['050000', '05ff00'], []],
    ['an echo', ['05020002', '050102'], []],
    ['silence', [''], []],
  ]);

  test('tells no name and asks for no connection', () => {
    const sent = says(socks5, ['0502', '0502']);
    expect(sent.map((text) => Buffer.from(text, 'latin1').toString('hex'))).toEqual([
      '05020002',
      '050102',
    ]);
  });
});
