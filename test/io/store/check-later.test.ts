import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseState } from '../../../src/cli/doctor-database.ts';
import { CheckUp } from '../../../src/io/daemon/check-up.ts';
import { checkMark } from '../../../src/io/store/check-mark.ts';
import { openStore } from '../../../src/io/store/open.ts';
import { damaged } from '../../../src/io/store/sqlite-error.ts';
import { evidenceOf } from './samples.ts';

/** Octets of one row: more than what is always looked through at the start. */
const LARGE = 33 * 1024 * 1024;
const SHARED = { shared: true, mustOwn: true, checkLater: true } as const;

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-later-'));
  file = join(folder, 'portolan.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function make(octets: number): void {
  const store = openStore(folder);
  store.saveProgress('S', 'x'.repeat(octets));
  store.append([evidenceOf({ kind: 'open' })]);
  store.close();
}

/** The lock of a process that is no more. */
function crash(): void {
  writeFileSync(`${file}.lock`, '4194304 99 shared\n');
}

/** A page in the middle of the large row: its chain is broken. */
function damage(): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(4096), 0, 4096, 4096 * 4000);
  closeSync(descriptor);
}

test.each([
  ['a large one after a crash', LARGE, true, SHARED, true],
  ['a large one that was closed', LARGE, false, SHARED, false],
  ['a small one after a crash', 10, true, SHARED, false],
  ['a large one after a crash, where nobody does so later', LARGE, true, { shared: true }, false],
])('%s: is left to who opened it: %s', (_, octets, isCrash, options, left) => {
  make(octets);
  if (isCrash) crash();
  const store = openStore(folder, options);
  expect(store.needsCheck).toBe(left);
  expect(checkMark(file) !== undefined).toBe(left);
  store.close();
});

test('until it was looked through each start says so, and a command does it itself', () => {
  make(LARGE);
  crash();
  openStore(folder, SHARED).close();
  expect(databaseState(folder).fact).toContain('the next start does so');
  const again = openStore(folder, SHARED);
  expect(again.needsCheck).toBe(true);
  expect(databaseState(folder).fact).toMatch(/being looked through by process \d+ since 20/);
  again.close();
  openStore(folder).close();
  expect(checkMark(file)).toBeUndefined();
  expect(databaseState(folder)).toMatchObject({
    works: true,
    fact: expect.stringMatching(/whole$/),
  });
});

test('a damaged one is not opened by a command, and doctor says what is wrong', () => {
  make(LARGE);
  damage();
  crash();
  openStore(folder, SHARED).close();
  const before = readFileSync(file);
  expect(() => openStore(folder)).toThrow(/is damaged/);
  expect(readFileSync(file).equals(before)).toBe(true);
  rmSync(`${file}.unchecked`);
  expect(databaseState(folder)).toMatchObject({
    works: false,
    fact: expect.stringContaining('is damaged'),
  });
});

describe('what the daemon does about it', () => {
  function opened() {
    make(LARGE);
    crash();
    return openStore(folder, SHARED);
  }

  test('a whole one is one like any other', async () => {
    const store = opened();
    const checkUp = new CheckUp(store, { check: () => Promise.resolve('ok') });
    expect(checkUp.condition?.kind).toBe('unchecked');
    await checkUp.run();
    expect(checkUp.condition).toBeUndefined();
    expect(checkMark(file)).toBeUndefined();
    store.close();
  });

  test.each([
    ['a page that is wrong', () => Promise.resolve('Tree 5 page 9: not ours')],
    ['a file that cannot be read', () => Promise.reject(damaged('portolan.db', 'malformed'))],
  ])('%s: nothing is written any more, and everything can be read', async (_, check) => {
    const store = opened();
    const checkUp = new CheckUp(store, { check });
    await checkUp.run();
    expect(checkUp.condition?.kind).toBe('damaged');
    expect(checkMark(file)?.damage).toContain('is damaged');
    expect(() => store.append([evidenceOf({ kind: 'open' })])).toThrow(/is damaged/);
    expect(() => store.saveProgress('T', 'x')).toThrow(/is damaged/);
    expect(() => store.access.removeToken('x')).toThrow(/is damaged/);
    expect([...store.evidence()]).toHaveLength(1);
    store.close();
    expect(databaseState(folder)).toMatchObject({ works: false });
  });

  test('a look that came to no end is none', async () => {
    const store = opened();
    const checkUp = new CheckUp(store, {
      check: () => Promise.reject(Object.assign(damaged('x', 'y'), { code: 'E_NETWORK' })),
    });
    await checkUp.run();
    expect(checkUp.condition?.kind).toBe('unchecked');
    expect(checkMark(file)).toEqual({ damage: '' });
    store.append([evidenceOf({ kind: 'open' })]);
    store.close();
    expect(existsSync(`${file}.unchecked`)).toBe(true);
  });
});
