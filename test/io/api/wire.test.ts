import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness } from './harness.ts';
import { openHarness } from './harness.ts';

let daemon: Harness;

beforeAll(async () => {
  daemon = await openHarness();
});
afterAll(() => daemon.close());

test.each([
  [
    'h2c by upgrade',
    'GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
    '401',
  ],
  ['h2c by prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400|505'],
  [
    'two lengths',
    'POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
    '400',
  ],
  [
    'a length and chunks',
    'POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '400',
  ],
  ['no Host', 'GET /api/v1/session HTTP/1.1\r\n\r\n', '400'],
  ['an empty Host', 'GET /api/v1/session HTTP/1.1\r\nHost:\r\n\r\n', '421'],
  [
    'two of Host',
    'GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n',
    '421',
  ],
  [
    'a folded header',
    'GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n',
    '400|401',
  ],
  [
    'a blank before the colon',
    'POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
    '400',
  ],
  [
    'chunks by another name',
    'POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    '400',
  ],
  [
    'chunks that are not last',
    'POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    '400',
  ],
  [
    'a length with a sign',
    'POST /api/v1/things HTTP/1.1\r\nHost: localhost\r\nContent-Length: +1\r\n\r\nx',
    '400',
  ],
  ['lines that end in LF', 'GET /api/v1/status HTTP/1.1\nHost: localhost\n\n', '400|401'],
  ['a bare CR', 'GET /api/v1/status HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n', '400'],
  ['HTTP/1.0 without Host', 'GET /api/v1/session HTTP/1.0\r\n\r\n', '421'],
  ['a tunnel', 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n', ''],
  [
    'two hosts in one line',
    'GET /api/v1/session HTTP/1.1\r\nHost: localhost, evil.example\r\n\r\n',
    '421',
  ],
  [
    'a whole URL with a good Host',
    'GET http://localhost/api/v1/session HTTP/1.1\r\nHost: localhost\r\n\r\n',
    '400',
  ],
  [
    'two of Authorization',
    'GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n',
    '400',
  ],
  [
    'an Origin behind 3,000 other headers',
    `POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n${'a:\r\n'.repeat(3000)}Origin: http://evil.example\r\nContent-Length: 0\r\n\r\n`,
    '403',
  ],
  [
    'a head without end',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    '431',
  ],
])('on the wire: %s', async (_, text, statuses) => {
  const answer = await wire(text);
  if (statuses === '') expect(answer).toBe('');
  else expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 (?:${statuses}) `));
  expect(answer).not.toMatch(/101 Switching/);
});

test('what is refused takes no second request with it', async () => {
  const inner = 'GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const outer = (host: string, path: string): string =>
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${inner.length}\r\n\r\n`;
  for (const [host, path] of [
    ['evil.example', '/api/v1/session'],
    ['localhost', '/api/v1/../session'],
    ['localhost', '/api/v1/session'],
  ] as const) {
    const answer = await wire(outer(host, path) + inner);
    expect([host, path, answer.match(/HTTP\/1\.1 \d+/g)?.length]).toEqual([host, path, 1]);
  }
});

test('of several in a row each is looked at for itself', async () => {
  const one = (host: string): string => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const answer = await wire(one('localhost') + one('evil.example') + one('localhost'));
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 421', 'HTTP/1.1 200']);
});

/** Bytes as they are, and everything that comes back. */
function wire(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(daemon.port, '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (part: string) => {
      answer += part;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}
