import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopesOf } from '../../../src/io/api/access/scopes.ts';
import { Tokens } from '../../../src/io/api/access/tokens.ts';
import { routes } from '../../../src/io/api/routes/index.ts';
import type { Role, Scope } from '../../../src/model/api/common.ts';
import type { Harness } from './harness.ts';
import { openHarness } from './harness.ts';

/** Who asks, with what of them goes along and what it lets them do. */
interface Who {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** A credential that is wrong is refused even where none is needed. */
  readonly bad?: true;
  headers(): Promise<Record<string, string>>;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly scope: Scope | 'anyone';
  /** Whoever came with the one-time link may, too, while nobody has an account. */
  readonly setup: boolean;
  readonly ownAccount: boolean;
  /** Nobody is asked who they are. */
  readonly isPublic: boolean;
}

const PLAIN = { method: 'GET', setup: false, ownAccount: false } as const;

const operations: readonly Operation[] = [
  ...routes.map(({ method, path, scope, setup = false, ownAccount = false }) => ({
    method: method.toUpperCase(),
    path: `/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`,
    scope,
    setup,
    ownAccount,
    isPublic: false,
  })),
  { ...PLAIN, path: '/metrics', scope: 'read', isPublic: false },
  { ...PLAIN, path: '/healthz', scope: 'anyone', isPublic: true },
  { ...PLAIN, path: '/api/v1/openapi.json', scope: 'anyone', isPublic: true },
];

/** Ways to ask for the same that have opened other programs, and what comes of them here. */
const TRICKS: readonly {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: (path: string) => string;
  readonly status?: number;
}[] = [
  { name: 'plain' },
  {
    name: 'Upgrade: h2c',
    headers: {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABk',
    },
  },
  { name: 'Upgrade: websocket', headers: { connection: 'Upgrade', upgrade: 'websocket' } },
  { name: 'two slashes', path: (path) => `/${path}`, status: 400 },
  { name: 'a dot in percent-encoding', path: (path) => `/%2e${path}`, status: 400 },
  {
    name: 'X-Original-URL',
    headers: { 'x-original-url': '/healthz', 'x-rewrite-url': '/healthz' },
  },
  {
    name: 'X-Forwarded-*',
    headers: {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/healthz',
      'x-real-ip': '127.0.0.1',
    },
  },
  { name: 'X-Remote-User', headers: { 'x-remote-user': 'admin', 'remote-user': 'admin' } },
  {
    name: 'another method',
    headers: { 'x-http-method-override': 'GET', 'x-method-override': 'GET' },
  },
];

let daemon: Harness;
let people: readonly Who[] = [];

beforeAll(async () => {
  daemon = await openHarness();
  const { access } = daemon.context.session.store;
  const past = new Tokens(access, () => daemon.context.world.now() - 2 * 86_400_000);
  const tokens = new Tokens(access, () => daemon.context.world.now());
  const bearer = (secret: string) => () => Promise.resolve({ authorization: `Bearer ${secret}` });
  const role = (name: Role): Who => ({
    name,
    scopes: scopesOf(name),
    headers: () => sessionOf(name),
  });
  await daemon.signIn('admin');
  people = [
    { name: 'nobody', scopes: new Set(), headers: () => Promise.resolve({ origin: origin() }) },
    role('viewer'),
    role('operator'),
    role('admin'),
    {
      name: 'a token to read',
      scopes: new Set(['read']),
      headers: bearer(tokens.make('reader', ['read'], 1, 'test').secret),
    },
    {
      name: 'a token that is over',
      scopes: new Set(),
      bad: true,
      headers: bearer(past.make('old', ['admin'], 1, 'test').secret),
    },
  ];
});

afterAll(() => daemon.close());

const sessions = new Map<Role, Record<string, string>>();

/** Opened anew where an operation has ended it: signing out is one of them. */
async function sessionOf(role: Role): Promise<Record<string, string>> {
  const known = sessions.get(role);
  const id = known?.['cookie']?.split('=')[1] ?? '';
  if (known !== undefined && isAlive(id)) return known;
  const headers = { ...(await daemon.signIn(role)).headers };
  sessions.set(role, headers);
  return headers;
}

function isAlive(id: string): boolean {
  const hash = createHash('sha256').update(id).digest('hex');
  return daemon.context.session.store.access.session(hash) !== undefined;
}

const origin = (): string => `http://127.0.0.1:${daemon.port}`;

/** What the declaration of the route says. */
function declared(
  { scope, ownAccount, isPublic }: Operation,
  { scopes, bad, name }: Who,
): 'in' | 401 | 403 {
  if (isPublic) return 'in';
  if (bad === true) return 401;
  if (ownAccount && name.startsWith('a token')) return 403;
  if (scope === 'anyone' || scopes.has(scope)) return 'in';
  return name === 'nobody' ? 401 : 403;
}

/** `in` for everything that the operation itself says, be it that there is no device "x". */
async function met(
  { method, path }: Operation,
  headers: Readonly<Record<string, string>>,
): Promise<number | 'in'> {
  const status = await statusOf(method, path, headers);
  return [400, 401, 403, 415, 421].includes(status) ? status : 'in';
}

/** Streams do not end: the head is enough. */
function statusOf(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: daemon.port, method, path, headers, agent: false },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

describe.each(operations)('$method $path', (operation) => {
  test.each(TRICKS)('lets in who is declared, $name', async ({ headers, path, status }) => {
    const tricked = path === undefined ? operation : { ...operation, path: path(operation.path) };
    for (const who of people) {
      const own = await who.headers();
      const expected = status ?? declared(operation, who);
      expect([who.name, await met(tricked, { ...own, ...headers })]).toEqual([who.name, expected]);
    }
  });

  test('answers to no foreign name', async () => {
    for (const who of people) {
      const own = await who.headers();
      for (const host of ['evil.example', '192.0.2.1', 'localhost.evil.example']) {
        expect([who.name, await met(operation, { ...own, host })]).toEqual([who.name, 421]);
      }
    }
  });
});

describe.each(operations.filter(({ method }) => method !== 'GET'))(
  '$method $path, which changes something',
  (operation) => {
    test('is not for pages of others', async () => {
      for (const who of people) {
        const { origin: _, ...own } = await who.headers();
        const foreign = [
          { origin: 'https://evil.example' },
          { origin: 'null' },
          { 'sec-fetch-site': 'cross-site' },
        ];
        for (const mark of foreign) {
          expect([who.name, await met(operation, { ...own, ...mark })]).toEqual([who.name, 403]);
        }
        if (own['authorization'] === undefined) expect(await met(operation, own)).toBe(403);
      }
    });

    test('takes the token of the session, and JSON only', async () => {
      for (const who of people.filter((one) => declared(operation, one) === 'in')) {
        const own = await who.headers();
        const { 'x-csrf-token': csrf, ...rest } = own;
        const isOpen = operation.scope === 'anyone' || csrf === undefined;
        if (!isOpen) expect([who.name, await met(operation, rest)]).toEqual([who.name, 403]);
        for (const media of [
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data',
        ]) {
          const sent = { ...(await who.headers()), 'content-type': media };
          expect([who.name, await met(operation, sent)]).toEqual([who.name, 415]);
        }
      }
    });
  },
);

test('every operation has a name of its own, and none is there twice', () => {
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
  expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
});

test('only the sign-in, the health and the description are for anybody', () => {
  const open = operations.filter(({ scope }) => scope === 'anyone');
  expect(open.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
    'GET /api/v1/openapi.json',
    'GET /api/v1/session',
    'GET /healthz',
    'POST /api/v1/session',
    'POST /api/v1/session/link',
  ]);
});

test('nothing that changes something takes less than a right to do so', () => {
  const own = ['/api/v1/session', '/api/v1/me/password', '/api/v1/me/totp'];
  const weak = routes.filter(
    ({ method, scope, path, readOnly }) =>
      method !== 'get' && scope === 'read' && readOnly !== true && !own.includes(`/api/v1${path}`),
  );
  expect(weak.map(({ id }) => id)).toEqual([]);
});
