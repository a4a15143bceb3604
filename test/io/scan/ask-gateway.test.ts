import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNetwork } from '../../../src/base/address.ts';
import { askGateway } from '../../../src/io/scan/ask-gateway.ts';
import { makeScope } from '../../../src/io/scan/scope.ts';

const ROUTER = '127.93.0.2';
const TRAP = '127.93.0.3';
const PORT = 49_931;
const URL = `http://${ROUTER}:${PORT}/rootDesc.xml`;
const SERVICE = 'urn:schemas-upnp-org:service:WANIPConnection:1';
const loopback = parseNetwork('127.0.0.0/8');
const SCOPE = makeScope({ own: loopback === undefined ? [] : [loopback], wanted: [], exclude: [] });

const asked: string[] = [];
let servers: readonly Server[] = [];

beforeAll(async () => {
  servers = await Promise.all([ROUTER, TRAP].map(serve));
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

function document(control: string): Uint8Array {
  return Buffer.from(
    `<root><device><serviceList><service><serviceType>${SERVICE}</serviceType><controlURL>${control}</controlURL></service></serviceList></device></root>`,
  );
}

function ask(control: string, options: { signal?: AbortSignal; scope?: typeof SCOPE } = {}) {
  asked.length = 0;
  return askGateway(document(control), URL, ROUTER, {
    scope: SCOPE,
    signal: new AbortController().signal,
    timeout: 300,
    patience: 2000,
    turn: () => Promise.resolve(),
    ...options,
  });
}

const entries = async (control: string): Promise<number> =>
  (await ask(control)).filter(({ kind }) => kind === 'mapping').length;

describe('a router that', () => {
  test.each([
    ['behaves', '/good', 2],
    ['sends faults with 500, as SOAP has it', '/empty', 0],
    ['redirects to another host', '/redirect', 0],
    ['names a control URL on another host', `http://${TRAP}:${PORT}/good`, 0],
    ['sends a gigabyte', '/gigabyte', 0],
    ['never answers', '/never', 0],
    ['sends a byte now and then', '/drip', 0],
    ['packs its answer', '/gzip', 0],
    ['sends no XML', '/noise', 0],
    ['answers 404', '/missing', 0],
  ])('%s', async (_, control, count) => {
    expect(await entries(control)).toBe(count);
    expect(asked.filter((line) => line.startsWith(TRAP))).toEqual([]);
  });

  test('answers for ever is left after some hundred questions', async () => {
    const facts = await ask('/forever');
    expect(asked.length).toBeLessThan(520);
    expect(facts.filter(({ kind }) => kind === 'mapping').length).toBeLessThan(520);
  });
});

test('nothing is asked outside the scope, nor after an abort', async () => {
  const none = makeScope({ own: [], wanted: [], exclude: [] });
  expect(await ask('/good', { scope: none })).toEqual([]);
  expect(await ask('/good', { signal: AbortSignal.abort() })).toEqual([]);
  expect(asked).toEqual([]);
});

test('each question waits for its turn', async () => {
  let turns = 0;
  await askGateway(document('/good'), URL, ROUTER, {
    scope: SCOPE,
    signal: new AbortController().signal,
    turn: () => {
      turns += 1;
      return Promise.resolve();
    },
  });
  // The outside address, two entries, and one behind the last.
  expect(turns).toBe(4);
});

function serve(address: string): Promise<Server> {
  const server = createServer((request, response) => {
    asked.push(`${address} ${request.url}`);
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.on('end', () => answer(request, response, body));
  });
  return new Promise((resolve) => {
    server.listen(PORT, address, () => resolve(server));
  });
}

function answer({ url, headers }: IncomingMessage, response: ServerResponse, body: string): void {
  const index = Number(/<NewPortMappingIndex>(\d+)</.exec(body)?.[1] ?? -1);
  const isEntry = String(headers['soapaction']).endsWith('#GetGenericPortMappingEntry"');
  switch (url) {
    case '/good':
      if (isEntry && index < 2) response.end(entry(index));
      else fault(response, isEntry ? 713 : 401);
      break;
    case '/forever':
      response.end(entry(index));
      break;
    case '/empty':
      fault(response, 713);
      break;
    case '/redirect':
      response.writeHead(307, { location: `http://${TRAP}:${PORT}/good` }).end();
      break;
    case '/gigabyte':
      flood(response, Buffer.alloc(65_536, 0x20), 0);
      break;
    case '/drip':
      flood(response, Buffer.from(' '), 50);
      break;
    case '/gzip':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(entry(0));
      break;
    case '/noise':
      response.end('\u0000\u0001<<<>>>');
      break;
    case '/missing':
      response.writeHead(404).end(entry(0));
      break;
    default:
  }
}

function flood(response: ServerResponse, piece: Buffer, pause: number): void {
  const timer = setInterval(() => {
    if (response.destroyed) clearInterval(timer);
    else response.write(piece);
  }, pause);
}

function entry(index: number): string {
  return envelope(
    `<u:R><NewExternalPort>${index + 1}</NewExternalPort><NewProtocol>UDP</NewProtocol><NewInternalPort>1</NewInternalPort><NewInternalClient>192.168.1.2</NewInternalClient></u:R>`,
  );
}

function fault(response: ServerResponse, code: number): void {
  const detail = `<detail><UPnPError><errorCode>${code}</errorCode></UPnPError></detail>`;
  response.writeHead(500).end(envelope(`<s:Fault>${detail}</s:Fault>`));
}

function envelope(inner: string): string {
  return `<s:Envelope><s:Body>${inner}</s:Body></s:Envelope>`;
}
