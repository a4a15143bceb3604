import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Aside } from '../../../src/io/store/aside.ts';
import { BesideSums } from '../../../src/io/store/beside-sums.ts';
import { openStore } from '../../../src/io/store/open.ts';
import { bundled } from '../apply/bundle.ts';
import { EVIDENCE, evidenceOf } from './samples.ts';

const made = bundled({
  aside: 'src/io/store/aside-main.ts',
  entry: 'test/io/store/aside-entry.ts',
});

let folder = '';
let aside: Aside;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-aside-'));
  aside = new Aside(join(folder, 'portolan.db'), { program: join(made.folder, 'aside.mjs') });
});
afterEach(async () => {
  await aside.close();
  rmSync(folder, { recursive: true, force: true });
});

test('what is asked of it is what the store itself says, with what was written just now', async () => {
  const owner = openStore(folder, { shared: true });
  owner.append(EVIDENCE);
  expect(await aside.check()).toBe('ok');
  expect(await aside.talks({ since: 0, limit: 10 })).toEqual(
    owner.totals.talks({ since: 0, limit: 10 }),
  );
  expect(await aside.hours(0)).toEqual(owner.totals.hours(0));
  owner.close();
});

test('a copy is whole, for its owner alone, and of the moment at which it was asked for', async () => {
  const owner = openStore(folder, { shared: true });
  owner.append(EVIDENCE);
  const to = join(folder, 'copies', 'portolan.db');
  const { file, bytes } = await aside.copy(to);
  owner.append([evidenceOf({ kind: 'open' })]);
  expect([file, bytes]).toEqual([to, statSync(to).size]);
  expect(statSync(to).mode & 0o777).toBe(0o600);
  const copy = openStore(join(folder, 'copies'));
  expect([...copy.evidence()]).toHaveLength(EVIDENCE.length);
  copy.close();
  await expect(aside.copy(to)).rejects.toMatchObject({ code: 'E_OUTPUT' });
  owner.close();
});

test('what it finds damaged, and what is no database, is told as such', async () => {
  writeFileSync(join(folder, 'portolan.db'), 'x'.repeat(10_000));
  await expect(aside.check()).rejects.toMatchObject({ code: 'E_STORE_DAMAGED' });
});

test('one that is closed while it works says so to who waits, and the next question is answered', async () => {
  openStore(folder).close();
  const waiting = aside.check();
  const refused = expect(waiting).rejects.toMatchObject({ code: 'E_NETWORK' });
  await aside.close();
  await refused;
  expect(await aside.check()).toBe('ok');
});

test('it is gone with whoever asked, however that one ended, and keeps nobody out', async () => {
  openStore(folder).close();
  const { folder: bundles } = made;
  const program = join(bundles, 'aside.mjs');
  const child = spawn(
    process.execPath,
    [join(bundles, 'entry.mjs'), program, join(folder, 'portolan.db')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  const list = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  const beside = Number(list.trim());
  expect(beside).toBeGreaterThan(1);
  child.kill('SIGKILL');
  await once(child, 'close');
  await expect.poll(() => isRunning(beside), { timeout: 20_000 }).toBe(false);
  openStore(folder).close();
});

/** One that ended and that nobody has asked about yet is a zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.each([
  ['few conversations are summed at once', 5000, 0],
  ['many are summed beside', 5001, 2],
])('%s', async (_, flows, asked) => {
  let questions = 0;
  const ask = (): Promise<readonly []> => {
    questions += 1;
    return Promise.resolve([]);
  };
  const own = { talks: () => [], hours: () => [], count: () => flows };
  const sums = new BesideSums(own, { talks: ask, hours: ask });
  await sums.talks({ since: 0, limit: 1 });
  await sums.hours(0);
  expect(questions).toBe(asked);
});
