import { describe, expect, test } from 'vitest';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { readScreen, telnet } from '../../src/protocols/telnet.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const ASKS = 'fffd18 fffd20 fffd23 fffd27';
const WILLING = 'fffb01 fffb03';

describe('telnet', () => {
  recognises(telnet, [
    ['a negotiation of both sides', 'fffb18', ASKS, 'proved'],
    ['the server alone', '', ASKS, 'likely'],
    ['an IAC and no more yet', '', 'ff', 'more'],
    ['a byte-order mark of UTF-16', '', 'fffe3100', 'no'],
    ['a JPEG', '', 'ffd8ffe0', 'no'],
    ['an option that nobody assigned', '', 'fffd66', 'no'],
    ['a prompt without a negotiation', '', hex('login: '), 'no'],
  ]);

  learns(telnet, [
    [
      'inetutils, which asks twice before it prompts',
      [
        'fffb25fffb26fffd18fffd20fffd23fffd27fffd24',
        'fffb03fffd01fffd22fffd1ffffb05fffd21',
        `fffb01fffd06fffd00${hex('\r\nLinux 6.1 (localhost) (pts/0)\r\n\r\nvm login: ')}`,
      ],
      [
        speaks('telnet'),
        access('credentials'),
        detail('banner', 'Linux 6.1 (localhost) (pts/0)\r\n\r\nvm login:'),
      ],
    ],
    [
      'a shell that is open to everybody',
      [`${WILLING} ${ASKS}`, hex('\r\n\r\nBusyBox v1.19.4 built-in shell (ash)\r\n\r\n/ # ')],
      [
        speaks('telnet'),
        access('open'),
        detail('banner', 'BusyBox v1.19.4 built-in shell (ash)\r\n\r\n/ #'),
        detail('software', 'BusyBox 1.19.4'),
      ],
    ],
    [
      'a coloured prompt',
      [WILLING + hex('\u001b[1;32mroot@cam\u001b[0m:~# ')],
      [speaks('telnet'), access('open'), detail('banner', '\u001b[1;32mroot@cam\u001b[0m:~#')],
    ],
    [
      'a menu that proves no shell',
      [WILLING + hex('Main menu\r\n> ')],
      [speaks('telnet'), detail('banner', 'Main menu\r\n>')],
    ],
    ['a negotiation alone', [WILLING], [speaks('telnet')]],
    [
      'a prompt, by a server that answers one option',
      [hex('Password: '), 'fffb03'],
      [speaks('telnet'), access('credentials'), detail('banner', 'Password:')],
    ],
    ['a prompt of a service that echoes', [hex('login: '), 'fffd03'], []],
    ['a prompt of a service that is silent', [hex('login: '), ''], []],
    ['a UTF-16 text', ['fffe31003200'], []],
    ['a negotiation that is none in the end', ['fffd18 ff41 ff42'], []],
    ['silence', [''], []],
  ]);

  test('refuses whatever is asked, each option once, and never sends a line', () => {
    const sent = says(telnet, [`${ASKS} ${ASKS} ${WILLING}`, hex('login: ')]);
    expect(sent.map((text) => Buffer.from(text, 'latin1').toString('hex'))).toEqual([
      '',
      'fffc18fffc20fffc23fffc27fffe01fffe03',
    ]);
  });

  test('leaves a server that negotiates for ever', () => {
    expect(
      says(
        telnet,
        Array.from({ length: 50 }, () => ASKS),
      ).length,
    ).toBeLessThanOrEqual(5);
  });

  test.each([
    ['text between commands', 'fffd18 41 fffb01 42', 'AB', 2],
    ['a subnegotiation', 'fffa1801fff0 41', 'A', 0],
    ['a doubled IAC in a subnegotiation', 'fffa18fffff001fff0 41', 'A', 0],
    ['a subnegotiation that does not end', 'fffa1841424344', '', 0],
    ['CR NUL', '410d0042', 'A\rB', 0],
  ])('readScreen understands %s', (_, digits, text, requests) => {
    const screen = readScreen(bytes(digits));
    expect([screen.text, screen.requests.length, screen.broken]).toEqual([text, requests, false]);
  });
});
