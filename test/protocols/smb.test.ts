import { describe, expect, test } from 'vitest';
import { detail, speaks } from '../../src/protocols/shared/facts.ts';
import { smb } from '../../src/protocols/smb.ts';
import { exchanges } from './exchanges/smb.ts';
import { hex } from './hex.ts';
import { learns, recognises, says } from './tables.ts';

const [samba, old] = exchanges;
const { client = '', server = '' } = samba ?? {};

describe('smb', () => {
  recognises(smb, [
    ['the client alone', client, '', 'likely'],
    ['the server alone', '', server, 'likely'],
    ['a header without its negotiation', client.slice(0, 60), '', 'more'],
    ['the question given back', client, client, 'no'],
    ['a keep-alive of the session service', '85000000', '', 'no'],
    ['another command', `${client.slice(0, 32)}0500${client.slice(36)}`, '', 'no'],
  ]);

  learns(smb, [
    [
      'Samba',
      [server],
      [
        speaks('smb', '3.0.2'),
        detail('signing', 'not required'),
        detail('server id', '6c61626e617300000000000000000000'),
      ],
    ],
    [
      'a server that hangs up on SMB 2 and knows SMB 1',
      ['', old?.server ?? ''],
      [speaks('smb', '1')],
    ],
    ['an echo', [client], []],
    ['a web server', [hex('HTTP/1.1 400 Bad Request\r\n\r\n')], []],
    ['silence', ['', ''], []],
  ]);

  test('negotiates twice at most, with lengths that are true', () => {
    const sent = says(smb, ['', '']);
    expect(sent).toHaveLength(2);
    for (const text of sent) {
      const message = Buffer.from(text, 'latin1');
      expect(message.readUInt32BE(0)).toBe(message.length - 4);
    }
  });
});
