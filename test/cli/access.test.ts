import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAudit } from '../../src/cli/audit-run.ts';
import { runToken } from '../../src/cli/token-run.ts';
import { runUser } from '../../src/cli/user-run.ts';
import { openDriver } from '../../src/io/store/driver.ts';
import { openStore } from '../../src/io/store/open.ts';
import type { Options, Result, Run } from './stand-in.ts';
import { runIn } from './stand-in.ts';

let data = '';
let passwordFile = '';

beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'portolan-access-'));
  passwordFile = join(data, 'password');
  writeFileSync(passwordFile, 'correct horse battery staple\nand a second line\n');
});

afterAll(() => rmSync(data, { recursive: true, force: true }));

const run = (work: Run, args: readonly string[], options: Options = {}): Promise<Result> =>
  runIn({ data, now: Date.UTC(2026, 10, 25, 12) }, work, args, options);

test('the first account is an admin, later ones see only, and the last admin stays', async () => {
  expect((await run(runUser, ['add', 'mira'], { passwordFile })).said).toContain('as admin');
  expect((await run(runUser, ['add', 'tv'], { passwordFile })).said).toContain('as viewer');
  const { out } = await run(runUser, ['list'], { json: true });
  expect(JSON.parse(out).items).toMatchObject([
    { name: 'mira', role: 'admin', totp: false },
    { name: 'tv', role: 'viewer' },
  ]);
  expect(await run(runUser, ['rm', 'mira'])).toMatchObject({
    status: 6,
    said: expect.stringContaining('only admin'),
  });
  expect((await run(runUser, ['rm', 'tv'])).status).toBe(0);
});

test('a password is asked at a terminal or read from a file, and no option has it', async () => {
  const asked = await run(runUser, ['add', 'new']);
  expect([asked.status, asked.said]).toEqual([2, expect.stringContaining('--password-file')]);
  const missing = await run(runUser, ['add', 'new'], { passwordFile: join(data, 'none') });
  expect(missing.status).toBe(3);
  const store = openStore(data);
  expect(store.access.account('mira')?.password).toMatch(
    /^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/,
  );
  store.close();
});

test('a new password ends the sessions of the account', async () => {
  const store = openStore(data);
  store.access.addSession({ hash: 'h', account: 'mira', createdAt: 1, seenAt: 1 });
  store.close();
  expect((await run(runUser, ['passwd', 'mira'], { passwordFile })).status).toBe(0);
  const after = openStore(data);
  expect(after.access.session('h')).toBeUndefined();
  after.close();
  expect((await run(runUser, ['passwd', 'nobody'], { passwordFile })).status).toBe(2);
});

test.each([
  ['capitals', 'Mira'],
  ['a space', 'mi ra'],
  ['a path', '../mira'],
  ['33 letters', 'a'.repeat(33)],
  ['an escape', 'a\u001b[31m'],
])('a name with %s is refused', async (_, name) => {
  expect((await run(runUser, ['add', name], { passwordFile })).status).toBe(2);
});

test('a token is shown once, listed by its beginning, and taken back', async () => {
  const manyScopes: Run = (shell, input) =>
    runToken(shell, { ...input, list: (name) => (name === 'scope' ? ['read', 'triage'] : []) });
  const made = await run(manyScopes, ['create', 'bot'], { days: '30' });
  expect(made.out).toMatch(/^ptl_[\w-]{43}\n$/);
  const listed = await run(runToken, ['list']);
  expect(listed.out).toContain(`${made.out.slice(0, 10)}…`);
  expect(listed.out).toContain('read triage');
  expect(listed.out).not.toContain(made.out.slice(10, 20));
  expect((await run(runToken, ['rm', `${made.out.slice(0, 10)}…`])).status).toBe(0);
  expect((await run(runToken, ['rm', made.out.slice(0, 10)])).status).toBe(2);
});

test.each([
  ['no scope', ['create', 'bot'], []],
  ['an unknown scope', ['create', 'bot'], ['root']],
  ['no name', ['create'], ['read']],
  ['a name with an escape', ['create', 'a\u001b'], ['read']],
])('a token with %s is refused', async (_, args, scopes) => {
  const work: Run = (shell, input) => runToken(shell, { ...input, list: () => scopes });
  expect((await run(work, args)).status).toBe(2);
});

test('all of it is in the audit log, which says whether it is whole', async () => {
  const { out } = await run(runAudit, ['list']);
  expect(out).toContain('user add mira');
  expect(out).not.toContain('horse');
  const whole = await run(runAudit, ['verify']);
  expect([whole.status, whole.out]).toEqual([0, expect.stringMatching(/^\d+ entries, whole\n$/)]);
  const [, noted = ''] = /verify ([0-9a-f]{64})/.exec(whole.said) ?? [];
  expect((await run(runAudit, ['verify', noted])).status).toBe(0);
  expect((await run(runAudit, ['verify', 'f'.repeat(64)])).status).toBe(3);

  const driver = openDriver(join(data, 'portolan.db'));
  driver.exec("DROP TRIGGER audit_not_updated; UPDATE audit SET who = 'eve' WHERE id = 2");
  driver.close();
  const broken = await run(runAudit, ['verify'], { json: true });
  expect(broken.status).toBe(3);
  expect(broken.said).toContain('entry 2 is not as it was written');
  expect(JSON.parse(broken.out)).toMatchObject({ ok: false, seq: 2 });
});
