import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/model/evidence.ts';
import { parseAnswer, rtsp } from '../../src/protocols/rtsp.ts';
import { access, detail, speaks } from '../../src/protocols/shared/facts.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';
import { converse, peer, play } from './play.ts';

const OPTIONS =
  'RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: H264DVR 1.0\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n';
const LOGIN =
  'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="IP Camera(C1234)", nonce="1"\r\n\r\n';
const KNOWN: readonly Fact[] = [
  speaks('rtsp', '1.0'),
  detail('server', 'H264DVR 1.0'),
  detail('methods', 'OPTIONS, DESCRIBE, SETUP, PLAY'),
];
const REFUSED: readonly Fact[] = [
  access('credentials'),
  detail('authentication', 'Digest'),
  detail('realm', 'IP Camera(C1234)'),
];

describe('rtsp.probe', () => {
  test.each([
    [
      'a stream for everybody',
      [OPTIONS, 'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\nv=0\r\n'],
      [...KNOWN, access('open')],
    ],
    ['a stream behind a login', [OPTIONS, LOGIN], [...KNOWN, ...REFUSED]],
    [
      'a stream under another path, which says nothing of access',
      [OPTIONS, 'RTSP/1.0 404 Not Found\r\nCSeq: 2\r\n\r\n'],
      KNOWN,
    ],
    ['a login before anything', [LOGIN], [speaks('rtsp', '1.0'), ...REFUSED]],
    ['a server that hangs up after the first answer', [OPTIONS], KNOWN],
    ['HTTP', ['HTTP/1.1 400 Bad Request\r\n\r\n'], []],
    ['silence', [''], []],
  ] satisfies [string, string[], readonly Fact[]][])('%s', (_, answers, facts) => {
    expect(play(rtsp.probe.dialogue(peer(554)), answers.map(hex))).toEqual(facts);
  });

  test.each([
    ['in the clear', 'tcp', 'OPTIONS rtsp://192.0.2.7:554/ RTSP/1.0'],
    ['inside TLS', 'tls', 'OPTIONS rtsps://192.0.2.7:554/ RTSP/1.0'],
  ] as const)('only reads: %s', (_, over, line) => {
    const { sent } = converse(rtsp.probe.dialogue(peer(554, over)), [hex(OPTIONS), hex(LOGIN)]);
    const lines = sent.map((one) => Buffer.from(one, 'hex').toString().split('\r\n'));
    expect(lines.map(([first]) => first)).toEqual([line, line.replace('OPTIONS', 'DESCRIBE')]);
    expect(lines.map(([, second]) => second)).toEqual(['CSeq: 1', 'CSeq: 2']);
  });
});

test.each([
  ['headers that have not ended', 'RTSP/1.0 200 OK\r\nCSeq: 1\r\n', 'more'],
  ['a body that has not come', 'RTSP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nv=0', 'more'],
  [
    'a body that is longer than any',
    `RTSP/1.0 200 OK\r\nContent-Length: 999999\r\n\r\n${'v'.repeat(16_384)}`,
    'ok',
  ],
  ['SIP', 'SIP/2.0 200 OK\r\n\r\n', 'bad'],
])('parseAnswer: %s', (_, text, kind) => {
  expect(parseAnswer(bytes(hex(text))).kind).toBe(kind);
});

test.each([
  ['a client alone', 'DESCRIBE rtsp://192.0.2.7/ RTSP/1.0\r\nCSeq: 2\r\n\r\n', '', 'yes'],
  ['HTTP with the headers of RTSP', 'GET / HTTP/1.1\r\nCSeq: 2\r\n\r\n', '', 'no'],
  ['an answer of HTTP', 'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'no'],
  ['HTTP whose headers have not ended', 'GET / HTTP/1.1\r\nA: b\r\n', '', 'more'],
])('rtsp.recognise: %s', (_, client, server, kind) => {
  const first = { client: bytes(hex(client)), server: bytes(hex(server)) };
  // What waits for HTTP's headers is no RTSP any more.
  expect(rtsp.recognise(first).kind).toBe(kind === 'more' ? 'no' : kind);
});
