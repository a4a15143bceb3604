import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNetwork } from '../../../src/base/address.ts';
import { fetchDescription } from '../../../src/io/scan/fetch-description.ts';
import { makeScope } from '../../../src/io/scan/scope.ts';
import { peer } from './harness.ts';

const DEVICE = '127.94.0.2';
const TRAP = '127.94.0.3';
const PORT = 49_901;
const SIGNAL = new AbortController().signal;
const loopback = parseNetwork('127.0.0.0/8');
const SCOPE = makeScope({ own: loopback === undefined ? [] : [loopback], wanted: [], exclude: [] });

const asked: string[] = [];
const servers = [server(DEVICE), server(TRAP)];

beforeAll(() => Promise.all(servers.map((each) => each.ready)));
afterAll(() => {
  for (const each of servers) each.http.close();
});

describe('a description', () => {
  test.each([
    ['comes from the device that named it', `http://${DEVICE}:${PORT}/root.xml?a=b`, '<root/>'],
    ['of the address in IPv6 form too', `http://[::ffff:${DEVICE}]:${PORT}/root.xml`, '<root/>'],
  ])('%s', async (_, url, text) => {
    const document = await fetchDescription(url, DEVICE, SCOPE, SIGNAL);
    expect(Buffer.from(document ?? []).toString()).toBe(text);
  });

  test.each([
    ['on another address', `http://${TRAP}:${PORT}/root.xml`],
    ['of the cloud', 'http://169.254.169.254/latest/meta-data/'],
    ['on a name', `http://localhost:${PORT}/root.xml`],
    ['over https', `https://${DEVICE}:${PORT}/root.xml`],
    ['in a file', 'file:///etc/passwd'],
    ['by gopher', `gopher://${DEVICE}:${PORT}/_x`],
    ['on port 0', `http://${DEVICE}:0/root.xml`],
    ['with a password', `http://a:b@${DEVICE}:${PORT}/root.xml`],
    ['at a number that is an address', 'http://2130706433/'],
    ['in no URL', 'not a url'],
    ['in a URL without end', `http://${DEVICE}:${PORT}/${'x'.repeat(5000)}`],
    ['behind a redirect', `http://${DEVICE}:${PORT}/redirect`],
    ['in gzip, which was not asked for', `http://${DEVICE}:${PORT}/gzip`],
    ['that is not there', `http://${DEVICE}:${PORT}/missing`],
    ['larger than 256 KiB', `http://${DEVICE}:${PORT}/endless`],
    ['that never comes', `http://${DEVICE}:${PORT}/never`],
  ])('%s is not taken', async (_, url) => {
    asked.length = 0;
    expect(await fetchDescription(url, DEVICE, SCOPE, SIGNAL, 300)).toBeUndefined();
    expect(asked.filter((line) => line.startsWith(TRAP))).toEqual([]);
  });

  test('is not asked for outside the scope', async () => {
    const none = makeScope({ own: [], wanted: [], exclude: [] });
    asked.length = 0;
    const url = `http://${DEVICE}:${PORT}/root.xml`;
    expect(await fetchDescription(url, DEVICE, none, SIGNAL)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test.each([
    ['headers without end', 'HTTP/1.1 200 OK\r\n', 'X-A: aaaaaaaaaaaaaaaaaaaa\r\n'],
    ['garbage', '\u0000\u0001', '\u0002'],
  ])('of a device that sends %s is not taken', async (_, first, then) => {
    const hostile = await peer('127.94.0.4', (socket) => {
      socket.write(first);
      const timer = setInterval(() => {
        if (socket.destroyed) clearInterval(timer);
        else socket.write(then.repeat(500));
      }, 1);
    });
    const url = `http://127.94.0.4:${hostile.port}/`;
    expect(await fetchDescription(url, '127.94.0.4', SCOPE, SIGNAL, 500)).toBeUndefined();
    await hostile.close();
  });
});

function server(address: string): { http: ReturnType<typeof createServer>; ready: Promise<void> } {
  const http = createServer((request, response) => {
    asked.push(`${address} ${request.url}`);
    answer(request, response);
  });
  const ready = new Promise<void>((resolve) => {
    http.listen(PORT, address, () => resolve());
  });
  return { http, ready };
}

function answer({ url }: IncomingMessage, response: ServerResponse): void {
  switch (url) {
    case '/redirect':
      response.writeHead(302, { location: `http://${TRAP}:${PORT}/root.xml` }).end('<root/>');
      break;
    case '/gzip':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('<root/>');
      break;
    case '/missing':
      response.writeHead(404).end('<root/>');
      break;
    case '/endless': {
      const timer = setInterval(() => {
        if (response.destroyed) clearInterval(timer);
        else response.write(Buffer.alloc(65_536, 0x20));
      }, 1);
      break;
    }
    case '/never':
      break;
    default:
      response.end('<root/>');
  }
}
