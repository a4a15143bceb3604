import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ScanView } from '../../src/model/api/daemon.ts';
import type { Asked } from './fixture-answers.ts';
import { SCAN } from './fixtures/settings.ts';
import type { Dashboard, DashboardOptions } from './harness.ts';
import { browserMissing, closeBrowser, openDashboard } from './harness.ts';

const missing = browserMissing();
let dashboard: Dashboard | undefined;

afterEach(async () => {
  const wrongs = dashboard?.wrongs;
  await dashboard?.close();
  dashboard = undefined;
  expect(wrongs ?? []).toEqual([]);
});
afterAll(closeBrowser);

async function open(options: DashboardOptions = {}): Promise<Dashboard> {
  dashboard = await openDashboard(options);
  return dashboard;
}

describe.skipIf(missing !== undefined)('flows', () => {
  test('a cell of the matrix tells what it is made of, and leads to its conversations', async () => {
    const { page, go } = await open();
    await go('flows');
    await page.getByRole('button', { name: /^iot → ot:/ }).click();
    await page.getByRole('region', { name: 'Selected' }).getByText('modbus').waitFor();
    await page.getByRole('link', { name: 'Show conversations' }).click();
    await page.getByRole('combobox', { name: 'Filter' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Filter' }).inputValue()).toBe(
      'from = "iot" and to = "ot"',
    );
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  });

  test('arrows go from cell to cell and pass over empty ones', async () => {
    const { page, go } = await open();
    await go('flows');
    await page.getByRole('button', { name: /^home → iot:/ }).focus();
    await page.keyboard.press('ArrowRight');
    const gateway = page.getByRole('button', { name: /^home → gateway:/ });
    expect(await gateway.evaluate((cell) => cell === document.activeElement)).toBe(true);
  });

  test('the picture and its table say the same, for all and for one', async () => {
    const { page, go } = await open();
    await go('flows?view=picture');
    expect(await page.locator('.picture-link').count()).toBe(8);
    expect(await page.locator('tbody tr').count()).toBe(8);
    await page.getByRole('button', { name: /^Hue bridge/ }).click();
    expect(await page.locator('.picture-link[data-dim=false]').count()).toBe(2);
    expect(await page.locator('tbody tr').count()).toBe(2);
  });

  test('lanes are of the device that was picked by its name', async () => {
    const { page, go, server } = await open();
    await go('flows?view=lanes');
    const pick = page.getByRole('combobox', { name: 'Device whose conversations are shown' });
    await pick.fill('Front');
    await expect.poll(() => page.locator('datalist option').count()).toBeGreaterThan(0);
    await pick.fill((await page.locator('datalist option').first().getAttribute('value')) ?? '');
    await page.getByRole('figure').getByText('Recorder').waitFor();
    expect(server.asked.some((asked) => /^GET devices\/PTL-D-\w+\/lanes/.test(asked))).toBe(true);
  });

  test('what a stranger calls itself is shown as it is', async () => {
    const { page, go } = await open();
    await go('flows?view=table');
    await page.getByText('<script>alert(1)</script>').waitFor();
    await go('flows?view=picture');
    await page.locator('svg text').getByText('<b>bold</b> sensor').waitFor();
    await go('alerts');
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
  });
});

describe.skipIf(missing !== undefined)('scans', () => {
  test('a scan is begun with what was chosen, and its progress is told as it comes', async () => {
    const asked: unknown[] = [];
    const answers = {
      'POST scans': ({ body }: Asked) => {
        asked.push(body);
        return SCAN;
      },
    };
    const { page, go, server } = await open({ fixture: { answers } });
    await go('scans');
    await page.getByRole('button', { name: 'Scan…' }).click();
    await page.getByRole('radio', { name: 'Only these' }).check();
    await page.getByRole('textbox', { name: 'Only these' }).fill('zone:iot 192.168.1.31');
    await page.getByRole('radio', { name: /^gentle/ }).check();
    await page.getByRole('button', { name: 'Start the scan' }).click();
    await page.getByText('6 of 14 asked').waitFor();
    expect(asked).toEqual([{ targets: ['zone:iot', '192.168.1.31'], pace: 'gentle' }]);
    const further: ScanView = { ...SCAN, done: 9, phase: 'identify', left: 12_000 };
    const told = { type: 'scan.progress', at: Date.now(), scan: further };
    server.tell(told);
    await page.getByText('9 of 14 asked').waitFor();
    await page.getByText('naming what answers').waitFor();
    await page.getByRole('button', { name: 'Stop and keep what was found' }).click();
    await expect.poll(() => server.asked).toContain('DELETE scans/PTL-S-91B7');
  });
});

/** The page's own; the types of the DOM are not those of these tests. */
declare const document: { readonly activeElement: unknown };
