import { describe, expect, test } from 'vitest';
import { websocket } from '../../src/protocols/websocket.ts';
import { bytes } from './fixtures.ts';
import { hex } from './hex.ts';

const ASK =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n';
const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

const LONG = `GET /ws HTTP/1.1\r\nCookie: ${'y'.repeat(600)}`;

describe('websocket.recognise', () => {
  test.each([
    ['both sides', ASK, SWITCH, 'proved'],
    ['the client alone', ASK, '', 'likely'],
    ['a server alone that switches', '', SWITCH, 'likely'],
    ['a request that may still ask for it', 'GET /ws HTTP/1.1\r\nHost: a\r\n', '', 'more'],
    ['a server that refuses', ASK, 'HTTP/1.1 403 Forbidden\r\n\r\n', 'no'],
    ['another upgrade', ASK.replace('WebSocket', 'h2c'), '', 'no'],
    ['a browser whose headers go on beyond the depth', LONG, SWITCH, 'proved'],
    [
      'a server whose headers do',
      ASK,
      `HTTP/1.1 101 Web Socket Protocol Handshake\r\nX: ${'y'.repeat(600)}`,
      'proved',
    ],
    [
      'headers beyond the depth of what turns out to be a page',
      LONG,
      'HTTP/1.1 200 OK\r\n\r\n',
      'no',
    ],
    ['a request line with a NUL, as before its end came', 'GET /a\u0000HTTP/1.1\r\nA: b', '', 'no'],
    ['plain HTTP', 'GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'no'],
  ])('%s', (_, client, server, expected) => {
    const [asked, answered] = [client, server].map((text) => bytes(hex(text)).subarray(0, 512));
    const verdict = websocket.recognise({
      client: asked ?? new Uint8Array(0),
      server: answered ?? new Uint8Array(0),
    });
    expect(verdict.kind === 'yes' ? verdict.certainty : verdict.kind).toBe(expected);
  });
});
