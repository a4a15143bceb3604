import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ChangeView } from '../../src/model/api/policy.ts';
import { Refused } from './fixture-answers.ts';
import { CHANGE } from './fixtures/acts.ts';
import { NOW } from './fixtures/alerts.ts';
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
  dashboard = await openDashboard({ language: 'de-DE', ...options });
  return dashboard;
}

/** In which language somebody hears what has these words. */
function tongue(page: Page, words: string | RegExp): Promise<string | undefined> {
  return page
    .getByText(words)
    .last()
    .evaluate((element: Spoken) => element.closest('[lang]')?.lang);
}

const REFUSED = new Refused({
  type: 'errors#E_STORE',
  title: 'The database does not answer',
  status: 503,
  detail: 'Its file is locked by another program.',
  code: 'E_STORE',
  remedy: 'Stop the other program.',
});

function refuse(): never {
  throw REFUSED;
}

describe.skipIf(missing !== undefined)('in German', () => {
  test.each([
    ['a filter that is none', 'devices?filter=zone%20%3D%20ot%20and', /character/],
    ['a problem of the policy', 'policy?form=words', /Rule no-telnet decides nothing/],
    ['what to do about it', 'policy?form=words', 'Remove the rule, or keep it as a note'],
    ['a test of the policy', 'policy?form=words', 'Recorder reaches Front camera on 554/tcp'],
    ['a note on a change', 'changes/PTL-C-3F2A', 'mDNS between home and iot needs a reflector'],
    ['what comes before a rule', 'policy?form=words', 'the default of zone iot'],
    ['how much a device bears', 'devices/PTL-D-7F3K', /is known of how much it bears/],
    ['what is expected', 'alerts/expected', /may talk to/],
    ['what somebody did', 'settings?section=audit', /signed in from/],
    ['why a channel fails', 'settings?section=channels', /refused the connection/],
    ['what a measure counts', 'alerts/PTL-A-7F3K', 'addresses tried'],
    ['the title of an error', 'reports', 'The database does not answer'],
    ['its explanation', 'reports', 'Its file is locked by another program.'],
    ['what to do about an error', 'reports', 'Stop the other program.'],
  ])('%s is marked as English', async (_, path, words) => {
    const { page, go } = await open({ fixture: { answers: { 'GET reports': refuse } } });
    await go(path);
    await page.getByText(words).last().waitFor();
    expect(await tongue(page, words)).toBe('en');
  });

  test('why a test of a channel failed is marked, what we say of it is not', async () => {
    const text = 'connection refused by the broker';
    const answers = { 'POST channels/phone/test': { ok: false, text } };
    const { page, go } = await open({ fixture: { answers } });
    await go('settings?section=channels');
    await page.getByRole('button', { name: /phone/ }).click();
    await page.getByText('Die Probe kam nicht an:').waitFor();
    expect(await tongue(page, text)).toBe('en');
    expect(await tongue(page, 'Die Probe kam nicht an:')).toBe('de');
  });

  test('an error in our own words is German', async () => {
    const { page, go } = await open();
    await page.route('**/api/v1/reports*', (route) => route.abort());
    await go('reports');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.locator('[lang]').count()).toBe(0);
  });

  test.each([
    ['a screen', 1280],
    ['a telephone', 360],
  ])('a device is held and that is verified, on %s', async (_, width) => {
    let change: ChangeView = CHANGE;
    const become = (part: Partial<ChangeView>) => (): ChangeView => {
      change = { ...change, ...part };
      return change;
    };
    const answers = {
      'POST changes': CHANGE,
      'GET changes/PTL-C-3F2A': () => change,
      'POST changes/PTL-C-3F2A/apply': become({
        state: 'loaded',
        deadline: Date.UTC(2100, 0, 1),
        verified: [{ at: NOW, text: 'The kernel has the rules.', ok: true }],
      }),
      'POST changes/PTL-C-3F2A/confirm': become({
        state: 'confirmed',
        until: Date.UTC(2026, 10, 25, 3, 16),
      }),
      'POST changes/PTL-C-3F2A/rollback': become({ state: 'rolled-back' }),
    };
    const { page, go, axe, overflow } = await open({ width, fixture: { answers } });
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('button', { name: 'Eindämmen…' }).first().click();
    await page.getByRole('button', { name: 'Für 1 Stunde sperren' }).waitFor();
    expect(await axe()).toEqual([]);
    await page.getByRole('button', { name: 'Für 1 Stunde sperren' }).click();
    await page.getByText('Gesperrt · geprüft ✓ · endet 03:16').waitFor();
    expect(await tongue(page, 'The kernel has the rules.')).toBe('en');
    expect(await overflow()).toBe(0);
    expect(await axe()).toEqual([]);
    await page.getByRole('button', { name: 'Zurücknehmen' }).click();
    await page.getByText(/Sperre .*zurückgenommen/).waitFor();
  });
});

/** In the page. */
interface Spoken {
  closest(selector: string): { readonly lang: string } | null;
}
