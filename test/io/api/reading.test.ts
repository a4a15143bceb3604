import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Browser, Harness } from './harness.ts';
import { openHarness } from './harness.ts';

let api: Harness;
let viewer: Browser;
let reading: Promise<void> | undefined;
let wasRead: () => void = () => {};

beforeEach(async () => {
  api = await openHarness();
  viewer = await api.signIn('viewer');
  reading = new Promise((resolve) => {
    wasRead = () => {
      reading = undefined;
      resolve();
    };
  });
  Object.defineProperty(api.context, 'reading', { get: () => reading });
});
afterEach(() => api.close());

const get = (path: string) => api.ask('GET', path, { headers: viewer.headers });

test.each(['/healthz', '/api/v1/status', '/api/v1/session', '/api/v1/settings'])(
  '%s answers before what is stored was read',
  async (path) => {
    expect((await get(path)).status).toBe(200);
  },
);

test('whoever asks for devices waits until they are known', async () => {
  let isAnswered = false;
  const asked = get('/api/v1/devices').then((answer) => {
    isAnswered = true;
    return answer;
  });
  // One that came later has its answer: the first one waits.
  await get('/api/v1/status');
  expect(isAnswered).toBe(false);
  wasRead();
  expect((await asked).status).toBe(200);
});

test('figures are not of a network without devices', async () => {
  const { status, headers } = await get('/metrics');
  expect([status, headers['retry-after']]).toEqual([503, '2']);
  wasRead();
  expect((await get('/metrics')).status).toBe(200);
});
