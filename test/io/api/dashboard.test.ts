import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dashboard } from '../../../src/io/api/dashboard.ts';
import type { Harness } from './harness.ts';
import { openHarness, PASSWORD } from './harness.ts';

const PAGE = `<!doctype html>
<link rel="icon" href="./icon.svg" /><script type="module" src="./assets/main-a1b2.js"></script>`;
const SCRIPT = 'export const text = 1;\n'.repeat(100);

let folder = '';
let daemon: Harness;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-ui-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'manifest.json'), '{}');
  writeFileSync(join(folder, '.env'), 'SECRET=1');
  writeFileSync(join(folder, 'assets/main-a1b2.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/main-a1b2.js.map'), '{}');
  writeFileSync(join(folder, 'assets/main-a1b2.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'assets/main-a1b2.js.gz'), gzipSync(SCRIPT));
  daemon = await openHarness({ ui: folder, basePath: '/portolan' });
});

afterAll(async () => {
  await daemon.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['the dashboard itself', '/portolan/', 200],
  ['a page of it', '/portolan/devices', 200],
  ['a page deep in it', '/portolan/devices/PTL-D-7F3K', 200],
  ['a file', '/portolan/assets/main-a1b2.js', 200],
  ['a picture', '/portolan/icon.svg', 200],
  ['a file that is not there', '/portolan/assets/other.js', 404],
  ['a page that is not there', '/portolan/nothing', 404],
  ['a file of the build', '/portolan/manifest.json', 404],
  ['a source map', '/portolan/assets/main-a1b2.js.map', 404],
  ['a hidden file', '/portolan/.env', 404],
  ['the packed form by itself', '/portolan/assets/main-a1b2.js.br', 404],
  ['what is beside the folder', '/portolan/assets/../../etc/passwd', 400],
  ['the same in percent-encoding', '/portolan/assets/%2e%2e/%2e%2e/etc/passwd', 400],
  ['a folder', '/portolan/assets', 404],
  ['a file with a page that has its name before it', '/portolan/devices/x.js', 404],
  ['what is not below the base path', '/devices', 404],
  ['what only begins like it', '/portolanx/devices', 404],
])('%s', async (_, path, status) => {
  const answer = await daemon.ask('GET', path);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toMatch(/SECRET|root:/);
});

test.each([
  ['/portolan/', './'],
  ['/portolan/devices', './'],
  ['/portolan/devices/PTL-D-7F3K', '../'],
  ['/portolan/alerts/expected', '../'],
])('the page at %s finds its files, below whatever path a proxy shows it', async (path, up) => {
  const { text, headers } = await daemon.ask('GET', path);
  expect(text).toBe(PAGE.replaceAll('"./', `"${up}`));
  expect(headers['cache-control']).toBe('no-cache');
  const script = new URL(`${up}assets/main-a1b2.js`, `http://x/any/prefix${path}`);
  expect(script.pathname).toBe('/any/prefix/portolan/assets/main-a1b2.js');
});

test('every page that the dashboard has is one here', async () => {
  const list = readFileSync(join(import.meta.dirname, '../../../web/src/pages/index.ts'), 'utf8');
  const paths = [...list.matchAll(/page\('([^']+)'/g)].map(([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(10);
  for (const path of paths) {
    const { status } = await daemon.ask('GET', `/portolan${path.replace(/:\w+/, 'PTL-D-7F3K')}`);
    expect([path, status]).toEqual([path, 200]);
  }
});

test('the base path without its slash leads to it', async () => {
  const { status, headers } = await daemon.ask('GET', '/portolan');
  expect(status).toBe(308);
  expect(new URL(String(headers.location), 'http://x/any/portolan').pathname).toBe(
    '/any/portolan/',
  );
});

test('a file with a name of its content is kept for ever, and packed as the browser takes it', async () => {
  const get = (coding: string) =>
    daemon.ask('GET', '/portolan/assets/main-a1b2.js', { headers: { 'accept-encoding': coding } });
  const plain = await get('');
  expect(plain.text).toBe(SCRIPT);
  expect(plain.headers['cache-control']).toContain('immutable');
  expect((await get('gzip, br')).headers['content-encoding']).toBe('br');
  expect((await get('gzip')).headers['content-encoding']).toBe('gzip');
  const etag = String(plain.headers['etag']);
  const again = await daemon.ask('GET', '/portolan/assets/main-a1b2.js', {
    headers: { 'if-none-match': etag },
  });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('a page is read, not sent to', async () => {
  const answer = await daemon.ask('POST', '/portolan/devices', {
    headers: { origin: `http://127.0.0.1:${daemon.port}` },
  });
  expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD']);
});

test('a folder without a dashboard is an error that says what to do', () => {
  expect(() => new Dashboard(join(folder, 'assets'))).toThrow(
    expect.objectContaining({ code: 'E_MISSING_TOOL', remedy: expect.stringContaining('--no-ui') }),
  );
});

describe('behind a proxy', () => {
  const cidrs = ['127.0.0.5/32'];
  const trustedProxy = { cidrs, userHeader: 'X-Remote-User', roleHeader: 'X-Remote-Role' };
  let behind: Harness;
  beforeAll(async () => {
    behind = await openHarness({ trustedProxy, allowHosts: ['home.example'] });
  });
  afterAll(() => behind.close());

  const proxy = '127.0.0.5';
  const asked = {
    'x-forwarded-host': 'home.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '203.0.113.9, 192.0.2.44, 127.0.0.5',
    'x-remote-user': 'mira',
    'x-remote-role': 'operator',
  };

  test('whom the proxy has let in is let in, with the role that it says', async () => {
    const { json } = await behind.ask('GET', '/api/v1/session', { headers: asked, from: proxy });
    expect(json).toMatchObject({
      state: 'signed-in',
      via: 'proxy',
      user: { name: 'mira', role: 'operator' },
    });
    const { 'x-remote-role': _, ...plain } = asked;
    const viewer = await behind.ask('GET', '/api/v1/session', { headers: plain, from: proxy });
    expect(viewer.json).toMatchObject({ user: { role: 'viewer' } });
  });

  test.each([
    ['from any other address', asked, '127.0.0.1'],
    [
      'where the name is sent twice by way of a list',
      { ...asked, 'x-remote-user': 'mira, admin' },
      proxy,
    ],
    ['where the name is none', { ...asked, 'x-remote-user': '<b>' }, proxy],
  ])('nobody is, %s', async (_, headers, from) => {
    const { json } = await behind.ask('GET', '/api/v1/session', { headers, from });
    expect(json['state']).toBe('setup');
  });

  test('its pages are ours, those of others are not, and each has its token', async () => {
    const post = (headers: object) =>
      behind.ask('POST', '/api/v1/tokens', {
        headers: { ...asked, 'x-remote-role': 'admin', ...headers },
        body: { name: 'bot', scopes: ['read'], days: 1 },
        from: proxy,
      });
    const view = await behind.ask('GET', '/api/v1/session', { headers: asked, from: proxy });
    const csrf = String(view.json['csrf']);
    const own = { origin: 'https://home.example', 'x-csrf-token': csrf };
    expect((await post(own)).status).toBe(201);
    expect((await post({ ...own, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ origin: own.origin })).status).toBe(403);
    const [entry] = behind.context.session.store.trail.newest(1);
    // Right of it is the proxy, left of it is what anybody may have written.
    expect(entry).toMatchObject({ who: 'proxy:mira', why: 'from 192.0.2.44' });
  });

  test('over TLS the cookie has the prefix that no plain connection can set', async () => {
    await behind.signIn('viewer');
    const { 'x-remote-user': _, ...plain } = asked;
    const answer = await behind.ask('POST', '/api/v1/session', {
      headers: { ...plain, origin: 'https://home.example' },
      body: { name: 'viewer', password: PASSWORD },
      from: proxy,
    });
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^__Host-portolan=[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Strict; Secure$/,
    );
  });
});
