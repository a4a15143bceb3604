import { afterAll, describe, expect, it } from 'vitest';
import type { DeviceItem } from '../../src/model/api/site.ts';
import * as site from './fixtures/site.ts';
import { specs } from './fixtures/specs.ts';
import type { Dashboard } from './harness.ts';
import { browserMissing, closeBrowser, openDashboard, settled } from './harness.ts';

const missing = browserMissing();

describe.skipIf(missing !== undefined)('views with a name', () => {
  afterAll(closeBrowser);

  it('the given ones are filters that the server understands', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    for (const [path, names] of [
      ['devices', ['High risk', 'New in 7 days', 'Not identified']],
      ['flows?view=table', ['To the internet', 'Not encrypted', 'Refused']],
      ['services?view=list', ['Close', 'Encrypt']],
    ] as const) {
      for (const name of names) {
        await dashboard.go(path);
        await page.getByRole('button', { name: 'Views' }).click();
        await page.getByRole('menuitemcheckbox', { name, exact: true }).click();
        await page.waitForURL(/filter=/);
        await settled(page);
        const filter = page.getByRole('combobox', { name: 'Filter' });
        expect(await filter.getAttribute('aria-invalid'), name).toBe(null);
      }
    }
    await dashboard.close();
  });

  it('one’s own is saved with filter and order, and found again', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('devices?filter=zone%20%3D%20ot&sort=name');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save this view' });
    await dialog.getByLabel('Name').fill('The <b>plant</b>');
    expect(await dashboard.axe()).toEqual([]);
    await page.keyboard.press('Enter');
    // It is the one that is shown.
    await page.getByRole('button', { name: 'Views: The <b>plant</b>' }).waitFor();

    await dashboard.go('devices');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'The <b>plant</b>' }).click();
    await page.getByRole('link', { name: 'PLC-Boiler-2' }).waitFor();
    const { searchParams } = new URL(page.url());
    expect([searchParams.get('filter'), searchParams.get('sort')]).toEqual(['zone = ot', 'name']);

    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });

  it('one’s own is of its page alone, and is forgotten again', async () => {
    const search = 'filter=zone+%3D+ot';
    const views = JSON.stringify([{ path: '/devices', name: 'The <b>plant</b>', search }]);
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('alerts');
    await page.evaluate((kept: string) => localStorage.setItem('portolan.views', kept), views);
    await page.getByRole('button', { name: 'Views' }).click();
    expect(await page.getByRole('menuitemcheckbox').count()).toBe(0);
    await dashboard.go(`devices?${search}`);
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Forget “The <b>plant</b>”' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Views', exact: true }).click();
    expect(await page.getByText('The <b>plant</b>').count()).toBe(0);
    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });

  it('what somebody else put into the browser’s store breaks nothing', async () => {
    for (const views of ['{', '{"a":1}', '[1,null,{"path":"/devices"}]', '"x"']) {
      const dashboard = await openDashboard({ prefs: { views } });
      await dashboard.go('devices');
      await dashboard.page.getByRole('link', { name: 'Front camera' }).waitFor();
      expect(dashboard.wrongs).toEqual([]);
      await dashboard.close();
    }
  });
});

describe.skipIf(missing !== undefined)('the time that one looks at', () => {
  afterAll(closeBrowser);

  const asks = ({ server }: Dashboard, path: string): readonly string[] =>
    server.asked.filter((one) => one.startsWith(`GET ${path}`));

  it('is one for all pages of traffic, in the address and kept', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('flows');
    await page.getByLabel('Time range').selectOption('7d');
    await page.waitForURL(/since=7d/);
    await dashboard.go('flows?view=table');
    await page.waitForURL(/since=7d/);
    expect(asks(dashboard, 'flows').at(-1)).toContain('since=7d');
    await dashboard.go('devices/PTL-D-7F3K?tab=connections');
    expect(asks(dashboard, 'devices/PTL-D-7F3K/lanes').at(-1)).toContain('since=7d');
    await dashboard.go('policy');
    expect(await page.getByLabel('Time range').inputValue()).toBe('7d');
    // A link says what its sender saw.
    await dashboard.go('flows?since=30d');
    expect(await page.getByLabel('Time range').inputValue()).toBe('30d');
    expect(asks(dashboard, 'zones/matrix').at(-1)).toContain('since=30d');
    // Any time that the API takes.
    await dashboard.go('flows?since=2026-11-01');
    expect(await page.getByLabel('Time range').inputValue()).toBe('2026-11-01');
    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });
});

describe.skipIf(missing !== undefined)('a list that changes while somebody looks at it', () => {
  afterAll(closeBrowser);

  const known = specs(8).map(site.deviceItem);
  const pageOf = (items: readonly DeviceItem[]) => ({
    items,
    total: items.length,
    all: items.length,
    version: '1',
  });

  it('moves no row under the pointer, and says that there is news', async () => {
    let items: readonly DeviceItem[] = known;
    const dashboard = await openDashboard({
      fixture: { answers: { 'GET devices': () => pageOf(items) } },
    });
    const { page, server } = dashboard;
    await dashboard.go('devices');
    const first = page.locator('tr[data-index="0"] th');
    const name = known[0]?.name ?? '';
    await first.hover();
    const [head, ...others] = known;
    if (head === undefined) throw new Error('No device');
    items = [...others, { ...head, kind: 'door bell' }];
    server.tell({ type: 'site.changed', at: 0, what: ['devices'] });
    await page.getByText('The list has changed').waitFor();
    expect(await first.textContent()).toContain(name);
    // What is in it is the newest.
    expect(await page.locator('tr[data-index="0"]').textContent()).toContain('door bell');
    expect(await dashboard.axe()).toEqual([]);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect.poll(() => first.textContent()).not.toContain(name);
    await page.getByText('The list has changed').waitFor({ state: 'detached' });

    // Whoever points elsewhere sees it as it is.
    await page.mouse.move(0, 0);
    await page.locator('h1').click();
    items = known;
    server.tell({ type: 'site.changed', at: 0, what: ['devices'] });
    await expect.poll(() => first.textContent()).toContain(name);
    expect(await page.getByText('The list has changed').count()).toBe(0);
    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });
});

/** In the page. */
declare const localStorage: { setItem(name: string, value: string): void };
