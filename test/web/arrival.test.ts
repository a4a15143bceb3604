import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Fixture } from './fixture-answers.ts';
import { overview } from './fixtures/overview.ts';
import { specs } from './fixtures/specs.ts';
import { browserMissing, closeBrowser, openDashboard, settled } from './harness.ts';

const missing = browserMissing();

/** A place of each page, and what its heading says. */
const PAGES = [
  ['', 'Overview'],
  ['devices', 'Devices'],
  ['devices/PTL-D-7F3K', 'Front camera'],
  ['services', 'Services'],
  ['services?view=list', 'Services'],
  ['flows', 'Flows'],
  ['policy', 'Policy'],
  ['changes', 'Changes'],
  ['changelog', 'Change log'],
  ['changes/PTL-C-7F3K2M', undefined],
  ['alerts', 'Alerts'],
  ['alerts/PTL-A-7F3K', undefined],
  ['alerts/expected', 'What is expected'],
  ['reports', 'Reports'],
  ['scans', 'Scan now'],
  ['settings', 'Settings'],
  ['nowhere', 'There is no such page'],
] as const;

const PROBLEM = {
  type: 'errors#E_STORE',
  title: 'The store cannot be read',
  status: 500,
  detail: 'The disk is full.',
  code: 'E_STORE',
  remedy: 'Make room on the disk',
};

const USUAL: Fixture = {};

const WAYS: readonly (readonly [way: string, fixture: Fixture])[] = [
  ['with what there is', USUAL],
  ['where nothing is there', { empty: true }],
  ['where nothing can be read', { problem: PROBLEM }],
];

function headings(page: Page): Promise<readonly string[]> {
  return page.locator('h1').allTextContents();
}

describe.skipIf(missing !== undefined)('where one is', () => {
  afterAll(closeBrowser);

  it.each(WAYS)(
    'each page has one heading, and the tab is called so: %s',
    async (_way, fixture) => {
      const dashboard = await openDashboard({ fixture });
      const { page } = dashboard;
      for (const [path, name] of PAGES) {
        await dashboard.go(path);
        const [heading, ...more] = await headings(page);
        expect(heading, path).toBeTruthy();
        expect(more, path).toEqual([]);
        if (name !== undefined && fixture === USUAL) {
          expect(heading, path).toBe(name);
        }
        await expect.poll(() => page.title(), { message: path }).toBe(`${heading} · Portolan`);
      }
      expect(dashboard.wrongs).toEqual([]);
      await dashboard.close();
    },
  );

  it('whoever goes on begins at the top of the new page, and comes back to the old place', async () => {
    const dashboard = await openDashboard({ fixture: { devices: 60 } });
    const { page } = dashboard;
    const focus = (): Promise<string | null> => page.locator(':focus').getAttribute('id');
    await dashboard.go('');
    await page.getByRole('link', { name: 'Devices', exact: true }).press('Enter');
    await expect.poll(focus).toBe('content');
    await page.getByRole('link', { name: 'Front camera', exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'Front camera' }).waitFor();
    await settled(page);
    await expect.poll(focus).toBe('content');
    await expect.poll(() => page.title()).toBe('Front camera · Portolan');
    // A filter is the same page: who types in it goes on typing.
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    const filter = page.getByRole('combobox', { name: 'Filter' });
    await filter.fill('risk >= high');
    await page.waitForURL(/filter=/);
    expect(await filter.and(page.locator(':focus')).count()).toBe(1);
    await page.goBack();
    await expect.poll(() => page.title()).toBe('Front camera · Portolan');
    await dashboard.close();
  });

  it('a page whose code does not come is said, and all others are still reached', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('');
    await page.route(/assets\/flows-.*\.js$/, (route) => route.abort());
    await page.getByRole('link', { name: 'Flows', exact: true }).click();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
    await page.getByRole('link', { name: 'Devices', exact: true }).click();
    await page.getByRole('heading', { name: 'Devices' }).waitFor();
    await page.unroute(/assets\/flows-.*\.js$/);
    await page.goBack();
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Flows' }).waitFor();
    await dashboard.close();
  });

  it.each([
    ['ptl-a-7f3k', 'alerts/PTL-A-7F3K'],
    ['PTL-D-7F3K', 'devices/PTL-D-7F3K'],
    ['PTL-C-7F3K2M', 'changes/PTL-C-7F3K2M'],
    ['PTL-X-1', 'devices?filter=PTL-X-1'],
    ['', 'devices'],
  ])('searching for "%s" leads to %s', async (text, path) => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('');
    await page.keyboard.press('/');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await page.waitForURL(dashboard.server.address + path);
    await dashboard.close();
  });

  it('a dot comes to what can be done on the page', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    for (const [path, action] of [
      ['devices', 'Columns'],
      ['devices/PTL-D-7F3K', 'It’s something else…'],
      ['alerts/PTL-A-7F3K', 'Contain…'],
    ] as const) {
      await dashboard.go(path);
      await page.keyboard.press('.');
      expect(await page.locator(':focus').textContent()).toContain(action);
    }
    await dashboard.close();
  });

  it('who is told to be blind comes to what is wrong by one click', async () => {
    const need = {
      kind: 'blind',
      id: 'capture',
      text: 'Nothing is captured.',
      severity: 'high',
      at: 0,
    };
    const view = { ...overview(specs(8)), needsYou: [need] };
    const dashboard = await openDashboard({
      fixture: { blind: true, answers: { 'GET overview': view } },
    });
    const { page } = dashboard;
    await dashboard.go('');
    await page.getByRole('link', { name: 'State', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: /Blind/ });
    await dialog.getByText('nothing was captured for 4 minutes').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await dashboard.close();
  });

  it('the language that was chosen stays', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('settings?section=look');
    await page.getByRole('radio', { name: 'Deutsch' }).press('Space');
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    await dashboard.go('devices');
    await page.getByRole('heading', { name: 'Geräte' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await expect.poll(() => page.title()).toBe('Geräte · Portolan');
    await dashboard.close();
  });

  it('the list of keys has every key that does something', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('');
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    await dialog.waitFor();
    const keys = await dialog.locator('kbd').allTextContents();
    for (const goes of 'odsfpar') expect(keys).toContain(`g ${goes}`);
    for (const key of ['/', '?', '.', 'j / k', 'Enter', 'x', 'Space']) expect(keys).toContain(key);
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
    await dashboard.close();
  });
});
