import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard, DashboardOptions } from './harness.ts';
import { browserMissing, closeBrowser, openDashboard } from './harness.ts';

const missing = browserMissing();
if (missing !== undefined) process.stderr.write(`test/web skipped: ${missing}\n`);

/** What the frame and the pages of devices are: each of them looked at in every way. */
const PAGES = [
  ['the overview', ''],
  ['the devices', 'devices'],
  ['the devices by zone', 'devices?group=zone'],
  ['a filter that is wrong', 'devices?filter=vendr%20%3D%201'],
  ['a device', 'devices/PTL-D-7F3K'],
  ['the services of a device', 'devices/PTL-D-7F3K?tab=services'],
  ['the connections of a device', 'devices/PTL-D-7F3K?tab=connections'],
  ['the policy of a device', 'devices/PTL-D-7F3K?tab=policy'],
  ['the alerts of a device', 'devices/PTL-D-7F3K?tab=alerts'],
  ['the history of a device', 'devices/PTL-D-7F3K?tab=history'],
  ['a device as the API has it', 'devices/PTL-D-7F3K?tab=raw'],
  ['who is this', 'devices/PTL-D-4XSS?who=1'],
  ['a device that does not exist', 'devices/PTL-D-NONE'],
  ['the matrix of services', 'services'],
  ['the ledger as a list', 'services?view=list'],
  ['the change log', 'changelog'],
  ['a page that does not exist', 'nowhere'],
] as const;

const WAYS: readonly (readonly [name: string, options: DashboardOptions])[] = [
  ['light', {}],
  ['dark', { theme: 'dark' }],
  ['on a tablet', { width: 768 }],
  ['on a telephone', { width: 360 }],
  ['dark, on a telephone', { width: 360, theme: 'dark' }],
];

describe.skipIf(missing !== undefined).each(WAYS)('%s', (_way, options) => {
  let looked: Dashboard;
  beforeAll(async () => {
    looked = await openDashboard(options);
  });
  afterAll(async () => {
    await looked.close();
    await closeBrowser();
  });

  it.each(PAGES)(
    '%s has no violation of WCAG 2.2 AA, no error and no sideways scroll',
    async (_name, path) => {
      await looked.go(path);
      const found = { axe: await looked.axe(), sideways: await looked.overflow() };
      expect({ ...found, wrongs: looked.wrongs }).toEqual({ axe: [], sideways: 0, wrongs: [] });
    },
  );

  it('says what is missing where there is nothing, and nothing is wrong with saying it', async () => {
    const dashboard = await openDashboard({ ...options, fixture: { empty: true } });
    for (const [name, path] of [
      ['Nothing needs you', ''],
      ['Nothing matches', 'devices'],
      ['No device is known yet', 'services'],
    ] as const) {
      await dashboard.go(path);
      await dashboard.page.getByText(name).first().waitFor();
      expect(await dashboard.axe(), name).toEqual([]);
    }
    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });
});

describe.skipIf(missing !== undefined)('the frame', () => {
  afterAll(closeBrowser);

  it('runs below the prefix of a proxy, however deep the page', async () => {
    const dashboard = await openDashboard({ prefix: '/api/hassio_ingress/abc/' });
    await dashboard.go('devices/PTL-D-7F3K');
    await dashboard.page.getByRole('heading', { name: 'Front camera' }).waitFor();
    await dashboard.page.getByRole('link', { name: 'Services', exact: true }).click();
    await dashboard.page.getByRole('grid').waitFor();
    expect(dashboard.page.url()).toBe(`${dashboard.server.address}services`);
    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });

  it('is never green when blind', async () => {
    const dashboard = await openDashboard({ fixture: { blind: true } });
    await dashboard.go('');
    const health = dashboard.page.locator('.health');
    expect(await health.textContent()).toContain('nothing was captured for 4 minutes');
    expect(await health.getAttribute('data-state')).toBe('blind');
    await dashboard.close();
  });

  it('says what went wrong with its code and its remedy', async () => {
    const problem = {
      type: 'errors#E_STORE',
      title: 'The store cannot be read',
      status: 500,
      detail: 'The disk is full.',
      code: 'E_STORE',
      remedy: 'Make room: portolan store size',
    };
    const dashboard = await openDashboard({ fixture: { problem } });
    await dashboard.go('devices');
    const alert = dashboard.page.getByRole('alert');
    for (const text of [problem.title, problem.detail, problem.code, problem.remedy]) {
      expect(await alert.textContent()).toContain(text);
    }
    expect(await dashboard.axe()).toEqual([]);
    await dashboard.close();
  });

  it('goes everywhere by keys: g d, g s, g a, /, ? and the link that skips', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('');
    for (const [keys, path] of [
      ['gd', 'devices'],
      ['gs', 'services'],
      ['ga', 'alerts'],
      ['go', ''],
    ] as const) {
      for (const key of keys) await page.keyboard.press(key);
      await page.waitForURL(`${dashboard.server.address}${path}`);
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('camera');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${dashboard.server.address}devices?filter=camera`);
    await page.getByRole('link', { name: 'Front camera' }).waitFor();
    await dashboard.go('devices');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('content');
    await dashboard.close();
  });

  it('leaves single keys alone where they are turned off', async () => {
    const dashboard = await openDashboard({ prefs: { keys: 'off' } });
    await dashboard.go('');
    for (const key of ['g', 'd', '?', '/']) await dashboard.page.keyboard.press(key);
    expect(dashboard.page.url()).toBe(dashboard.server.address);
    expect(await dashboard.page.getByRole('dialog').count()).toBe(0);
    await dashboard.close();
  });

  it('asks again for what an event says is old, and not while it is paused', async () => {
    const dashboard = await openDashboard();
    const { page, server } = dashboard;
    await dashboard.go('devices');
    await page.getByRole('button', { name: /^Live/ }).waitFor();
    const count = () => server.asked.filter((one) => one.startsWith('GET devices?')).length;
    const before = count();
    server.tell({ type: 'site.changed', at: 0, what: ['devices'] });
    await expect.poll(count).toBe(before + 1);
    await page.getByRole('button', { name: /Pause live updates/ }).click();
    server.tell({ type: 'site.changed', at: 0, what: ['devices'] });
    // The same stream carries both: when the second is heard, the first has been.
    server.tell({ type: 'alert.new', at: 0, id: 'PTL-A-7F3K' });
    await page.getByRole('button', { name: /Resume live updates/ }).click();
    await expect.poll(count).toBe(before + 2);
    await dashboard.close();
  });

  it('speaks German where the browser does', async () => {
    const dashboard = await openDashboard({ language: 'de-DE' });
    await dashboard.go('');
    await dashboard.page.getByRole('navigation').getByRole('link', { name: 'Geräte' }).waitFor();
    expect(await dashboard.page.locator('html').getAttribute('lang')).toBe('de');
    expect(await dashboard.axe()).toEqual([]);
    await dashboard.close();
  });

  it('keeps its signs and its focus in forced colours', async () => {
    const dashboard = await openDashboard({ forcedColors: 'active' });
    await dashboard.go('devices');
    expect(await dashboard.page.locator('.severity').first().textContent()).toContain('Critical');
    expect(await dashboard.axe()).toEqual([]);
    await dashboard.close();
  });
});
