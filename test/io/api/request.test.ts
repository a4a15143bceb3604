import { request } from 'node:http';
import { hostname } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PortolanError } from '../../../src/base/errors.ts';
import { Refusal } from '../../../src/io/api/refusal.ts';
import type { Route } from '../../../src/io/api/route.ts';
import { route } from '../../../src/io/api/route.ts';
import { routes } from '../../../src/io/api/routes/index.ts';
import type { Browser, Harness } from './harness.ts';
import { openHarness } from './harness.ts';

let made = 0;
let version = 1;

const json = { kind: 'json', schema: z.unknown() } as const;
const common = { tag: 'test', summary: 'For these tests', scope: 'read' } as const;

/** What a resource does: enough to see what the server makes of it. */
const things: readonly Route[] = [
  route({
    ...common,
    id: 'listThings',
    method: 'get',
    path: '/things',
    query: z.object({ filter: z.string().optional(), limit: z.coerce.number().int().optional() }),
    answer: json,
    run: ({ query }) => {
      if (query.filter === 'broken') {
        const excerpt = { text: 'broken', at: 3 };
        throw new PortolanError('E_FILTER', 'No such field', { remedy: 'See: help', excerpt });
      }
      return { kind: 'json', value: { items: Array.from({ length: 200 }, () => 'thing'), query } };
    },
  }),
  route({
    ...common,
    id: 'addThing',
    method: 'post',
    path: '/things',
    previews: true,
    body: z.object({ name: z.string(), tags: z.array(z.string()).optional() }),
    answer: { kind: 'json', schema: z.unknown(), status: 201 },
    run: ({ body, dryRun }) => {
      if (!dryRun) made += 1;
      return { kind: 'json', value: { made, body } };
    },
  }),
  route({
    ...common,
    id: 'getThing',
    method: 'get',
    path: '/things/{id}',
    params: z.object({ id: z.string() }),
    answer: json,
    run: ({ params }) => ({ kind: 'json', value: params, etag: `v${version}` }),
  }),
  route({
    ...common,
    id: 'setThing',
    method: 'put',
    path: '/things/{id}',
    params: z.object({ id: z.string() }),
    body: z.object({ text: z.string() }),
    needsMatch: true,
    answer: json,
    run: ({ ifMatch }) => {
      if (ifMatch !== `v${version}`) {
        throw new Refusal(409, 'E_CONFLICT', 'Somebody else saved it', {
          remedy: 'Read it again.',
          current: { version: `v${version}`, difference: '-a\n+b' },
        });
      }
      version += 1;
      return { kind: 'json', value: {}, etag: `v${version}` };
    },
  }),
  route({
    ...common,
    id: 'breakThing',
    method: 'post',
    path: '/broken',
    answer: json,
    run: () => {
      throw new TypeError('secret details of /etc/shadow');
    },
  }),
  route({
    ...common,
    id: 'getReport',
    method: 'get',
    path: '/report',
    answer: { kind: 'media', media: 'text/csv' },
    run: () => ({ kind: 'media', media: 'text/csv', body: '"a"\r\n', file: 'report\r\nX: y".csv' }),
  }),
];

let daemon: Harness;
let admin: Browser;

beforeAll(async () => {
  daemon = await openHarness({ routes: [...routes, ...things], basePath: '' });
  admin = await daemon.signIn('admin');
});

afterAll(() => daemon.close());

const ask = (method: string, path: string, options: Parameters<Harness['ask']>[2] = {}) =>
  daemon.ask(method, path, { ...options, headers: { ...admin.headers, ...options.headers } });

describe('the name in Host', () => {
  test.each([
    ['the address it came in on', () => `127.0.0.1:${daemon.port}`, 200],
    ['localhost', () => `localhost:${daemon.port}`, 200],
    ['another port, as behind a mapping', () => 'localhost:80', 200],
    ['localhost with its final dot', () => `LOCALHOST.:${daemon.port}`, 200],
    ["this machine's own name", () => hostname(), 200],
    ['a foreign name', () => 'evil.example', 421],
    ['one that begins like ours', () => 'localhost.evil.example', 421],
    ['another address', () => '192.0.2.1', 421],
    ['an address in another spelling', () => '0x7f.1', 421],
    ['a user before it', () => 'localhost@evil.example', 421],
  ])('%s', async (_, host, status) => {
    for (const path of ['/api/v1/session', '/healthz', '/', '/api/v1/openapi.json', '/metrics']) {
      const answer = await daemon.ask('GET', path, { headers: { ...admin.headers, host: host() } });
      expect([path, answer.status === 421]).toEqual([path, status === 421]);
    }
  });
});

describe('what changes something comes from a page of ours', () => {
  const body = { name: 'x' };
  test.each([
    ['our own origin', {}, 201],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['the origin of a sandboxed frame', { origin: 'null' }, 403],
    ['our name at another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['a browser that says another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a browser that says a sister site', { 'sec-fetch-site': 'same-site' }, 403],
    ['a browser that says it is ours', { 'sec-fetch-site': 'same-origin' }, 201],
    ['no token of the session', { 'x-csrf-token': '' }, 403],
    ['the token of another session', { 'x-csrf-token': 'a'.repeat(64) }, 403],
  ])('%s', async (_, headers, status) => {
    expect((await ask('POST', '/api/v1/things', { headers, body })).status).toBe(status);
  });

  test('no origin at all, also with a password that the browser sends by itself', async () => {
    const { origin: _, ...headers } = admin.headers;
    for (const extra of [{}, { authorization: 'Basic bWlyYTp4' }]) {
      const sent = { ...headers, ...extra };
      const answer = await daemon.ask('POST', '/api/v1/things', { headers: sent, body });
      expect(answer.status).toBe(403);
    }
  });

  test.each([
    ['no token', 'Bearer'],
    ['one that is none', 'Bearer ptl_nothing'],
    ['two of them', 'Bearer ptl_a ptl_b'],
    ['a very long one', `Bearer ptl_${'x'.repeat(5000)}`],
  ])('a program with %s is nobody, whatever cookie goes with it', async (_, authorization) => {
    const headers = { ...admin.headers, authorization };
    expect((await daemon.ask('GET', '/api/v1/things', { headers })).status).toBe(401);
  });

  test('a password for a proxy before us is passed over', async () => {
    const headers = { ...admin.headers, authorization: 'Basic bWlyYTp4' };
    expect((await daemon.ask('GET', '/api/v1/things', { headers })).status).toBe(200);
  });
});

describe('a body', () => {
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  test.each([
    ['JSON', 'application/json', '{"name":"x"}', 201],
    ['JSON with its charset', 'application/json; charset=utf-8', '{"name":"x"}', 201],
    ['text', 'text/plain', '{"name":"x"}', 415],
    ['a form', 'application/x-www-form-urlencoded', 'name=x', 415],
    ['a form with files', 'multipart/form-data; boundary=x', '--x--', 415],
    ['JSON in another charset', 'application/json; charset=utf-16', '{"name":"x"}', 415],
    ['no type', '', '{"name":"x"}', 415],
    ['no JSON', 'application/json', '{"name":', 400],
    ['no UTF-8', 'application/json', Buffer.from([0x22, 0xff, 0x22]).toString('latin1'), 422],
    ['32 deep', 'application/json', `{"name":"x","tags":${deep(31)}}`, 422],
    ['33 deep', 'application/json', `{"name":"x","tags":${deep(32)}}`, 400],
    ['100,000 deep', 'application/json', deep(100_000), 400],
    ['brackets within a text', 'application/json', `{"name":"${'[\\"'.repeat(100)}"}`, 201],
    ['__proto__', 'application/json', '{"name":"x","__proto__":{"isAdmin":true}}', 400],
    ['constructor, deep', 'application/json', '{"name":"x","tags":[{"constructor":1}]}', 400],
    ['a megabyte', 'application/json', JSON.stringify({ name: 'x'.repeat(2 ** 20) }), 413],
    ['the wrong kind', 'application/json', '{"name":5}', 422],
    ['nothing', 'application/json', '', 422],
  ])('of %s', async (_, media, text, status) => {
    const headers = { 'content-type': media };
    const answer = await ask('POST', '/api/v1/things', { headers, raw: text });
    expect([answer.status, answer.text]).toEqual([status, expect.any(String)]);
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });

  test('that is compressed is not taken', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await ask('POST', '/api/v1/things', { headers, raw: '{}' })).status).toBe(415);
  });

  test('each place where it is wrong is named', async () => {
    const { json: problem } = await ask('POST', '/api/v1/things', { body: { tags: ['a', 5] } });
    expect(problem).toMatchObject({
      type: 'errors#E_REQUEST',
      status: 422,
      at: [{ pointer: '/name' }, { pointer: '/tags/1' }],
    });
  });
});

describe('an address', () => {
  test.each([
    ['as it is', '/api/v1/things', 200],
    ['with two slashes', '//api/v1/things', 400],
    ['with two slashes within', '/api/v1//things', 400],
    ['with a dot segment', '/api/v1/./things', 400],
    ['that goes up', '/api/v1/users/../things', 400],
    ['with dots in percent-encoding', '/api/v1/%2e%2e/v1/things', 400],
    ['with a slash in percent-encoding', '/api/v1/things%2Fx', 400],
    ['with a NUL', '/api/v1/things%00', 400],
    ['with a backslash', '/api\\v1\\things', 400],
    ['with a slash at its end', '/api/v1/things/', 404],
    ['in capitals', '/API/V1/things', 404],
    ['that is not there', '/api/v1/nothing', 404],
    ['with broken percent-encoding', '/api/v1/things/%zz', 404],
    ['that is a whole URL', 'http://evil.example/api/v1/things', 400],
    ['that is a star', '*', 400],
    ['with an unknown question', '/api/v1/things?fliter=x', 422],
    ['with a question asked twice', '/api/v1/things?filter=a&filter=b', 422],
    ['longer than any', `/api/v1/things?filter=${'x'.repeat(9000)}`, 400],
    ['with a parameter in percent-encoding', '/api/v1/things/a%20b%C3%A9', 200],
  ])('%s', async (_, path, status) => {
    expect((await ask('GET', path)).status).toBe(status);
  });

  test('takes the methods that it has, and no other', async () => {
    const statuses = async (method: string, path: string) => (await ask(method, path)).status;
    expect(await statuses('HEAD', '/api/v1/things')).toBe(200);
    const wrong = await ask('DELETE', '/api/v1/things');
    expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
    for (const method of ['OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']) {
      expect([method, await statuses(method, '/api/v1/things')]).toEqual([method, 405]);
    }
    expect(await statuses('HEAD', '/api/v1/broken')).toBe(405);
  });

  test.each(['X-HTTP-Method-Override', 'X-Method-Override', 'X-HTTP-Method'])(
    'another method in %s is none',
    async (name) => {
      const before = made;
      await ask('GET', '/api/v1/things?', { headers: { [name]: 'POST' } });
      expect(made).toBe(before);
    },
  );
});

describe('versions', () => {
  test('a list has a tag, and who has that already gets nothing again', async () => {
    const first = await ask('GET', '/api/v1/things');
    const etag = String(first.headers['etag']);
    const again = await ask('GET', '/api/v1/things', { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([304, '']);
    const other = await ask('GET', '/api/v1/things?limit=5', {
      headers: { 'if-none-match': etag },
    });
    expect(other.status).toBe(200);
  });

  test('who changes something says which version, and learns what is there instead', async () => {
    const body = { text: 'x' };
    expect((await ask('PUT', '/api/v1/things/1', { body })).status).toBe(428);
    const { headers } = await ask('GET', '/api/v1/things/1');
    const match = { 'if-match': String(headers['etag']) };
    const done = await ask('PUT', '/api/v1/things/1', { body, headers: match });
    expect([done.status, done.headers['etag']]).toEqual([200, '"v2"']);
    const late = await ask('PUT', '/api/v1/things/1', { body, headers: match });
    expect([late.status, late.json['current']]).toEqual([
      409,
      { version: 'v2', difference: '-a\n+b' },
    ]);
  });
});

describe('an idempotency key', () => {
  const post = (key: string, name: string) =>
    ask('POST', '/api/v1/things', { headers: { 'idempotency-key': key }, body: { name } });

  test('gives the first answer again, also to who asks twice at once', async () => {
    const before = made;
    const answers = await Promise.all([post('k1', 'x'), post('k1', 'x'), post('k1', 'x')]);
    answers.push(await post('k1', 'x'));
    expect(made).toBe(before + 1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  test('that was for something else is refused, and means nothing after a day', async () => {
    await post('k2', 'x');
    expect((await post('k2', 'y')).status).toBe(422);
    daemon.pass(25 * 60 * 60_000);
    admin = await daemon.signIn('admin');
    expect((await post('k2', 'y')).status).toBe(201);
  });
});

test('a dry run keeps nothing, and is not in the audit log', async () => {
  const { trail } = daemon.context.session.store;
  const [before, entries] = [made, trail.count()];
  const answer = await ask('POST', '/api/v1/things?dry_run=true', { body: { name: 'x' } });
  expect([answer.status, made, trail.count()]).toEqual([201, before, entries]);
});

test('an error has code, remedy and place; a bug is told to nobody but the log', async () => {
  const filter = await ask('GET', '/api/v1/things?filter=broken');
  expect(filter.headers['content-type']).toBe('application/problem+json');
  expect(filter.json).toMatchObject({ status: 400, code: 'E_FILTER', remedy: 'See: help' });
  expect(filter.json['at']).toEqual([{ pointer: '#char=3', message: 'No such field' }]);
  const bug = await ask('POST', '/api/v1/broken');
  expect([bug.status, bug.json['code']]).toEqual([500, 'E_BUG']);
  expect(bug.text).not.toContain('shadow');
  expect(daemon.errors.at(-1)).toContain('shadow');
});

test('a file has a name of plain characters, and is no page', async () => {
  const { headers } = await ask('GET', '/api/v1/report');
  expect(headers['content-disposition']).toBe('attachment; filename="report__X__y_.csv"');
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('what is large is compressed for who takes it', async () => {
  const plain = await ask('GET', '/api/v1/things');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const small = await raw('/api/v1/things', 'gzip, br');
  expect(small.encoding).toBe('gzip');
  expect(gunzipSync(small.body).toString()).toBe(plain.text);
  expect((await raw('/api/v1/things', 'gzip;q=0')).encoding).toBeUndefined();
});

test('every answer forbids scripts from elsewhere, frames, and guessing its type', async () => {
  for (const path of ['/', '/api/v1/session', '/api/v1/nothing', '/healthz', '/metrics', '/x']) {
    const { headers } = await daemon.ask('GET', path);
    expect([path, headers['content-security-policy']]).toEqual([
      path,
      "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    ]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});

function raw(
  path: string,
  coding: string,
): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { ...admin.headers, 'accept-encoding': coding };
    request({ host: '127.0.0.1', port: daemon.port, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      const encoding = response.headers['content-encoding'];
      response.on('end', () => resolve({ encoding, body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
}
