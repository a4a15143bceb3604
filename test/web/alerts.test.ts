import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ChangeView } from '../../src/model/api/policy.ts';
import type { Asked } from './fixture-answers.ts';
import { CHANGE, CHOICES, FIREWALL } from './fixtures/acts.ts';
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
  dashboard = await openDashboard(options);
  return dashboard;
}

/** A firewall that takes a change, looks whether it holds, and waits to be confirmed. */
function firewall(isGood = true): NonNullable<NonNullable<DashboardOptions['fixture']>['answers']> {
  const asked: unknown[] = [];
  let change: ChangeView = { ...CHANGE, title: 'contain PTL-D-7F3K: stop tcp/23' };
  const become = (part: Partial<ChangeView>): ChangeView => {
    change = { ...change, ...part };
    return change;
  };
  return {
    asked,
    'POST changes': ({ body }: Asked) => {
      asked.push(body);
      return change;
    },
    'GET changes/PTL-C-3F2A': () => change,
    'POST changes/PTL-C-3F2A/apply': () => {
      const loaded = become({ state: 'loaded', deadline: Date.now() + 60_000 });
      become({ verified: [{ at: NOW, text: 'The kernel has the rules.', ok: isGood }] });
      return loaded;
    },
    'POST changes/PTL-C-3F2A/confirm': () =>
      become({ state: 'confirmed', until: Date.UTC(2026, 10, 25, 3, 16) }),
    'POST changes/PTL-C-3F2A/rollback': () => become({ state: 'rolled-back' }),
  };
}

describe.skipIf(missing !== undefined)('alerts', () => {
  test('three clicks lead from the alert to contained and verified', async () => {
    const answers = firewall();
    const { page, go, server } = await open({ fixture: { answers } });
    await go('alerts');
    await page.getByRole('link', { name: /tried Telnet/ }).click();
    await page.getByRole('button', { name: 'Contain…' }).first().click();
    await page.getByRole('button', { name: 'Block for 1 hour' }).click();
    await page.getByText('Blocked · verified ✓ · ends 03:16').waitFor();
    expect(answers['asked']).toEqual([
      {
        contain: {
          device: 'PTL-D-7F3K',
          how: 'stop',
          service: 'tcp/23',
          ttl: 'PT1H',
          alert: 'PTL-A-7F3K',
        },
      },
    ]);
    expect(server.asked).toContain('POST changes/PTL-C-3F2A/confirm');
  });

  test('what was blocked can be taken back where it is said', async () => {
    const { page, go } = await open({ fixture: { answers: firewall() } });
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('button', { name: 'Contain…' }).first().click();
    await page.getByRole('button', { name: 'Block for 1 hour' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('The block was taken back').waitFor();
  });

  test('a block whose check fails is not confirmed', async () => {
    const { page, go, server } = await open({ fixture: { answers: firewall(false) } });
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('button', { name: 'Contain…' }).first().click();
    await page.getByRole('button', { name: 'Block for 1 hour' }).click();
    await page.getByText('The check failed.').waitFor();
    await page.getByText(/taken back by itself in 00:/).waitFor();
    expect(server.asked).not.toContain('POST changes/PTL-C-3F2A/confirm');
  });

  test('each way to contain says what it would have cut', async () => {
    const { page, go } = await open();
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('button', { name: 'Contain…' }).first().click();
    const ways = page.getByRole('group', { name: 'What to stop' }).getByRole('radio');
    await expect.poll(() => ways.count()).toBe(CHOICES.length);
    const said = await page.locator('.choice-effect').allTextContents();
    expect(said[0]).toMatch(/^would have cut 3 of 12,911 conversations in /);
  });

  test('without the right, the command that somebody with the right can run is offered', async () => {
    const because = 'It was started without the helper that holds the right.';
    const answers = { 'GET firewall': { ...FIREWALL, canApply: false, because } };
    const { page, go } = await open({ fixture: { answers } });
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('button', { name: 'Contain…' }).first().click();
    await page.getByText(because).waitFor();
    await page.getByText('sudo portolan contain PTL-D-7F3K --stop tcp/23 --for 1h').waitFor();
    expect(await page.getByRole('button', { name: /^Block for/ }).count()).toBe(0);
  });

  test('what would lock one out is not applied', async () => {
    const lockOut = { ok: false, because: 'No rule lets 192.168.2.2 reach HTTPS' };
    const answers = { 'POST changes': { ...CHANGE, lockOut } };
    const { page, go, server } = await open({ fixture: { answers } });
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('button', { name: 'Contain…' }).first().click();
    await page.getByRole('button', { name: 'Block for 1 hour' }).click();
    await page.getByText(`You would lose your own access: ${lockOut.because}`).waitFor();
    expect(server.asked).not.toContain('POST changes/PTL-C-3F2A/apply');
  });

  test('a controller is not offered to be blocked', async () => {
    const { page, go } = await open();
    await go('alerts/PTL-A-7F3P');
    await page.getByText('It is not to be blocked from here: see the remedy.').waitFor();
    expect(await page.getByRole('button', { name: 'Contain…' }).count()).toBe(0);
  });

  test('a viewer is offered nothing that the API would refuse', async () => {
    const session = {
      scopes: ['read'] as const,
      user: { name: 'anna', role: 'viewer', totp: false },
    } as const;
    const { page, go } = await open({ fixture: { session } });
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    expect(await page.getByRole('button', { name: /Contain|Expected|Acknowledge/ }).count()).toBe(
      0,
    );
  });

  test('what is expected is shown with what it would have hidden before it is taught', async () => {
    const asked: unknown[] = [];
    const answers = {
      'POST alerts/PTL-A-7F3K/expect': ({ body, query }: Asked) => {
        asked.push({ body, dry: query.get('dry_run') });
        return { sentence: 'Front camera may sweep at 23/tcp', hides: 2, alerts: [] };
      },
    };
    const { page, go } = await open({ fixture: { answers } });
    await go('alerts/PTL-A-7F3K');
    await page.getByRole('button', { name: 'Expected…' }).first().click();
    await page.getByText('2 past alerts.').waitFor();
    await page.getByLabel('only at 23/tcp').uncheck();
    await expect.poll(() => asked.at(-1)).toMatchObject({ body: { port: false }, dry: 'true' });
    await page.getByRole('button', { name: 'Expect it from now on' }).click();
    await page.getByText('Expected from now on').waitFor();
    expect(asked.at(-1)).toEqual({
      body: { type: true, peer: false, port: false, days: 30 },
      dry: null,
    });
  });

  test('alerts of one incident stand together, the worst speaks for them', async () => {
    const { page, go } = await open();
    await go('alerts');
    const first = page.getByRole('list', { name: 'Alerts' }).locator('> li').first();
    expect(await first.locator('.severity').allTextContents()).toEqual([
      '▲▲ Critical',
      '▲ High',
      '◆ Medium',
    ]);
  });

  test('its packets and a filter for Wireshark are offered', async () => {
    const { page, go } = await open();
    await go('alerts/PTL-A-7F3K');
    const packets = page.getByRole('link', { name: /Packets/ });
    expect(await packets.getAttribute('href')).toMatch(
      /\/api\/v1\/alerts\/PTL-A-7F3K\/evidence\.pcapng$/,
    );
    await page.getByText('ip.addr == 192.168.1.31 && tcp.port == 23').waitFor();
  });

  test('the way from list to block works by keyboard alone', async () => {
    const { page, go } = await open({ fixture: { answers: firewall() } });
    await go('alerts?view=single');
    await page.getByRole('link', { name: /tried Telnet/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Contain…' }).first().focus();
    await page.keyboard.press('Enter');
    const block = page.getByRole('button', { name: 'Block for 1 hour' });
    await block.waitFor();
    for (let step = 0; step < 12 && !(await isFocused(block)); step += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByText('Blocked · verified ✓').waitFor();
  });
});

function isFocused(locator: ReturnType<Dashboard['page']['getByRole']>): Promise<boolean> {
  return locator.evaluate((element) => element === document.activeElement);
}

/** The page's own; the types of the DOM are not those of these tests. */
declare const document: { readonly activeElement: unknown };
