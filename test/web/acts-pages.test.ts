import { afterAll, describe, expect, test } from 'vitest';
import type { DashboardOptions } from './harness.ts';
import { browserMissing, closeBrowser, openDashboard } from './harness.ts';

const missing = browserMissing();
afterAll(closeBrowser);

/** Pages of what happened, of what may happen, and of how it is set up. */
const PAGES = [
  'alerts',
  'alerts?view=single',
  'alerts/PTL-A-7F3K',
  'alerts/expected',
  'flows',
  'flows?view=table',
  'flows?view=lanes&device=PTL-D-7F3K',
  'flows?view=picture',
  'policy?form=yaml',
  'policy?form=words',
  'policy?form=rules',
  'changes',
  'changes/PTL-C-3F2A',
  'reports',
  'scans',
  'settings',
  'settings?section=look',
  'settings?section=users',
  'settings?section=tokens',
  'settings?section=channels',
  'settings?section=schedules',
  'settings?section=config',
  'settings?section=audit',
];

const LOOKS: readonly (readonly [string, DashboardOptions])[] = [
  ['light', { theme: 'light' }],
  ['dark', { theme: 'dark' }],
  ['light on a telephone', { theme: 'light', width: 360 }],
  ['dark on a telephone', { theme: 'dark', width: 360 }],
  ['with forced colours', { forcedColors: 'active' }],
];

describe.skipIf(missing !== undefined)('every page', () => {
  test.each(LOOKS)('is accessible and fits, %s', async (_look, options) => {
    const { page, go, axe, wrongs, close } = await openDashboard(options);
    const found: string[] = [];
    for (const path of PAGES) {
      await go(path);
      await page.locator('main h1, main .state').first().waitFor();
      found.push(...(await axe()).map((violation) => `${path} ${violation}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > (options.width ?? 1280)) found.push(`${path} is ${wide} pixels wide`);
    }
    await close();
    expect([...found, ...wrongs]).toEqual([]);
  });

  test('says what failed, with its code and what to do, where nothing can be had', async () => {
    const problem = {
      type: 'errors#E_STORE',
      title: 'The store does not answer',
      status: 503,
      detail: 'The store has been held by another process for 10 minutes.',
      code: 'E_STORE',
      remedy: 'See who holds it: portolan doctor',
    };
    const { page, go, close } = await openDashboard({ fixture: { problem } });
    for (const path of ['alerts', 'flows', 'policy', 'changes', 'reports', 'scans']) {
      await go(path);
      await page.getByText(problem.remedy).first().waitFor({ timeout: 30_000 });
      await page.getByText('E_STORE').first().waitFor();
    }
    await close();
  });

  test('says that there is nothing, and why, where there is nothing', async () => {
    const { page, go, close } = await openDashboard({ fixture: { empty: true } });
    await go('alerts');
    await page.getByText('Nothing unusual was seen').waitFor();
    await go('alerts/expected');
    await page.getByText('Nothing has been declared expected').waitFor();
    await close();
  });

  test('speaks German where the browser does', async () => {
    const { page, go, close } = await openDashboard({ language: 'de-DE' });
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('button', { name: 'Eindämmen…' }).first().waitFor();
    await go('policy');
    await page.getByRole('heading', { name: 'Regeln' }).waitFor();
    await close();
  });

  test('works below any path of a proxy', async () => {
    const prefix = '/api/hassio_ingress/abc/';
    const { page, go, server, wrongs, close } = await openDashboard({ prefix });
    await go('alerts');
    await page.getByRole('link', { name: /tried Telnet/ }).click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    expect(page.url()).toBe(`${server.address}alerts/PTL-A-7F3K`);
    const packets = await page.getByRole('link', { name: /Packets/ }).getAttribute('href');
    expect(packets?.startsWith(`${server.address}api/v1/`)).toBe(true);
    expect(wrongs).toEqual([]);
    await close();
  });
});

/** The page's own; the types of the DOM are not those of these tests. */
declare const document: { readonly documentElement: { readonly scrollWidth: number } };
