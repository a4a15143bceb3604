import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:https';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchOverHttps } from '../../../src/io/mud/fetch.ts';
import { Authority, hasOpenssl } from './certificates.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-fetch-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const TYPE = 'application/mud+json';

describe.skipIf(!hasOpenssl && process.env['CI'] === undefined)('from a real HTTPS server', () => {
  let server: Server;
  let ca = '';
  let base = '';
  let asked: { url: string | undefined; accept: string | undefined }[] = [];

  beforeAll(async () => {
    const authority = new Authority(FOLDER, 'web');
    const { key, certificate } = authority.issue('server', ['subjectAltName=IP:127.0.0.1']);
    ca = authority.pem;
    const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
    server = createServer(tls, (request, response) => {
      asked.push({ url: request.url, accept: request.headers.accept });
      const moved = (location: string): void => {
        response.writeHead(302, { location }).end();
      };
      switch (request.url) {
        case '/good':
          return response.end('{"a": 1}');
        case '/moved':
          return moved('/good');
        case '/away':
          return moved('https://localhost:1/good');
        case '/down':
          return moved(`http://127.0.0.1/good`);
        case '/round':
          return moved('/round');
        case '/broken':
          return response.writeHead(500).end();
        case '/endless': {
          const send = (): void => {
            while (!response.destroyed && response.write(Buffer.alloc(65_536)));
          };
          response.on('drain', send);
          return send();
        }
        case '/silent':
          return response.write('{');
        default:
          return response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    base = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const fetched = (path: string, options = {}): Promise<Uint8Array | undefined> =>
    fetchOverHttps(`${base}${path}`, TYPE, { ca, ...options });

  test.each([
    ['a file', '/good', '{"a": 1}'],
    ['a file that moved on the same server', '/moved', '{"a": 1}'],
    ['a file that is not there', '/nothing', undefined],
  ])('%s', async (_, path, text) => {
    asked = [];
    const got = await fetched(path);
    expect(got === undefined ? undefined : Buffer.from(got).toString()).toBe(text);
    expect(asked[0]).toEqual({ url: path, accept: TYPE });
  });

  test.each([
    ['a redirection to another authority', '/away', {}, /another place/],
    ['a redirection to plain http', '/down', {}, /another place/],
    ['a redirection without end', '/round', {}, /more than 3 times/],
    ['an error of the server', '/broken', {}, /status 500/],
    ['more than is wanted', '/endless', { limit: 100_000 }, /more than 100000 octets/],
    ['a server that falls silent', '/silent', { timeout: 200 }, /took too long/],
    ['a server that nobody vouches for', '/good', { ca: undefined }, /certificate|self-signed/],
    ['a person who has enough', '/silent', { stop: AbortSignal.timeout(100) }, /abort/],
  ])('%s is refused', async (_, path, options, why) => {
    await expect(fetched(path, options)).rejects.toMatchObject({
      code: 'E_NETWORK',
      message: expect.stringMatching(why),
    });
  });

  test.each([
    ['http:', 'http://127.0.0.1/x'],
    ['a file', 'file:///etc/passwd'],
    ['no URL at all', 'bulb.json'],
  ])('%s is not asked for', async (_, url) => {
    await expect(fetchOverHttps(url, TYPE)).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
