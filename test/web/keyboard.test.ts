import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Asked } from './fixture-answers.ts';
import { browserMissing, closeBrowser, openDashboard, settled } from './harness.ts';

const missing = browserMissing();

/** More stops than a page has: what is not reached by then is not reached by keys. */
const STOPS = 150;

/** Goes on by Tab alone until something of that role and name has the focus. */
async function tabTo(page: Page, role: 'button' | 'link' | 'tab' | 'textbox', name: string) {
  const wanted = page.getByRole(role, { name, exact: true }).and(page.locator(':focus'));
  for (let stop = 0; stop < STOPS; stop += 1) {
    if ((await wanted.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`No ${role} "${name}" is reached by Tab`);
}

describe.skipIf(missing !== undefined)('by the keyboard alone', () => {
  afterAll(closeBrowser);

  it('a device is named, judged, and left with only what it needs', async () => {
    const named: unknown[] = [];
    const learned: unknown[] = [];
    const answers = {
      'PATCH devices/PTL-D-7F3K': ({ body }: Asked) => {
        named.push(body);
        return {};
      },
    };
    const dashboard = await openDashboard({ fixture: { answers } });
    const { page, server } = dashboard;
    page.on('request', (request) => {
      if (request.url().endsWith('policy/learn')) learned.push(request.postDataJSON());
    });

    await dashboard.go('');
    for (const key of ['g', 'd']) await page.keyboard.press(key);
    await page.getByRole('link', { name: 'Front camera' }).waitFor();
    await tabTo(page, 'link', 'Front camera');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Front camera' }).waitFor();
    await settled(page);
    const verdict = page.getByRole('region', { name: 'Verdict' });
    expect(await verdict.textContent()).toMatch(/fix.*needs \d+ of its \d+/);

    await tabTo(page, 'button', 'It’s something else…');
    await page.keyboard.press('Enter');
    await tabTo(page, 'textbox', 'Name');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('Door camera');
    await page.keyboard.press('Enter');
    await page.getByText('Saved').waitFor();
    expect(named).toEqual([{ name: 'Door camera' }]);
    // The dialog gives the focus back to what opened it.
    expect(await page.locator(':focus').textContent()).toContain('It’s something else');

    await tabTo(page, 'tab', 'Summary');
    for (let tab = 0; tab < 3; tab += 1) await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Policy', selected: true }).waitFor();
    await tabTo(page, 'link', 'Learn what it needs');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Learn from traffic' });
    await dialog.waitFor();
    await expect
      .poll(() => dialog.getByLabel('Device').inputValue())
      .toBe('Front camera (PTL-D-7F3K)');

    await tabTo(page, 'button', 'Propose rules');
    await page.keyboard.press('Enter');
    await dialog.getByRole('status').waitFor();
    expect(learned).toEqual([{ since: '14d', device: 'PTL-D-7F3K' }]);
    expect(await dialog.getByRole('status').textContent()).toMatch(/rule/);

    await tabTo(page, 'button', 'Put it into the editor');
    await page.keyboard.press('Enter');
    await expect.poll(() => dialog.count()).toBe(0);
    await page.getByText('newly blocked').waitFor();
    // Looked at, and nothing more: neither saved nor applied.
    expect(server.asked.filter((one) => /^(PUT|POST) (policy$|changes)/.test(one))).toEqual([]);
    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });

  it('an alert is contained after its effect was seen', async () => {
    const dashboard = await openDashboard();
    const { page } = dashboard;
    await dashboard.go('');
    await tabTo(page, 'link', 'Contain…');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /^Contain/ });
    await dialog
      .getByText(/would have cut/)
      .first()
      .waitFor();
    await tabTo(page, 'button', 'Block for 1 hour');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => dashboard.server.asked.some((one) => one.startsWith('POST changes')))
      .toBe(true);
    expect(dashboard.wrongs).toEqual([]);
    await dashboard.close();
  });
});
