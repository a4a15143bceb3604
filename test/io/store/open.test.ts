import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import type { Library } from '../../../src/io/store/driver.ts';
import { openDriver, preferredLibrary } from '../../../src/io/store/driver.ts';
import { MIGRATIONS } from '../../../src/io/store/migrations.ts';
import { defaultFolder, openStore } from '../../../src/io/store/open.ts';
import { EVIDENCE, evidenceOf, SCAN } from './samples.ts';

/** Every library that this Node can load: 20 has one, 22.16 and later both. */
const LIBRARIES: readonly Library[] =
  preferredLibrary() === 'libsql' ? ['libsql'] : ['libsql', 'node:sqlite'];

let folder = '';
let file = '';

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'portolan-store-')), 'data');
  file = join(folder, 'portolan.db');
});

afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

function failure(work: () => unknown): PortolanError {
  try {
    work();
  } catch (error) {
    if (error instanceof PortolanError) return error;
    throw error;
  }
  throw new Error('It was expected to fail');
}

describe.each(LIBRARIES)('with %s', (library) => {
  test.each([
    ['in memory', () => ':memory:'],
    ['in a file', () => folder],
  ])('evidence comes back as it was given, %s', (_, place) => {
    const store = openStore(place(), { library });
    const given = store.append(EVIDENCE);
    expect(given.map(({ id }) => id)).toEqual(EVIDENCE.map((_one, index) => index + 1));
    expect([...store.evidence()]).toEqual(given);
    expect(given.map(({ id: _id, ...rest }) => rest)).toEqual(EVIDENCE);
    store.close();
  });

  test('everything is there after it was closed and opened', () => {
    const store = openStore(folder, { library });
    const evidence = store.append(EVIDENCE);
    store.saveScan(SCAN);
    store.saveScan({ ...SCAN, outcome: 'complete', endedAt: SCAN.startedAt + 5 });
    store.saveScan({ ...SCAN, id: 'PTL-S-0001', startedAt: SCAN.startedAt + 9 });
    store.saveProgress(SCAN.id, 'port 80');
    store.saveProgress('gone', 'x');
    store.saveProgress('gone', undefined);
    const entry = { at: 5, who: 'anna', what: 'scope 8.8.8.0/24', why: 'ticket 4711' };
    store.audit(entry);
    store.close();

    const again = openStore(folder, { library });
    expect([...again.evidence()]).toEqual(evidence);
    expect(again.scans().map(({ id, outcome }) => [id, outcome])).toEqual([
      ['PTL-S-0001', 'running'],
      ['PTL-S-91B7', 'complete'],
    ]);
    expect(again.progress(SCAN.id)).toBe('port 80');
    expect(again.progress('gone')).toBeUndefined();
    expect(again.auditLog()).toEqual([entry]);
    again.close();
  });

  test('an append that fails in the middle leaves nothing behind', () => {
    const store = openStore(folder, { library });
    const broken = evidenceOf({ kind: 'open' }, { at: Number.NaN });
    expect(() => store.append([evidenceOf({ kind: 'open' }), broken])).toThrow();
    expect([...store.evidence()]).toEqual([]);
    expect(store.append([evidenceOf({ kind: 'open' })])).toHaveLength(1);
    store.close();
  });

  test('evidence is read page by page, by ids, while more is appended', () => {
    const store = openStore(folder, { library });
    store.append(Array.from({ length: 2500 }, () => evidenceOf({ kind: 'open' })));
    const seen: number[] = [];
    for (const { id } of store.evidence({ after: 10, until: 2400 })) {
      if (seen.length === 0) store.append([evidenceOf({ kind: 'open' })]);
      seen.push(id);
    }
    expect(seen).toEqual(Array.from({ length: 2390 }, (_, index) => index + 11));
    store.close();
  });

  test.each([
    ["UPDATE evidence SET address = 'x'", 'evidence is append-only'],
    ['DELETE FROM evidence', 'evidence is append-only'],
    ["UPDATE audit SET who = 'x'", 'the audit log is append-only'],
    ['DELETE FROM audit', 'the audit log is append-only'],
  ])('the database itself refuses "%s"', (sql, why) => {
    const store = openStore(folder, { library });
    store.append(EVIDENCE);
    store.audit({ at: 1, who: 'a', what: 'b', why: 'c' });
    store.close();
    const driver = openDriver(file, library);
    expect(() => driver.run(sql)).toThrow(why);
    driver.close();
  });

  test('a row that somebody changed by hand is damage, named by its id', () => {
    const store = openStore(folder, { library });
    store.append(EVIDENCE);
    store.close();
    const driver = openDriver(file, library);
    driver.exec("DROP TRIGGER evidence_not_updated; UPDATE evidence SET fact = '{' WHERE id = 7");
    driver.close();
    const again = openStore(folder, { library });
    const error = failure(() => [...again.evidence()]);
    expect(error.code).toBe('E_STORE_DAMAGED');
    expect(error.message).toContain('row 7');
    again.close();
  });

  test('a second owner is told the pid of the first', () => {
    const store = openStore(folder, { library });
    const error = failure(() => openStore(folder, { library }));
    expect(error.code).toBe('E_STORE_BUSY');
    expect(error.message).toContain(`process ${process.pid}`);
    store.close();
    openStore(folder, { library }).close();
  });

  test('a second owner is kept out although somebody removed the lock file', () => {
    const store = openStore(folder, { library });
    rmSync(`${file}.lock`);
    expect(failure(() => openStore(folder, { library })).code).toBe('E_STORE_BUSY');
    store.close();
  });
});

test('folder and file are for their owner only', () => {
  openStore(folder).close();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each([
  ['a process that is gone', '4194304 99\n'],
  ['a pid that was given to somebody else since', `${process.pid} 1\n`],
  ['a crash before the pid was written', ''],
])('the lock of %s is no lock', (_, lock) => {
  openStore(folder).close();
  writeFileSync(`${file}.lock`, lock);
  openStore(folder).close();
  expect(existsSync(`${file}.lock`)).toBe(false);
});

/** Everything in the folder, byte for byte. */
function snapshot(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  );
}

function foreignDatabase(): void {
  const driver = openDriver(file);
  driver.exec('CREATE TABLE photos (id INTEGER)');
  driver.close();
}

function newerDatabase(): void {
  const driver = openDriver(file);
  driver.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  driver.close();
}

function overwrite(offset: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, offset);
  closeSync(descriptor);
}

test.each([
  ['a text file', 'E_STORE_FOREIGN', () => writeFileSync(file, 'my diary')],
  ['another program’s database', 'E_STORE_FOREIGN', () => [rmSync(file), foreignDatabase()]],
  ['a database of a newer version', 'E_STORE_NEWER', newerDatabase],
  ['a file cut to nothing', 'E_STORE_DAMAGED', () => truncateSync(file, 0)],
  ['a file cut in its header', 'E_STORE_DAMAGED', () => truncateSync(file, 60)],
  ['a file cut in the middle', 'E_STORE_DAMAGED', () => truncateSync(file, 9000)],
  ['a zeroed page', 'E_STORE_DAMAGED', () => overwrite(4096, new Uint8Array(4096))],
  ['a page of noise', 'E_STORE_DAMAGED', () => overwrite(12_288, new Uint8Array(512).fill(0xa5))],
] as const)('%s is refused with %s and kept as it is', (_, code, spoil) => {
  const store = openStore(folder);
  store.append(EVIDENCE);
  store.close();
  spoil();
  const before = snapshot();
  const error = failure(() => openStore(folder));
  expect(error.code).toBe(code);
  expect(error.message).toContain(file);
  expect(error.remedy).not.toBe('');
  expect(snapshot()).toEqual(before);
});

test('a damaged database names the newest back-up, if there is one', () => {
  openStore(folder).close();
  truncateSync(file, 0);
  expect(failure(() => openStore(folder)).remedy).toContain('start afresh');
  for (const version of [1, 2, 10]) writeFileSync(`${file}.v${version}`, '');
  expect(failure(() => openStore(folder)).remedy).toContain(`${file}.v10`);
});

describe('a migration', () => {
  const next = [...MIGRATIONS, 'ALTER TABLE scan ADD COLUMN note TEXT'];
  const failing = [...MIGRATIONS, 'ALTER TABLE scan ADD COLUMN note TEXT; SELECT * FROM nowhere'];

  function old(): void {
    const store = openStore(folder);
    store.append(EVIDENCE);
    store.close();
  }

  test('keeps what there was, and a copy of how it was', () => {
    old();
    const store = openStore(folder, { migrations: next });
    expect([...store.evidence()]).toHaveLength(EVIDENCE.length);
    store.close();
    const copy = openDriver(`${file}.v${MIGRATIONS.length}`);
    expect(copy.all('SELECT count(*) AS n FROM evidence')).toEqual([{ n: EVIDENCE.length }]);
    expect(copy.all('PRAGMA user_version')).toEqual([{ user_version: MIGRATIONS.length }]);
    copy.close();
    expect(failure(() => openStore(folder)).code).toBe('E_STORE_NEWER');
  });

  test('that fails leaves the old schema, which still opens', () => {
    old();
    expect(() => openStore(folder, { migrations: failing })).toThrow('nowhere');
    const store = openStore(folder);
    expect([...store.evidence()]).toHaveLength(EVIDENCE.length);
    store.close();
    const driver = openDriver(file);
    expect(driver.all('SELECT name FROM pragma_table_info(?)', 'scan')).not.toContainEqual({
      name: 'note',
    });
    driver.close();
  });
});

test.each([
  ['18.20.4', 'libsql'],
  ['20.19.0', 'libsql'],
  ['22.15.1', 'libsql'],
  ['22.16.0', 'node:sqlite'],
  ['24.0.0', 'node:sqlite'],
])('Node %s stores with %s', (version, library) => {
  expect(preferredLibrary(version)).toBe(library);
});

test.each([
  ['an absolute XDG_DATA_HOME', '/srv/data', /^\/srv\/data\/portolan$/],
  ['a relative one, which the specification ignores', 'data', /\/\.local\/share\/portolan$/],
  ['none', undefined, /\/\.local\/share\/portolan$/],
])('the default folder follows %s', (_, value, expected) => {
  const before = process.env['XDG_DATA_HOME'];
  try {
    if (value === undefined) delete process.env['XDG_DATA_HOME'];
    else process.env['XDG_DATA_HOME'] = value;
    expect(defaultFolder()).toMatch(expected);
  } finally {
    if (before === undefined) delete process.env['XDG_DATA_HOME'];
    else process.env['XDG_DATA_HOME'] = before;
  }
});

test('file(1) can tell whose the database is', () => {
  openStore(folder).close();
  const header = execFileSync('od', ['-An', '-tx1', '-j68', '-N4', file], { encoding: 'utf8' });
  expect(header.trim()).toBe('50 54 4c 4e');
});
