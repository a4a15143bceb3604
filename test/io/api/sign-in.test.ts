import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Harness } from './harness.ts';
import { browserOf, openHarness, PASSWORD } from './harness.ts';
import { codeAt } from './totp-code.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let daemon: Harness;
let origin: Record<string, string>;

beforeEach(async () => {
  daemon = await openHarness();
  origin = { origin: `http://127.0.0.1:${daemon.port}` };
});

afterEach(() => daemon.close());

function keyOf(link = ''): string {
  return new URL(link).hash.replace('#k=', '');
}

const signIn = (body: object, from?: string) =>
  daemon.ask('POST', '/api/v1/session', {
    headers: origin,
    body,
    ...(from === undefined ? {} : { from }),
  });

const isIn = async (headers: Readonly<Record<string, string>>): Promise<boolean> =>
  (await daemon.ask('GET', '/api/v1/status', { headers })).status === 200;

describe('at the first start', () => {
  test('every address but the sign-in is closed, whether it exists or not', async () => {
    for (const path of ['status', 'users', 'events', 'nothing', 'users/x/y']) {
      expect([path, (await daemon.ask('GET', `/api/v1/${path}`)).status]).toEqual([path, 401]);
    }
    expect((await daemon.ask('GET', '/metrics')).status).toBe(401);
    expect((await daemon.ask('GET', '/api/v1/session')).json).toEqual({
      state: 'setup',
      scopes: [],
    });
  });

  test('the link is worth one session, and that one account, which is an admin', async () => {
    const use = () =>
      daemon.ask('POST', '/api/v1/session/link', {
        headers: origin,
        body: { key: keyOf(daemon.link) },
      });
    const first = await use();
    expect(first.status).toBe(200);
    expect((await use()).status).toBe(401);

    const { headers } = browserOf(first, daemon.port);
    expect(await isIn(headers)).toBe(false);
    const body = { name: 'mira', password: PASSWORD, role: 'viewer' };
    const made = await daemon.ask('POST', '/api/v1/users', { headers, body });
    expect([made.status, made.json['role']]).toEqual([201, 'admin']);
    const again = await daemon.ask('POST', '/api/v1/users', {
      headers,
      body: { ...body, name: 'eve' },
    });
    expect(again.status).toBe(401);

    const cookie = String(made.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    const view = await daemon.ask('GET', '/api/v1/session', { headers: { cookie } });
    expect(view.json).toMatchObject({ state: 'signed-in', user: { name: 'mira', role: 'admin' } });
  });

  test('the link ends after a quarter of an hour, and so does who came by it', async () => {
    daemon.pass(16 * MINUTE);
    const body = { key: keyOf(daemon.link) };
    const late = await daemon.ask('POST', '/api/v1/session/link', { headers: origin, body });
    expect(late.status).toBe(401);
  });

  test('the link is worth nothing once somebody has an account', async () => {
    await daemon.signIn('viewer');
    const body = { key: keyOf(daemon.link) };
    const used = await daemon.ask('POST', '/api/v1/session/link', { headers: origin, body });
    expect(used.status).toBe(401);
  });

  test('an address that others reach is refused before anybody has an account', async () => {
    const opened = openHarness({ listen: '0.0.0.0:0' });
    await expect(opened).rejects.toMatchObject({
      code: 'E_USAGE',
      remedy: expect.stringContaining('portolan user add'),
    });
  });
});

describe('a session', () => {
  test('begins anew with each sign-in, and the one before it is over', async () => {
    const first = await daemon.signIn('admin');
    const answer = await daemon.ask('POST', '/api/v1/session', {
      headers: first.headers,
      body: { name: 'admin', password: PASSWORD },
    });
    const second = browserOf(answer, daemon.port);
    expect(second.headers['cookie']).not.toBe(first.headers['cookie']);
    expect(await isIn(first.headers)).toBe(false);
    expect(await isIn(second.headers)).toBe(true);
  });

  test('is kept as a hash only', async () => {
    const { headers } = await daemon.signIn('admin');
    const id = headers['cookie']?.split('=')[1] ?? '';
    expect(id).toMatch(/^[\w-]{43}$/);
    expect(daemon.context.session.store.access.session(id)).toBeUndefined();
  });

  test('ends after twelve hours without a request, and after seven days with them', async () => {
    const { headers } = await daemon.signIn('admin');
    daemon.pass(12 * HOUR + MINUTE);
    expect(await isIn(headers)).toBe(false);

    const busy = await daemon.signIn('admin');
    for (let hour = 0; hour < 7 * 24 - 1; hour += 8) {
      expect(await isIn(busy.headers)).toBe(true);
      daemon.pass(8 * HOUR);
    }
    expect(await isIn(busy.headers)).toBe(false);
  });

  test.each([
    [
      'their own change of password ends all others',
      async (own: Record<string, string>) => {
        const body = { old: PASSWORD, password: `${PASSWORD} and more` };
        return await daemon.ask('POST', '/api/v1/me/password', { headers: own, body });
      },
    ],
    [
      "an admin's new password for them ends them",
      async () => {
        const { headers } = await daemon.signIn('admin');
        const body = { password: `${PASSWORD} and more` };
        return await daemon.ask('PATCH', '/api/v1/users/operator', { headers, body });
      },
    ],
    [
      'another role ends them',
      async () => {
        const { headers } = await daemon.signIn('admin');
        const body = { role: 'viewer' };
        return await daemon.ask('PATCH', '/api/v1/users/operator', { headers, body });
      },
    ],
    [
      'an account that is taken away ends them',
      async () => {
        const { headers } = await daemon.signIn('admin');
        return await daemon.ask('DELETE', '/api/v1/users/operator', { headers });
      },
    ],
  ])('%s', async (_, act) => {
    const [first, second] = [await daemon.signIn('operator'), await daemon.signIn('operator')];
    expect((await act({ ...first.headers })).status).toBeLessThan(300);
    expect(await isIn(first.headers)).toBe(false);
    expect(await isIn(second.headers)).toBe(false);
  });

  test('that signs out is over for whoever has its cookie', async () => {
    const { headers } = await daemon.signIn('viewer');
    const out = await daemon.ask('DELETE', '/api/v1/session', { headers });
    expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect(await isIn(headers)).toBe(false);
  });

  test('has a cookie that no script reads and no other site sends', async () => {
    await daemon.signIn('viewer');
    const answer = await signIn({ name: 'viewer', password: PASSWORD });
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^portolan=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
  });
});

describe('guessing', () => {
  test('of a thousand in a minute, from many addresses at one account, ten are looked at', async () => {
    await daemon.signIn('admin');
    const statuses: number[] = [];
    for (let guess = 0; guess < 1000; guess += 1) {
      const from = `127.0.${guess % 200}.9`;
      const answer = await signIn({ name: 'admin', password: `guess ${guess} is wrong` }, from);
      statuses.push(answer.status);
      daemon.pass(60);
    }
    const evaluated = statuses.filter((status) => status === 401).length;
    expect(evaluated).toBeGreaterThanOrEqual(5);
    expect(evaluated).toBeLessThanOrEqual(10);
    expect(statuses.filter((status) => status === 429).length).toBe(1000 - evaluated);
  });

  test('from one address at many accounts is slowed down as well, and at once too', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        signIn({ name: `user${index}`, password: 'none of them is there' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(35);
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('a right password is not looked at before its time either, and then takes the count away', async () => {
    await daemon.signIn('admin');
    for (let guess = 0; guess < 5; guess += 1) {
      await signIn({ name: 'admin', password: 'wrong, wrong, wrong' });
    }
    const right = { name: 'admin', password: PASSWORD };
    expect((await signIn(right)).status).toBe(429);
    daemon.pass(3000);
    expect((await signIn(right)).status).toBe(200);
  });

  test('elsewhere does not keep out who signed in from here before', async () => {
    await daemon.signIn('admin');
    const right = { name: 'admin', password: PASSWORD };
    expect((await signIn(right, '127.0.0.7')).status).toBe(200);
    for (let guess = 0; guess < 8; guess += 1) {
      await signIn({ name: 'admin', password: 'wrong, wrong, wrong' }, `127.0.1.${guess + 1}`);
    }
    expect((await signIn(right, '127.0.0.8')).status).toBe(429);
    expect((await signIn(right, '127.0.0.7')).status).toBe(200);
  });

  test('says the same of a name that nobody has and of a wrong password', async () => {
    await daemon.signIn('admin');
    const [wrong, unknown] = [
      await signIn({ name: 'admin', password: 'wrong, wrong, wrong' }),
      await signIn({ name: 'nobody', password: 'wrong, wrong, wrong' }),
    ];
    expect(unknown.text).toBe(wrong.text);
    expect(unknown.status).toBe(401);
  });

  test.each([
    ['eleven characters', 'a'.repeat(11)],
    ['more than anybody types', 'a'.repeat(600)],
  ])('a password of %s is not taken', async (_, password) => {
    const { headers } = await daemon.signIn('admin');
    const body = { name: 'new', password, role: 'viewer' };
    const answer = await daemon.ask('POST', '/api/v1/users', { headers, body });
    expect([answer.status, answer.json['code']]).toEqual([422, 'E_USAGE']);
  });
});

describe('codes', () => {
  async function withCodes(): Promise<string> {
    const { headers } = await daemon.signIn('viewer');
    const body = { password: PASSWORD };
    const begun = await daemon.ask('POST', '/api/v1/me/totp', { headers, body });
    const secret = String(begun.json['secret']);
    expect(begun.json['address']).toContain(`secret=${secret}`);
    // Begun only: nothing is asked for yet.
    expect((await signIn({ name: 'viewer', password: PASSWORD })).status).toBe(200);
    const wrong = await daemon.ask('PUT', '/api/v1/me/totp', { headers, body: { code: '000000' } });
    expect(wrong.status).toBe(422);
    const code = codeAt(secret, daemon.context.world.now());
    const proved = await daemon.ask('PUT', '/api/v1/me/totp', { headers, body: { code } });
    expect(proved.status).toBe(204);
    return secret;
  }

  test('are asked for once they are proved, one step around now, and each is good once', async () => {
    const secret = await withCodes();
    const named = { name: 'viewer', password: PASSWORD };
    const without = await signIn(named);
    expect([without.status, without.json['at']]).toEqual([
      401,
      [{ pointer: '/totp', message: 'A code is needed' }],
    ]);
    daemon.pass(MINUTE);
    const now = daemon.context.world.now();
    const totp = codeAt(secret, now - 30_000);
    expect((await signIn({ ...named, totp })).status).toBe(200);
    expect((await signIn({ ...named, totp })).status).toBe(401);
    expect((await signIn({ ...named, totp: codeAt(secret, now - 90_000) })).status).toBe(401);
    expect((await signIn({ ...named, totp: codeAt(secret, now) })).status).toBe(200);
  });
});

describe('a token', () => {
  async function make(body: object): Promise<string> {
    const { headers } = await daemon.signIn('admin');
    const made = await daemon.ask('POST', '/api/v1/tokens', { headers, body });
    expect(made.status).toBe(201);
    return String(made.json['secret']);
  }

  test('does what its scopes say, until it ends or is taken back, and needs no page of ours', async () => {
    const secret = await make({ name: 'bot', scopes: ['read'], days: 2 });
    const headers = { authorization: `Bearer ${secret}` };
    expect(await isIn(headers)).toBe(true);
    expect((await daemon.ask('GET', '/api/v1/users', { headers })).status).toBe(403);
    expect((await daemon.ask('GET', '/metrics', { headers })).text).toContain(
      'portolan_build_info',
    );
    expect((await daemon.ask('POST', '/api/v1/me/totp', { headers })).status).toBe(403);
    daemon.pass(2 * DAY);
    expect(await isIn(headers)).toBe(false);
  });

  test('that was taken back is worth nothing', async () => {
    const secret = await make({ name: 'bot', scopes: ['admin'], days: 2 });
    const headers = { authorization: `Bearer ${secret}` };
    const id = secret.slice(0, 10);
    const gone = await daemon.ask('DELETE', `/api/v1/tokens/${id}`, { headers });
    expect(gone.status).toBe(204);
    expect(await isIn(headers)).toBe(false);
  });

  test('is kept as a hash only, and listed without its secret', async () => {
    const secret = await make({ name: 'bot', scopes: ['read'], days: 2 });
    const { headers } = await daemon.signIn('admin');
    const list = await daemon.ask('GET', '/api/v1/tokens', { headers });
    expect(list.text).toContain(secret.slice(0, 10));
    expect(list.text).not.toContain(secret.slice(4));
    expect(JSON.stringify(daemon.context.session.store.access.tokens())).not.toContain(secret);
  });
});

test('what changed something is in the audit log, with who and from where, and no secret', async () => {
  const { headers } = await daemon.signIn('admin');
  const body = { name: 'tv', password: PASSWORD, role: 'viewer' };
  await daemon.ask('POST', '/api/v1/users', { headers, body });
  await daemon.ask('PATCH', '/api/v1/users/tv', { headers, body: { role: 'operator' } });
  await daemon.ask('DELETE', '/api/v1/users/nobody', { headers });
  await signIn({ name: 'admin', password: 'wrong, wrong, wrong' });
  await daemon.ask('GET', '/api/v1/users', { headers });

  const { store } = daemon.context.session;
  expect(store.trail.newest(10).map(({ who, what, before }) => [who, what, before])).toEqual([
    ['nobody', 'POST /api/v1/session: E_SIGN_IN', undefined],
    ['user:admin', 'DELETE /api/v1/users/nobody: E_NOT_FOUND', undefined],
    ['user:admin', 'PATCH /api/v1/users/tv', 'role viewer'],
    ['user:admin', 'POST /api/v1/users', undefined],
  ]);
  const page = await daemon.ask('GET', '/api/v1/audit?limit=2', { headers });
  expect(page.json).toMatchObject({ total: 4, next: '3' });
  expect(JSON.stringify([...store.trail.all()])).not.toMatch(/horse|wrong, wrong/);
  expect(store.trail.verify()).toMatchObject({ ok: true, entries: 4 });
});
