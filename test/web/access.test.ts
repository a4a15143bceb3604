import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { SessionView } from '../../src/model/api/auth.ts';
import type { Asked } from './fixture-answers.ts';
import { Refused } from './fixture-answers.ts';
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

const NOBODY: SessionView = { state: 'signed-out', scopes: [] };
const MIRA: SessionView = {
  state: 'signed-in',
  user: { name: 'mira', role: 'admin', totp: false },
  via: 'password',
  scopes: ['read', 'admin'],
  csrf: 'second',
};

/** Who is asking, as the server has it: it becomes somebody by what is sent. */
function server(first: SessionView) {
  let session = first;
  const sent: unknown[] = [];
  const become =
    (next: SessionView) =>
    ({ body }: Asked): SessionView => {
      sent.push(body);
      session = next;
      return next;
    };
  const answers = {
    'GET session': () => session,
    'POST session': become(MIRA),
    'POST session/link': become({ state: 'setup', via: 'link', scopes: [], csrf: 'first' }),
    'POST users': become(MIRA),
  };
  return { answers, sent };
}

describe.skipIf(missing !== undefined)('sign-in', () => {
  test('a name and a password let one in, to the page that one came for', async () => {
    const { answers, sent } = server(NOBODY);
    const { page, go } = await open({ fixture: { answers } });
    await go('alerts/PTL-A-7F3K');
    await page.getByLabel('Name').fill('mira');
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
    await page.getByLabel('Six digits of your authenticator').fill('123 456');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: /tried Telnet/ }).waitFor();
    expect(sent).toEqual([{ name: 'mira', password: 'correct horse battery', totp: '123456' }]);
  });

  test('fields are such that password managers and one-time codes are filled in', async () => {
    const { page, go, axe } = await open({ fixture: { session: NOBODY } });
    await go('');
    const inputs = await page.locator('input').all();
    const kinds = await Promise.all(inputs.map((input) => input.getAttribute('autocomplete')));
    expect(kinds).toEqual(['username', 'current-password', 'one-time-code']);
    expect(await axe()).toEqual([]);
  });

  test('a wrong password is told with the server’s own words', async () => {
    const answers = {
      'POST session': () => {
        throw new Refused({
          type: 'errors#E_SIGN_IN',
          title: 'Not signed in',
          status: 401,
          detail: 'Name, password or code is wrong.',
          code: 'E_SIGN_IN',
          remedy: 'Try again in a second.',
        });
      },
    };
    const { page, go } = await open({ fixture: { answers, session: NOBODY } });
    await go('');
    await page.getByLabel('Name').fill('mira');
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Name, password or code is wrong.').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('mira');
  });

  test('without an account yet, the one-time link is asked for', async () => {
    const { page, go, axe } = await open({ fixture: { session: { ...NOBODY, state: 'setup' } } });
    await go('');
    await page.getByRole('heading', { name: 'Nobody has an account yet' }).waitFor();
    expect(await axe()).toEqual([]);
  });

  test('the key of the link leaves the address at once and makes the first account', async () => {
    const { answers, sent } = server({ ...NOBODY, state: 'setup' });
    const { page, go, axe } = await open({ fixture: { answers } });
    await go('#k=one-time-key');
    await page.getByRole('heading', { name: 'Set up Portolan' }).waitFor();
    expect(page.url()).not.toContain('one-time-key');
    expect(await axe()).toEqual([]);
    await page.getByLabel('Name').fill('mira');
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill('short');
    await page.getByRole('textbox', { name: 'Password again' }).fill('other');
    await page.getByRole('button', { name: 'Make account and go on' }).click();
    await page.getByText('At least 12 characters are needed.').waitFor();
    await page.getByText('The two are not the same.').waitFor();
    for (const name of ['Password', 'Password again']) {
      await page.getByRole('textbox', { name, exact: true }).fill('correct horse battery');
    }
    await page.getByRole('button', { name: 'Make account and go on' }).click();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    expect(sent).toEqual([
      { key: 'one-time-key' },
      { name: 'mira', password: 'correct horse battery', role: 'admin' },
    ]);
  });
});
