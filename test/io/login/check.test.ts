import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import type { LoginVerdict } from '../../../src/io/login/check.ts';
import { checkLogin } from '../../../src/io/login/check.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { Store } from '../../../src/io/store/store.ts';
import type { Robustness } from '../../../src/model/core.ts';
import { DAY, START, Story } from '../../evidence.ts';
import { believe } from '../../inventory/build.ts';
import { lacking } from '../../lab/need.ts';

const A = '127.0.0.1';
const SECRET = 'correct horse';

let store: Store;
const servers: Server[] = [];

beforeEach(() => {
  store = openStore(':memory:');
});

afterEach(async () => {
  store.close();
  await Promise.all(servers.splice(0).map((server) => new Promise((end) => server.close(end))));
});

interface Parts {
  readonly protocol?: string;
  readonly user?: string;
  readonly password?: string;
  readonly inTheClear?: boolean;
  readonly robustness?: Robustness;
  readonly now?: number;
}

function check(port: number, parts: Parts = {}): Promise<LoginVerdict> {
  const { protocol = 'http', user = 'admin', password = SECRET, now = START } = parts;
  const [subject] = believe(new Story().speaks(A, port, protocol)).folded();
  const [service] = subject?.services ?? [];
  if (subject === undefined || service === undefined) throw new Error('no service');
  return checkLogin(store, {
    device: { ...subject.device, robustness: parts.robustness ?? 'unknown' },
    service,
    address: A,
    credential: { user, password },
    reason: 'my own',
    who: 'user:test',
    now,
    inTheClear: parts.inTheClear ?? false,
  });
}

async function failure(work: Promise<unknown>): Promise<PortolanError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PortolanError) return error;
  throw new Error(`It was expected to fail, and gave ${String(error)}`);
}

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, A);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A web server that writes down with what each request came. */
async function web(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly port: number; readonly seen: (string | undefined)[] }> {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    answer(request, response);
    response.end();
  });
  return { port: await listening(server), seen };
}

/** RFC 7616 as a server checks it, with its own arithmetic. */
function digestServer(algorithm: 'MD5' | 'SHA-256') {
  const hash = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  return web((request, response) => {
    const given = request.headers.authorization ?? '';
    const field = (name: string): string =>
      new RegExp(`\\b${name}="?([^",]+)`).exec(given)?.[1] ?? '';
    const who = hash(`admin:Cam, hall:${SECRET}`);
    const what = hash(`GET:${field('uri')}`);
    const right = hash(`${who}:n0nce:${field('nc')}:${field('cnonce')}:auth:${what}`);
    response.statusCode = field('response') === right ? 200 : 401;
    response.setHeader(
      'WWW-Authenticate',
      `Digest realm="Cam, hall", qop="auth,auth-int", algorithm=${algorithm}, nonce="n0nce", opaque="o"`,
    );
  });
}

function basic(request: IncomingMessage, response: ServerResponse): void {
  const right = `Basic ${Buffer.from(`admin:${SECRET}`).toString('base64')}`;
  response.statusCode = request.headers.authorization === right ? 200 : 401;
  response.setHeader('WWW-Authenticate', 'Basic realm="Cam"');
}

describe('a device without any password', () => {
  test('has no authentication: nothing is tried, and nothing is written down', async () => {
    const { port, seen } = await web(() => undefined);
    expect(await check(port)).toEqual({ kind: 'no-authentication' });
    expect(seen).toEqual([undefined]);
    expect(store.auditLog()).toEqual([]);
  });
});

describe('a device that asks', () => {
  test.each(['MD5', 'SHA-256'] as const)('by Digest with %s takes the right one', async (how) => {
    const { port, seen } = await digestServer(how);
    expect(await check(port)).toEqual({ kind: 'accepted' });
    expect(seen[0]).toBeUndefined();
    expect(seen).toHaveLength(2);
    expect(seen[1]).not.toContain(SECRET);
  });

  test('does not take a wrong one, and is not asked a second time', async () => {
    const { port, seen } = await digestServer('MD5');
    expect(await check(port, { password: 'wrong' })).toEqual({ kind: 'refused' });
    const error = await failure(check(port));
    expect([error.code, error.exitStatus]).toEqual(['E_LOGIN', 6]);
    expect(seen).toHaveLength(2);
    const [entry] = store.auditLog();
    expect(entry).toMatchObject({ who: 'user:test', why: 'my own', at: START });
    expect(entry?.what).toContain(`tcp/${port} account "admin"`);
    expect(JSON.stringify(store.auditLog())).not.toContain('wrong');
  });

  test('by Basic is not shown the password in the clear unless it was said', async () => {
    const { port, seen } = await web(basic);
    expect((await failure(check(port))).code).toBe('E_LOGIN');
    expect(seen).toEqual([undefined]);
    expect(store.auditLog()).toEqual([]);
    expect(await check(port, { inTheClear: true })).toEqual({ kind: 'accepted' });
  });

  test('in a way that nobody knows is not tried', async () => {
    const { port, seen } = await web((_, response) => {
      response.statusCode = 401;
      response.setHeader('WWW-Authenticate', 'Negotiate');
    });
    expect((await check(port)).kind).toBe('unclear');
    expect(seen).toEqual([undefined]);
  });

  test('whose question had expired is not asked again', async () => {
    const { port } = await web((_, response) => {
      response.statusCode = 401;
      response.setHeader('WWW-Authenticate', 'Digest realm="r", nonce="n", stale=true');
    });
    expect((await check(port)).kind).toBe('unclear');
  });
});

test.each([423, 429, 503])('%i is a lock: nothing is tried for a day', async (status) => {
  const { port, seen } = await web((_, response) => {
    response.statusCode = status;
  });
  expect((await check(port)).kind).toBe('locked');
  expect((await failure(check(port, { user: 'other' }))).code).toBe('E_LOGIN');
  expect(seen).toEqual([undefined]);
  expect((await check(port, { now: START + 2 * DAY })).kind).toBe('locked');
});

test('a fragile device is not asked at all', async () => {
  const { port, seen } = await web(basic);
  expect((await failure(check(port, { robustness: 'fragile' }))).code).toBe('E_FRAGILE');
  expect(seen).toEqual([]);
});

test('a protocol whose login is not known is not asked', async () => {
  expect((await failure(check(1, { protocol: 'ssh' }))).code).toBe('E_LOGIN');
});

test('a port that nobody listens on tells nothing', async () => {
  const port = await listening(createTcpServer());
  await new Promise((end) => servers.pop()?.close(end));
  expect((await check(port)).kind).toBe('unclear');
});

test('a server that answers without end is cut short', async () => {
  const port = await listening(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      const timer = setInterval(() => socket.write('x'.repeat(4096)), 5);
      socket.on('close', () => clearInterval(timer));
    }),
  );
  expect((await check(port)).kind).toBe('unclear');
});

test('RTSP asks in its own words', async () => {
  const requests: string[] = [];
  const port = await listening(
    createTcpServer((socket) => {
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        requests.push(text);
        const status = text.includes('Authorization: Digest') ? '200 OK' : '401 Unauthorized';
        socket.write(
          `RTSP/1.0 ${status}\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="r", nonce="n"\r\n\r\n`,
        );
      });
    }),
  );
  expect(await check(port, { protocol: 'rtsp' })).toEqual({ kind: 'accepted' });
  expect(requests[0]).toMatch(/^DESCRIBE rtsp:\/\/127\.0\.0\.1:\d+\/ RTSP\/1\.0\r\nCSeq: 1/);
  expect(requests).toHaveLength(2);
});

const MISSING = lacking('mosquitto');

describe.skipIf(MISSING !== undefined)('a real broker', () => {
  async function broker(settings: readonly string[]): Promise<{ port: number; end(): void }> {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-login-'));
    const port = await listening(createTcpServer());
    await new Promise((end) => servers.pop()?.close(end));
    const passwords = join(folder, 'passwords');
    writeFileSync(passwords, '', { mode: 0o600 });
    spawnSync('mosquitto_passwd', ['-b', passwords, 'admin', SECRET]);
    const file = join(folder, 'mosquitto.conf');
    const lines = [
      `listener ${port} ${A}`,
      ...settings.map((line) => line.replace('FILE', passwords)),
    ];
    writeFileSync(file, `${lines.join('\n')}\nuser root\n`);
    const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
    for (let turn = 0; turn < 100 && !(await answers(port)); turn += 1) await pause(50);
    return {
      port,
      end: () => {
        child.kill();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }

  test('that lets everybody in has no authentication', async () => {
    const { port, end } = await broker(['allow_anonymous true']);
    const verdict = await check(port, { protocol: 'mqtt', inTheClear: true }).finally(end);
    expect(verdict).toEqual({ kind: 'no-authentication' });
  });

  test.each([
    [SECRET, 'accepted'],
    ['wrong', 'refused'],
  ])('that asks: %s is %s', async (password, kind) => {
    const { port, end } = await broker(['allow_anonymous false', 'password_file FILE']);
    const parts = { protocol: 'mqtt', password, inTheClear: true };
    expect((await check(port, parts).finally(end)).kind).toBe(kind);
  });
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, A);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
