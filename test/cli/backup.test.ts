import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runBackup } from '../../src/cli/backup-run.ts';
import { runCheck } from '../../src/cli/check-run.ts';
import { keepBackups } from '../../src/io/daemon/backups.ts';
import { openStore } from '../../src/io/store/open.ts';
import { damaged } from '../../src/io/store/sqlite-error.ts';
import { EVIDENCE, evidenceOf } from '../io/store/samples.ts';
import { runIn } from './stand-in.ts';

const NOW = Date.UTC(2026, 10, 25, 14);
const HOUR = 3_600_000;

let folder = '';
let data = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-backup-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function backup(to: string, now = NOW) {
  return runIn({ data, now }, runBackup, [to]);
}

function check(now: number) {
  const run = (...words: Parameters<typeof runCheck>) => Promise.resolve(runCheck(...words));
  return runIn({ data, now }, run, ['backup']);
}

function fill(): void {
  const store = openStore(data);
  store.append(EVIDENCE);
  store.close();
}

test('a copy made while somebody writes is put in the place of the database, and all is there', async () => {
  const owner = openStore(data, { shared: true, mustOwn: true });
  owner.append(EVIDENCE);
  const to = join(folder, 'copy.db');
  const { status, out } = await backup(to);
  expect([status, out]).toEqual([0, expect.stringMatching(/copy\.db: [\d,]+ bytes, checked$/m)]);
  owner.append([evidenceOf({ kind: 'open' })]);
  owner.close();
  expect(statSync(to).mode & 0o777).toBe(0o600);
  // As the guide says: everything of the old one is moved aside, then the copy put in its place.
  renameSync(data, join(folder, 'old'));
  mkdirSync(data);
  copyFileSync(to, join(data, 'portolan.db'));
  const restored = openStore(data);
  expect([...restored.evidence()]).toHaveLength(EVIDENCE.length);
  restored.close();
});

test('nothing is ever overwritten, and what was there stays', async () => {
  fill();
  const to = join(folder, 'mine.txt');
  writeFileSync(to, 'mine');
  expect(await backup(to)).toMatchObject({ status: 3, said: expect.stringContaining('is there') });
  expect(statSync(to).size).toBe(4);
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'mine.txt']);
});

test('in a folder it is called by the time', async () => {
  fill();
  await backup(folder);
  expect(existsSync(join(folder, 'portolan-2026-11-25T140000Z.db'))).toBe(true);
});

test('where there is no database none is made, and none copied', async () => {
  const { status, said } = await backup(join(folder, 'copy.db'));
  expect([status, said]).toEqual([3, expect.stringContaining('There is no database')]);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['that was made an hour ago', HOUR, 0, 'OK - the last backup was made 3600 s ago'],
  ['that is older than a day', 26 * HOUR, 1, 'WARNING'],
  ['that is older than two', 50 * HOUR, 2, 'CRITICAL'],
])('a monitor is told of one %s', async (_, age, status, said) => {
  fill();
  await backup(join(folder, 'copy.db'));
  const result = await check(NOW + age);
  expect(result.status).toBe(status);
  expect(result.out).toContain(said);
});

test('a monitor is told that there never was one', async () => {
  fill();
  expect(await check(NOW)).toMatchObject({
    status: 3,
    out: expect.stringContaining('UNKNOWN - no backup was ever made'),
  });
});

test('on a schedule the newest stay, and nothing else in the folder is touched', async () => {
  fill();
  const store = openStore(data);
  const place = join(folder, 'copies');
  const own = ['holiday.db', 'portolan-mine.db'];
  mkdirSync(place);
  for (const name of [...own, 'portolan-2026-11-01T000000Z.db.part']) {
    writeFileSync(join(place, name), '');
  }
  for (let hour = 0; hour < 4; hour += 1) {
    await keepBackups({
      store,
      folder: place,
      keep: 2,
      now: () => NOW + hour * HOUR,
      copy: (file) => Promise.resolve(store.copy(file)),
    });
  }
  expect(readdirSync(place).toSorted()).toEqual([
    'holiday.db',
    'portolan-2026-11-25T160000Z.db',
    'portolan-2026-11-25T170000Z.db',
    'portolan-mine.db',
  ]);
  expect(store.auditLog().filter(({ what }) => what.startsWith('backup '))).toHaveLength(4);
  store.close();
});

test('whoever finds the database damaged is told of the newest copy that was made on a schedule', () => {
  fill();
  const place = join(data, 'backups');
  mkdirSync(place);
  for (const name of ['portolan-2026-11-24T140000Z.db', 'portolan-2026-11-25T140000Z.db', 'x.db']) {
    writeFileSync(join(place, name), '');
  }
  const { remedy } = damaged(join(data, 'portolan.db'), 'a page is wrong');
  expect(remedy).toContain(join(place, 'portolan-2026-11-25T140000Z.db'));
});
