import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { browserMissing, closeBrowser, openDashboard, settled } from './harness.ts';

const missing = browserMissing();

describe.skipIf(missing !== undefined)('the list of devices', () => {
  afterAll(closeBrowser);

  it('has 10,000 devices, and at most 1,000 nodes of them in the document', async () => {
    const dashboard = await openDashboard({ fixture: { devices: 10_000 } });
    await dashboard.go('devices');
    const table = dashboard.page.getByRole('table');
    expect(await table.getAttribute('aria-rowcount')).toBe('10001');
    expect(await dashboard.nodes()).toBeLessThanOrEqual(1000);
    await dashboard.page.locator('.table-scroller').evaluate((element: { scrollTop: number }) => {
      element.scrollTop = 20_000;
    });
    await settled(dashboard.page);
    expect(await dashboard.nodes()).toBeLessThanOrEqual(1000);
    await dashboard.close();
  });

  it('comes as pages for who would rather not scroll', async () => {
    const dashboard = await openDashboard({ fixture: { devices: 120 }, prefs: { lists: 'pages' } });
    await dashboard.go('devices?sort=name');
    await dashboard.page.getByText('Page 1 of 3').waitFor();
    await dashboard.page.getByRole('button', { name: 'Next' }).click();
    await dashboard.page.getByText('Page 2 of 3').waitFor();
    const first = dashboard.page.locator('tr[data-index="0"]');
    expect(await first.getAttribute('aria-rowindex')).toBe('52');
    expect(await dashboard.axe()).toEqual([]);
    await dashboard.close();
  });

  it('follows what is typed, keeps the last rows while it is wrong, and says where', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('devices');
    const filter = page.getByRole('combobox', { name: 'Filter' });
    await filter.fill('zone = ot');
    await page.getByText('1 of 8').waitFor();
    await filter.fill('zone = ot and');
    await page.getByText(/character/).waitFor();
    expect(await filter.getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('link', { name: 'PLC-Boiler-2' }).waitFor();
    expect(new URL(page.url()).searchParams.get('filter')).toBe('zone = ot and');
    await dashboard.close();
  });

  it('sorts by a column, and says so', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('devices');
    await page.getByRole('button', { name: 'Name' }).click();
    await page.locator('th[aria-sort=ascending]', { hasText: 'Name' }).waitFor();
    await page.getByRole('button', { name: 'Name' }).click();
    await page.locator('th[aria-sort=descending]', { hasText: 'Name' }).waitFor();
    await settled(page);
    expect(await page.locator('tr[data-index="0"] th').textContent()).toContain('Thermostat');
    await dashboard.close();
  });

  it('is walked, opened and picked from by keys', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('devices');
    await page.getByRole('region', { name: 'Devices' }).focus();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${dashboard.server.address}devices/PTL-D-7F3K`);
    await dashboard.close();
  });

  it('changes several at once, each against the version that it read', async () => {
    const dashboard = await openDashboard();
    const { page, server } = dashboard;
    await dashboard.go('devices');
    await page.getByRole('checkbox', { name: 'Select Front camera' }).check();
    await page.getByRole('checkbox', { name: 'Select Broker' }).check();
    await page.getByRole('button', { name: 'Set category' }).click();
    await page.getByRole('menuitem', { name: 'Industrial' }).click();
    await page.getByText('2 devices changed').waitFor();
    expect(server.asked.filter((one) => one.startsWith('PATCH'))).toEqual([
      'PATCH devices/PTL-D-7F3K',
      'PATCH devices/PTL-D-5BRK',
    ]);
    await dashboard.close();
  });

  it('exports a file in which no cell is a formula', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('devices');
    await page.getByRole('button', { name: 'Export' }).click();
    const coming = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    const path = await (await coming).path();
    const text = await readFile(path, 'utf8');
    expect(text.split('\r\n')).toHaveLength(10);
    expect(text).toContain(`"'=cmd|'/c calc'!A0"`);
    expect(text).toContain('"<img src=x onerror=alert(1)>');
    await dashboard.close();
  });

  it('shows fewer columns and more words to who wants it simple', async () => {
    const dashboard = await openDashboard({ prefs: { detail: 'simple' } });
    await dashboard.go('devices');
    await dashboard.page.locator('.chip', { hasText: 'telnet' }).waitFor();
    expect(await dashboard.page.getByRole('columnheader', { name: 'Zone' }).count()).toBe(0);
    await dashboard.close();
  });
});

describe.skipIf(missing !== undefined)('the page of a device', () => {
  afterAll(closeBrowser);

  it('shows names of a stranger as they are', async () => {
    const dashboard = await openDashboard();
    await dashboard.go('devices/PTL-D-4XSS');
    const title = dashboard.page.getByRole('heading', { level: 1 });
    expect(await title.textContent()).toBe('<img src=x onerror=alert(1)>\u202egnp.exe');
    expect(await dashboard.page.locator('main img').count()).toBe(0);
    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });

  it('says why it thinks so, with the bytes', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('devices/PTL-D-7F3K');
    await page.getByRole('button', { name: 'Why: Vendor' }).click();
    const dialog = page.getByRole('dialog', { name: 'Why: Vendor: Hikvision' });
    await dialog.getByText('0000  ff fd 18').first().waitFor();
    expect(await dashboard.axe()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Why: Vendor');
    await dashboard.close();
  });

  it('is named, and the name is taken back', async () => {
    const bodies: unknown[] = [];
    const answers = {
      'PATCH devices/PTL-D-7F3K': ({ body, ifMatch }: { body: unknown; ifMatch: unknown }) => {
        bodies.push([body, ifMatch]);
        return {};
      },
    };
    const dashboard = await openDashboard({ fixture: { answers } });
    const { page } = dashboard;
    await dashboard.go('devices/PTL-D-7F3K');
    await page.getByRole('button', { name: 'It’s something else…' }).first().click();
    await page.getByRole('dialog').getByLabel('Name').fill('Door camera');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(() => bodies)
      .toEqual([
        [{ name: 'Door camera' }, '"v1"'],
        [{ name: 'Front camera' }, '"v1"'],
      ]);
    await page.getByRole('button', { name: 'Take back' }).click();
    await expect.poll(() => bodies.at(-1)).toEqual([{ name: null }, '"v1"']);
    await dashboard.close();
  });

  it('shows what somebody else changed meanwhile, and saves only when told to', async () => {
    const dashboard = await openDashboard({ fixture: { conflict: true } });
    const { page, server } = dashboard;
    await dashboard.go('devices/PTL-D-7F3K?who=1');
    await page.getByRole('dialog').getByLabel('Vendor').fill('Dahua');
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Somebody else changed it meanwhile' });
    await dialog.getByText('+ name: Door camera').waitFor();
    expect(await dashboard.axe()).toEqual([]);
    await dialog.getByRole('button', { name: 'Save mine anyway' }).click();
    await page.getByText('Saved').waitFor();
    expect(server.asked.filter((one) => one.startsWith('PATCH'))).toHaveLength(2);
    await dashboard.close();
  });

  it('offers nothing that would be refused to who may only read', async () => {
    const session = {
      user: { name: 'anna', role: 'viewer', totp: false },
      scopes: ['read'],
    } as const;
    const dashboard = await openDashboard({ fixture: { session } });
    await dashboard.go('devices/PTL-D-7F3K');
    expect(await dashboard.page.getByRole('button', { name: 'It’s something else…' }).count()).toBe(
      0,
    );
    expect(await dashboard.page.getByRole('button', { name: 'Take back' }).count()).toBe(0);
    await dashboard.close();
  });

  it('goes through its tabs by arrows, and the address says which', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('devices/PTL-D-7F3K');
    await page.getByRole('tab', { name: 'Summary' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Services (4)', selected: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('tab')).toBe('services');
    await page.getByText('Nobody used it in 14 days of traffic.').first().waitFor();
    await dashboard.close();
  });
});
