import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ChangeView } from '../../src/model/api/policy.ts';
import type { Asked } from './fixture-answers.ts';
import { Refused } from './fixture-answers.ts';
import { CHANGE, POLICY } from './fixtures/acts.ts';
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

function editor({ page }: Dashboard) {
  return page.getByRole('textbox', { name: 'Policy as YAML' });
}

/** A policy that can be saved, and that somebody else may have saved before. */
function savedPolicy(version = 'p1') {
  const now = { version, text: POLICY, exists: true, file: '/etc/portolan/policy.yaml' };
  const saves: { readonly ifMatch: string | undefined; readonly body: unknown }[] = [];
  return {
    saves,
    answers: {
      'GET policy': () => now,
      'PUT policy': ({ ifMatch, body }: Asked) => {
        saves.push({ ifMatch, body });
        if (ifMatch !== `"${now.version}"`) throw overtaken(now.version);
        return { ...now, version: 'p9' };
      },
    },
    saveElsewhere: (text: string) => {
      now.version = 'p2';
      now.text = text;
    },
  };
}

function overtaken(version: string): Refused {
  return new Refused({
    type: 'errors#E_CONFLICT',
    title: 'Somebody else changed it',
    status: 409,
    detail: 'The policy was changed by somebody else meanwhile',
    code: 'E_CONFLICT',
    remedy: 'Look at the difference, take over what you need, and save again',
    current: { version, difference: '- # theirs\n+ # mine' },
  });
}

describe.skipIf(missing !== undefined)('policy', () => {
  test('what is wrong is said while it is typed, and leads to its place', async () => {
    const shown = await open();
    await shown.go('policy');
    const field = editor(shown);
    const text = await field.inputValue();
    const wrong = text.replace('action: allow }', 'action: alow }');
    await field.fill(wrong);
    await shown.page.getByText('1 error, 1 warning').waitFor();
    await shown.page.getByText('While there are errors, nothing can be tried.').waitFor();
    await shown.page.getByRole('button', { name: /^line 18, character/ }).click();
    const at = await shown.page.evaluate(() => document.activeElement.selectionStart);
    expect(at).toBe(wrong.indexOf('alow'));
  });

  test('its effect on recorded traffic, its tests and one’s own access are told', async () => {
    const { page, go } = await open();
    await go('policy');
    const effect = page.getByRole('region', { name: 'Effect on recorded traffic' });
    await effect.getByText('12,911').waitFor();
    await effect.getByText('Anna’s phone → Front camera').waitFor();
    await effect.getByText('2 ✓ 0 ✕').waitFor();
    await effect.getByText('You keep HTTPS and SSH by the guard, line 14').waitFor();
  });

  test('it is saved over the version that was read', async () => {
    const { answers, saves } = savedPolicy();
    const shown = await open({ fixture: { answers } });
    await shown.go('policy');
    await editor(shown).fill(`${POLICY}# mine\n`);
    await shown.page.getByRole('button', { name: 'Save' }).click();
    await shown.page.getByText('Saved', { exact: true }).waitFor();
    expect(saves).toEqual([{ ifMatch: '"p1"', body: { text: `${POLICY}# mine\n` } }]);
  });

  test('where somebody else saved meanwhile, the difference is shown and nothing is lost', async () => {
    const { answers, saves, saveElsewhere } = savedPolicy();
    const shown = await open({ fixture: { answers } });
    await shown.go('policy');
    await editor(shown).fill(`${POLICY}# mine\n`);
    saveElsewhere(`${POLICY}# theirs\n`);
    await shown.page.getByRole('button', { name: 'Save' }).click();
    await shown.page.getByText('Somebody else saved meanwhile').waitFor();
    await shown.page.getByText('# theirs').waitFor();
    await shown.page.getByRole('button', { name: 'Go on editing' }).click();
    expect(await editor(shown).inputValue()).toBe(`${POLICY}# mine\n`);
    await shown.page.getByRole('button', { name: 'Save' }).click();
    await shown.page.getByRole('button', { name: 'Save mine over it' }).click();
    await expect.poll(() => saves.at(-1)?.ifMatch).toBe('"p2"');
  });

  test('what was typed is still there after looking at another page', async () => {
    const shown = await open();
    await shown.go('policy');
    await editor(shown).fill(`${POLICY}# mine\n`);
    await shown.page.getByRole('link', { name: 'Reports' }).click();
    await shown.page.getByRole('link', { name: 'Policy' }).click();
    expect(await editor(shown).inputValue()).toBe(`${POLICY}# mine\n`);
  });

  test('what was learned goes into the editor, and is not saved by that', async () => {
    const shown = await open();
    await shown.go('policy');
    await shown.page.getByRole('button', { name: 'Learn…' }).click();
    await shown.page.getByRole('button', { name: 'Propose rules' }).click();
    await shown.page.getByText('May Front camera reach 203.0.113.20').waitFor();
    await shown.page.getByRole('button', { name: 'Put it into the editor' }).click();
    expect(await editor(shown).inputValue()).toContain('id: camera-ntp');
    expect(shown.server.asked.filter((asked) => asked.startsWith('PUT'))).toEqual([]);
  });

  test('a change is applied, counts down, and is kept when somebody says so', async () => {
    let change: ChangeView = CHANGE;
    const become = (part: Partial<ChangeView>): ChangeView => {
      change = { ...change, ...part };
      return change;
    };
    const within: unknown[] = [];
    const answers = {
      'GET changes/PTL-C-3F2A': () => change,
      'POST changes/PTL-C-3F2A/apply': ({ body }: Asked) => {
        within.push(body);
        return become({ state: 'loaded', deadline: Date.now() + 120_000 });
      },
      'POST changes/PTL-C-3F2A/confirm': () => become({ state: 'confirmed' }),
      'POST changes/PTL-C-3F2A/rollback': () => become({ state: 'rolled-back' }),
    };
    const { page, go } = await open({ fixture: { answers } });
    await go('policy');
    await page.getByRole('button', { name: 'Make a change…' }).click();
    await page.getByLabel('Time to confirm').selectOption('120');
    await page.getByRole('button', { name: 'Apply, confirm within 2 min' }).click();
    await page
      .getByRole('timer')
      .filter({ hasText: /Taken back by itself in 0[12]:/ })
      .waitFor();
    expect(within).toEqual([{ within: 120 }]);
    await page.getByRole('button', { name: 'It works: keep it' }).click();
    await page.getByRole('status').filter({ hasText: 'confirmed' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('status').filter({ hasText: 'taken back' }).waitFor();
  });

  test('what would lock one out is not applied from here', async () => {
    const lockOut = { ok: false, because: 'No rule lets 192.168.2.2 reach HTTPS' };
    const answers = { 'GET changes/PTL-C-3F2A': { ...CHANGE, lockOut } };
    const { page, go } = await open({ fixture: { answers } });
    await go('changes/PTL-C-3F2A');
    await page.getByText('It would lock you out').waitFor();
    expect(await page.getByRole('button', { name: /^Apply/ }).count()).toBe(0);
  });

  test('on a telephone it is read, not written', async () => {
    const shown = await open({ width: 360 });
    await shown.go('policy?form=yaml');
    expect(await editor(shown).getAttribute('readonly')).not.toBeNull();
    expect(await shown.page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  });
});

/** The page's own; the types of the DOM are not those of these tests. */
declare const document: { readonly activeElement: { readonly selectionStart: number } };
