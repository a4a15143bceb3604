import { afterAll, describe, expect, it } from 'vitest';
import { browserMissing, closeBrowser, openDashboard, settled } from './harness.ts';

const missing = browserMissing();

describe.skipIf(missing !== undefined)('the matrix of services', () => {
  afterAll(closeBrowser);

  it('says of every cell what its sign means', async () => {
    const dashboard = await openDashboard();
    await dashboard.go('services');
    for (const [sign, name] of [
      [
        '▲○',
        'Front camera, telnet on 23/tcp; open yes, used no, needed no, allowed unknown; new; Close',
      ],
      [
        '!○',
        'Broker, http on 1883/tcp; open yes, used no, needed unknown, allowed yes; wrong protocol; Look',
      ],
      ['●', 'Printer, ipp on 631/tcp; open yes, used yes, needed yes, allowed yes; Fine'],
      [
        '◐',
        'PLC-Boiler-2, modbus on 502/tcp; open yes, used yes, needed unknown, allowed yes; Decide',
      ],
      ['◌', 'Recorder, smb on 445/tcp; open no, used yes, needed yes, allowed yes; Broken'],
      ['·', 'Printer: nothing known of 23/tcp'],
    ] as const) {
      const cell = dashboard.page.getByRole('gridcell', { name, exact: true });
      expect(await cell.textContent(), name).toBe(sign);
    }
    await dashboard.close();
  });

  it('has 10,000 devices and their ports, and at most 1,000 nodes in the document', async () => {
    const dashboard = await openDashboard({ fixture: { devices: 10_000 } });
    const { page } = dashboard;
    await dashboard.go('services');
    const grid = page.getByRole('grid');
    expect(await grid.getAttribute('aria-rowcount')).toBe('10001');
    expect(Number(await grid.getAttribute('aria-colcount'))).toBeGreaterThan(100);
    expect(await dashboard.nodes()).toBeLessThanOrEqual(1000);
    await page.getByRole('gridcell').first().focus();
    await page.keyboard.press('Control+End');
    await page.locator(`[aria-rowindex="10001"] [role=gridcell]:focus`).waitFor();
    await settled(page);
    expect(await dashboard.nodes()).toBeLessThanOrEqual(1000);
    await dashboard.close();
  });

  it('is walked by arrows, picked from by Space, opened by Enter', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('services?devices=camera');
    await page.getByRole('gridcell').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    const cell = page.getByRole('gridcell', { name: /telnet on 23/ });
    expect(await cell.getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /23\/tcp/ });
    await dialog.getByText('Nobody used it in 14 days of traffic.').waitFor();
    expect(await dashboard.axe()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.locator(':focus').getAttribute('data-at')).toBe('0:0');
    await dashboard.close();
  });

  it('tries closing on recorded traffic before there is a change', async () => {
    const dashboard = await openDashboard();
    const { page, server } = dashboard;
    await dashboard.go('services');
    await page.getByRole('gridcell', { name: /telnet on 23/ }).click();
    await page.getByRole('gridcell', { name: /Thermostat, http on 8080/ }).click();
    await page.getByText('2 ports selected').waitFor();
    expect(await page.getByRole('button', { name: 'Add to a change' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Simulate closing' }).click();
    await page.getByText(/Would block \d+ of [\d,]+ connections of 14 days/).waitFor();
    expect(await dashboard.axe()).toEqual([]);
    await page.getByRole('button', { name: 'Add to a change' }).click();
    await page.waitForURL(/\/changes\/PTL-C-/);
    expect(server.asked.filter((one) => one.startsWith('POST'))).toEqual([
      'POST changes?dry_run=true',
      'POST changes',
    ]);
    await dashboard.close();
  });

  it('is a list of each device where there is no room, with the same to pick from', async () => {
    const dashboard = await openDashboard({ width: 360 });
    const { page } = dashboard;
    await dashboard.go('services');
    await page.getByRole('checkbox', { name: 'Select Front camera, telnet on 23/tcp' }).check();
    await page.getByText('1 port selected').waitFor();
    expect(await dashboard.axe()).toEqual([]);
    expect(await dashboard.overflow()).toBe(0);
    await dashboard.close();
  });

  it('shows one of the four questions where one asks for it', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('services?show=allowed');
    const cell = page.getByRole('gridcell', { name: /telnet on 23/ });
    expect(await cell.textContent()).toBe('?');
    await dashboard.close();
  });
});
