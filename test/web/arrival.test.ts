import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Fixture } from './fixture-answers.ts';
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
    for (const key of ['/', '?', 'j / k', 'Enter', 'x', 'Space']) expect(keys).toContain(key);
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
    await dashboard.close();
  });
});
