import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/model/evidence.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { sip } from '../../src/protocols/sip.ts';
import { hex } from './hex.ts';
import { converse, peer, play } from './play.ts';

const OK =
  'SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\nAllow: INVITE, OPTIONS\r\nServer: Asterisk PBX 18\r\nContent-Length: 0\r\n\r\n';

describe('sip.probe', () => {
  test.each([
    [
      'a server that says what it can do',
      [OK],
      [
        speaks('sip', '2.0'),
        detail('status', '200 OK'),
        detail('product', 'Asterisk PBX 18'),
        detail('methods', 'INVITE, OPTIONS'),
      ],
    ],
    [
      'a provisional answer before it',
      [`SIP/2.0 100 Trying\r\n\r\n${OK}`],
      [
        speaks('sip', '2.0'),
        detail('status', '200 OK'),
        detail('product', 'Asterisk PBX 18'),
        detail('methods', 'INVITE, OPTIONS'),
      ],
    ],
    [
      'a phone that wants a login',
      ['SIP/2.0 401 Unauthorized\r\nUser-Agent: snom370\r\n\r\n'],
      [
        speaks('sip', '2.0'),
        detail('status', '401 Unauthorized'),
        detail('product', 'snom370'),
        access('credentials'),
      ],
    ],
    ['provisional answers alone', ['SIP/2.0 100 Trying\r\n\r\n'.repeat(5)], []],
    ['HTTP', ['HTTP/1.1 400 Bad Request\r\n\r\n'], []],
    ['silence', [''], []],
  ] satisfies [string, string[], Fact[]][])('%s', (_, answers, facts) => {
    expect(play(sip.probe.dialogue(peer(5060)), answers.map(hex))).toEqual(facts);
  });

  test.each([
    ['udp', 'SIP/2.0/UDP', true],
    ['tcp', 'SIP/2.0/TCP', false],
    ['tls', 'SIP/2.0/TLS', false],
  ] as const)('every request has the fields of RFC 3261 §8.1.1, over %s', (over, via, measured) => {
    const { facts, sent } = converse(sip.probe.dialogue(peer(5060, over)), [hex(OK)]);
    const [line, ...fields] = Buffer.from(sent[0] ?? '', 'hex')
      .toString()
      .split('\r\n');
    expect(line).toBe('OPTIONS sip:192.0.2.7:5060 SIP/2.0');
    expect(fields[0]).toMatch(
      new RegExp(`^Via: ${via} portolan\\.invalid:5060;branch=z9hG4bK[0-9a-f]{16};rport$`),
    );
    const names = fields.map((one) => one.split(':')[0]);
    for (const name of ['Max-Forwards', 'From', 'To', 'Call-ID', 'CSeq', 'Content-Length']) {
      expect(names).toContain(name);
    }
    expect(facts.some(({ kind }) => kind === 'amplification')).toBe(measured);
  });
});
