import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../../src/io/api/routes/index.ts';
import type { ServerOptions } from '../../../src/io/api/server.ts';
import { startServer } from '../../../src/io/api/server.ts';
import { Events } from '../../../src/io/daemon/events.ts';
import type { Answered, Ask, Browser, Harness } from './harness.ts';
import { exchange, openHarness, PASSWORD } from './harness.ts';
import { codeAt } from './totp-code.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let daemon: Harness;
let admin: Browser;

beforeAll(async () => {
  daemon = await openHarness();
  admin = await daemon.signIn('admin');
});
afterAll(() => daemon.close());

const ask = (method: string, path: string, how: Ask = {}): Promise<Answered> =>
  daemon.ask(method, `/api/v1${path}`, { ...how, headers: { ...admin.headers, ...how.headers } });
const entries = (): number => daemon.context.session.store.trail.count();

describe('a dry run', () => {
  const firm = routes.filter(({ method, previews }) => method !== 'get' && previews !== true);

  test.each(firm)('is no way to do $method $path past the audit log', async ({ method, path }) => {
    const before = entries();
    const where = `${path.replaceAll(/\{\w+\}/g, 'x')}?dry_run=true`;
    const { status, json } = await ask(method.toUpperCase(), where, { body: {} });
    expect([status, json['at']]).toEqual([
      422,
      expect.arrayContaining([{ pointer: '?dry_run', message: 'is not known here' }]),
    ]);
    expect(entries()).toBe(before);
  });

  test('makes no account', async () => {
    const body = { name: 'eve', password: PASSWORD, role: 'admin' };
    expect((await ask('POST', '/users?dry_run=true', { body })).status).toBe(422);
    expect(daemon.context.session.store.access.account('eve')).toBeUndefined();
  });

  test.each(['1', 'TRUE', 'yes', ''])('is asked for clearly, not by "%s"', async (word) => {
    const { status, json } = await ask('POST', `/changes?dry_run=${word}`, { body: {} });
    expect([status, json['at']]).toEqual([
      422,
      [{ pointer: '?dry_run', message: 'is neither true nor false' }],
    ]);
  });
});

describe('guesses', () => {
  const signIn = (name: string, password: string, from: string): Promise<Answered> =>
    daemon.ask('POST', '/api/v1/session', {
      headers: { origin: `http://127.0.0.1:${daemon.port}` },
      body: { name, password },
      from,
    });

  test('under a name that is made up do not keep out whoever it is made of', async () => {
    expect((await signIn('admin', PASSWORD, '127.0.3.1')).status).toBe(200);
    for (const name of ['admin at 127.0.3.1', '["admin","127.0.3.1"]']) {
      for (let guess = 0; guess < 8; guess += 1) {
        await signIn(name, 'wrong, wrong, wrong', `127.0.4.${guess + 1}`);
      }
    }
    expect((await signIn('admin', PASSWORD, '127.0.3.1')).status).toBe(200);
  });

  test('that were turned away since too many came at once count for nobody', async () => {
    const own = await openHarness();
    await own.signIn('operator');
    const at = (name: string, password: string, from: string): Promise<Answered> =>
      exchange(own.port, 'POST', '/api/v1/session', {
        headers: { origin: `http://127.0.0.1:${own.port}` },
        body: { name, password },
        from,
      });
    const crowd = await Promise.all(
      Array.from({ length: 24 }, (_, one) =>
        at(`name${one}`, 'wrong, wrong', `127.0.6.${one + 1}`),
      ),
    );
    const turnedAway = crowd.findIndex(({ status }) => status === 429);
    expect(turnedAway).toBeGreaterThanOrEqual(0);
    for (let guess = 0; guess < 5; guess += 1) {
      const from = `127.0.6.${turnedAway + 1}`;
      expect((await at('another', `wrong, ${guess}`, from)).status).toBe(401);
    }
    await own.close();
  });

  test('at the one-time link fill no audit log', async () => {
    const before = entries();
    const statuses: number[] = [];
    for (let guess = 0; guess < 40; guess += 1) {
      const answer = await daemon.ask('POST', '/api/v1/session/link', {
        headers: { origin: `http://127.0.0.1:${daemon.port}` },
        body: { key: `guess ${guess}` },
        from: '127.0.5.1',
      });
      statuses.push(answer.status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(35);
    expect(entries() - before).toBe(5);
  });
});

describe('with a stolen session', () => {
  test('nobody takes codes away or puts others in their place', async () => {
    const { headers } = await daemon.signIn('viewer');
    const totp = (method: string, body?: object): Promise<Answered> =>
      daemon.ask(method, '/api/v1/me/totp', { headers, ...(body === undefined ? {} : { body }) });
    for (const method of ['POST', 'DELETE']) {
      expect((await totp(method)).status).toBe(422);
      expect((await totp(method, { password: 'a guess of the password' })).status).toBe(401);
    }
    const begun = await totp('POST', { password: PASSWORD });
    const secret = String(begun.json['secret']);
    const now = (): number => daemon.context.world.now();
    expect((await totp('PUT', { code: codeAt(secret, now()) })).status).toBe(204);
    daemon.pass(MINUTE);
    for (const method of ['POST', 'DELETE']) {
      const without = await totp(method, { password: PASSWORD });
      expect([without.status, without.json['at']]).toEqual([
        401,
        [{ pointer: '/totp', message: 'A code is needed' }],
      ]);
    }
    daemon.pass(MINUTE);
    const ended = await totp('DELETE', { password: PASSWORD, totp: codeAt(secret, now()) });
    expect(ended.status).toBe(204);
    expect(daemon.context.session.store.access.account('viewer')?.totp).toBeUndefined();
    const { store } = daemon.context.session;
    expect(JSON.stringify(store.trail.newest(20))).not.toMatch(/horse|a guess of/);
  });
});

describe('what a proxy says of its client', () => {
  let behind: Harness;
  beforeAll(async () => {
    behind = await openHarness({ trustedProxy: { cidrs: ['127.0.0.5/32', '10.9.0.0/16'] } });
  });
  afterAll(() => behind.close());

  test.each([
    ['the client wrote another before', '6.6.6.6, 192.0.2.1', '192.0.2.1'],
    ['a second proxy of ours added itself', '192.0.2.2, 10.9.0.1', '192.0.2.2'],
    ['with its port', '6.6.6.6, 192.0.2.3:4711', '192.0.2.3'],
    ['IPv6 with its port', '6.6.6.6, [2001:db8::4]:4711', '2001:db8::4'],
    [
      'what is no address hides nobody behind one that was made up',
      '6.6.6.6, unknown',
      '127.0.0.5',
    ],
    ['an empty one', '6.6.6.6, ', '127.0.0.5'],
    ['the client wrote a line of its own', ['6.6.6.6', '192.0.2.5'], '192.0.2.5'],
  ])('%s', async (_, forwarded, address) => {
    await behind.ask('POST', '/api/v1/session', {
      headers: { 'x-forwarded-for': forwarded, origin: `http://127.0.0.1:${behind.port}` },
      body: { name: address, password: 'wrong, wrong, wrong' },
      from: '127.0.0.5',
    });
    expect(behind.context.session.store.trail.newest(1)[0]?.why).toBe(`from ${address}`);
  });
});

describe('an idempotency key after the daemon was started again', () => {
  const post = (port: number, path: string, key: string, body: object): Promise<Answered> =>
    exchange(port, 'POST', `/api/v1${path}`, {
      headers: { ...admin.headers, origin: `http://127.0.0.1:${port}`, 'idempotency-key': key },
      body,
    });
  const token = { name: 'bot', scopes: ['read'], days: 1 };
  const again = async (act: (port: number) => Promise<void>): Promise<void> => {
    const options: ServerOptions = { listen: '127.0.0.1:0' };
    const next = await startServer(daemon.context, options);
    await act(Number(new URL(next.address).port)).finally(() => next.close());
  };
  const count = (): number => daemon.context.session.store.access.tokens().length;

  test('is still known: nothing is done twice, and no secret lies in the database for it', async () => {
    const first = await post(daemon.port, '/tokens', 'key-1', token);
    expect(first.status).toBe(201);
    const [before, secret] = [count(), String(first.json['secret'])];
    await again(async (port) => {
      const second = await post(port, '/tokens', 'key-1', token);
      expect([second.status, second.json['code']]).toEqual([409, 'E_CONFLICT']);
      expect(second.json['remedy']).toContain('portolan audit');
      expect((await post(port, '/users', 'key-1', {})).status).toBe(422);
      const other = { ...token, name: 'other' };
      expect((await post(port, '/tokens', 'key-2', other)).status).toBe(201);
    });
    expect(count()).toBe(before + 1);
    const log = JSON.stringify([...daemon.context.session.store.trail.all()]);
    expect(log).not.toContain(secret);
    expect(log).not.toContain('key-1');
    expect(daemon.context.session.store.trail.verify()).toMatchObject({ ok: true });
  });

  test('of what failed is good, and one of the day before yesterday too', async () => {
    expect((await post(daemon.port, '/tokens', 'key-3', { ...token, days: 0 })).status).toBe(422);
    expect((await post(daemon.port, '/users', 'key-4', { ...token })).status).toBe(422);
    await post(daemon.port, '/tokens', 'key-5', token);
    daemon.pass(2 * DAY);
    admin = await daemon.signIn('admin');
    await again(async (port) => {
      expect((await post(port, '/tokens', 'key-3', token)).status).toBe(201);
      expect((await post(port, '/tokens', 'key-5', token)).status).toBe(201);
    });
  });
});

describe('a policy that somebody else saved meanwhile', () => {
  const policy = (note: string): string =>
    `version: 1\nzones:\n  lan: { interfaces: br0, networks: 192.0.2.0/24 } # ${note}\nrules: []\n`;
  const save = (text: string, match?: string): Promise<Answered> =>
    ask('PUT', '/policy', {
      body: { text },
      headers: match === undefined ? {} : { 'if-match': match },
    });

  test('is told with the difference, and not written over by who names no version', async () => {
    expect((await save(policy('home'))).status).toBe(200);
    expect((await save(policy('away'))).status).toBe(428);
    const late = await save(policy('away'), '"old"');
    expect([late.status, late.json['current']]).toEqual([
      409,
      { version: expect.any(String), difference: expect.stringContaining('# away') },
    ]);
    const { version } = Object(late.json['current']);
    // Weak where a proxy has compressed it.
    expect((await save(policy('away'), `W/"${version}"`)).status).toBe(200);
    expect((await save(policy('home'), '*')).status).toBe(200);
  });
});

describe('a reader', () => {
  test.each([
    ['a megabyte', 'x'.repeat(1_000_000), [431]],
    ['as long as an address may be', 'x'.repeat(7000), [422]],
    ['nested 3,999 deep', '('.repeat(3999), [400]],
    ['"not" 999 times', 'not '.repeat(249), [400]],
    ['a list of 400', `port in (${'1,'.repeat(400)}1)`, [200]],
    ['names of JavaScript', '__proto__ = constructor', [400]],
    ['a number without end', `port = ${'9'.repeat(900)}`, [400]],
    ['half a pair of surrogates', 'detail = "%ED%A0%80"', [200]],
    ['a NUL', 'detail = "%00"', [200]],
  ])('gets an answer to a filter of %s', async (_, filter, statuses) => {
    const encoded = filter.includes('%')
      ? filter.replaceAll(/[ "]/g, encodeURIComponent)
      : encodeURIComponent(filter);
    const { status } = await ask('GET', `/services?filter=${encoded}`).catch(() => ({
      status: 431,
    }));
    expect(statuses).toContain(status);
  });

  const cursor = (value: unknown): string =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  test.each([
    ['no JSON', 'x', 422],
    ['a list', [], 422],
    ['another type of key', { sort: 'device', key: {}, id: 'x' }, 422],
    ['another order', { sort: '-port', key: 1, id: 'x' }, 422],
    ['with members of JavaScript', '{"sort":"device","key":"x","id":"x","__proto__":{"a":1}}', 200],
    ['an infinite key', '{"sort":"device","key":1e999,"id":"x"}', 422],
    ['a key as long as it may be', { sort: 'device', key: 'x'.repeat(2000), id: 'x' }, 200],
    ['SQL', { sort: "device'; DROP TABLE audit; --", key: 'x', id: 'x' }, 422],
  ])('gets an answer to a cursor that is %s', async (_, value, status) => {
    expect((await ask('GET', `/services?cursor=${cursor(value)}`)).status).toBe(status);
    expect((await ask('GET', `/flows?cursor=${cursor(value)}`)).status).toBe(422);
  });

  test.each([
    ['/reports/..%2f..%2fetc%2fpasswd', 400],
    ['/reports/..;', 404],
    ['/reports/%252e%252e%252fetc', 404],
    ['/reports/__proto__', 404],
    ['/reports/constructor', 404],
    ['/reports/html%0d%0aSet-Cookie:x', 404],
    ['/reports/C:%5Cwindows', 400],
  ])('gets no file by %s', async (path, status) => {
    expect((await ask('GET', path)).status).toBe(status);
  });

  test('has no tag in common with others where they do not see the same', async () => {
    const viewer = await daemon.signIn('operator');
    const own = await ask('GET', '/session');
    const etag = String(own.headers['etag']);
    const theirs = await daemon.ask('GET', '/api/v1/session', {
      headers: { ...viewer.headers, 'if-none-match': etag },
    });
    expect([theirs.status, theirs.headers['cache-control']]).toEqual([200, 'no-store']);
  });
});

test.each([
  '',
  'x',
  '.',
  'era',
  'era.',
  'era.-1',
  'era.1e9',
  'era.0x1',
  'era.NaN',
  'era.1.5',
  'other.1',
])('who comes back with "%s" as the last event costs no more than what is kept', (lastId) => {
  const events = new Events('era');
  for (let at = 0; at < 3000; at += 1) events.publish({ type: 'status', at, state: 'ok' });
  const heard: string[] = [];
  events.subscribe((id, event) => heard.push(event === 'gap' ? 'gap' : id), lastId);
  expect(heard[0]).toBe('gap');
  expect(heard.length).toBeLessThanOrEqual(1001);
  expect(heard.at(-1)).toBe('era.3000');
});
