import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDriver } from '../../../src/io/store/driver.ts';
import { MIGRATIONS } from '../../../src/io/store/migrations.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { AuditEntry } from '../../../src/io/store/store.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-audit-'));
  file = join(folder, 'portolan.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (what: string): AuditEntry => ({ at: 5, who: 'user:anna', what, why: 'a reason' });

function write(count: number): void {
  const store = openStore(folder);
  for (let one = 1; one <= count; one += 1) store.audit(entry(`act ${one}`));
  store.close();
}

/** Somebody with the right to write the file, and no respect for triggers. */
function tamper(...statements: readonly string[]): void {
  const driver = openDriver(file);
  driver.exec('DROP TRIGGER audit_not_updated; DROP TRIGGER audit_not_deleted;');
  for (const statement of statements) driver.exec(statement);
  driver.close();
}

function verdict() {
  const store = openStore(folder);
  try {
    return store.trail.verify();
  } finally {
    store.close();
  }
}

describe('verify', () => {
  test('finds nothing wrong with what was only appended, over many openings', () => {
    for (let opening = 0; opening < 3; opening += 1) write(3);
    expect(verdict()).toEqual({
      ok: true,
      entries: 9,
      last: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each([
    ['who did it was changed', "UPDATE audit SET who = 'user:eve' WHERE id = 4", 4],
    ['the moment was changed', 'UPDATE audit SET at = at + 1 WHERE id = 2', 2],
    ['what is there now was added', "UPDATE audit SET new_value = 'x' WHERE id = 3", 3],
    ['an entry was deleted', 'DELETE FROM audit WHERE id = 3', 3],
    ['the first was deleted', 'DELETE FROM audit WHERE id = 1', 1],
    ['the last was deleted', 'DELETE FROM audit WHERE id = 6', 6],
    ['the last three were deleted', 'DELETE FROM audit WHERE id > 3', 4],
    ['all were deleted', 'DELETE FROM audit', 1],
    [
      'two changed places',
      'UPDATE audit SET id = 100 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 3; UPDATE audit SET id = 3 WHERE id = 100',
      2,
    ],
    [
      'one was put in at the end',
      "INSERT INTO audit (at, who, what, why, hash) VALUES (5, 'x', 'x', 'x', 'x')",
      7,
    ],
    ['its hash was changed', 'UPDATE audit SET hash = upper(hash) WHERE id = 5', 5],
  ])('names the first entry where %s', (_, statement, seq) => {
    write(6);
    tamper(statement);
    expect(verdict()).toEqual({ ok: false, seq, because: expect.any(String) });
  });
});

test.each([
  ['half a pair of surrogates, where a name was cut', 'a camera \ud83d'],
  ['the other half', '\ude00 camera'],
  ['a NUL', 'a\u0000b'],
  ['controls and a byte-order mark', '\ufeff\u001b[2J\r\n\uffff'],
])('%s breaks no chain', (_, text) => {
  const store = openStore(folder);
  store.audit({ at: 5, who: text, what: text, why: text, before: text, after: text });
  store.audit(entry('then'));
  store.close();
  expect(verdict()).toMatchObject({ ok: true, entries: 2 });
});

test('nothing is changed or deleted by way of the store itself', () => {
  write(1);
  const driver = openDriver(file);
  expect(() => driver.exec("UPDATE audit SET who = 'x'")).toThrow('append-only');
  expect(() => driver.exec('DELETE FROM audit')).toThrow('append-only');
  driver.close();
});

test('two processes that write at the same time make one chain', () => {
  const owner = openStore(folder, { shared: true });
  const guest = openStore(folder);
  for (let one = 0; one < 20; one += 1) {
    owner.audit(entry(`owner ${one}`));
    guest.audit({ ...entry(`guest ${one}`), before: 'a', after: 'b' });
  }
  expect(guest.trail.verify()).toMatchObject({ ok: true, entries: 40 });
  expect(owner.trail.newest(2).map(({ seq, what }) => [seq, what])).toEqual([
    [40, 'guest 19'],
    [39, 'owner 19'],
  ]);
  guest.close();
  owner.close();
});

test('entries from before there was a chain stay as they are, and are in it from then on', () => {
  const chained = MIGRATIONS.findIndex((one) => typeof one === 'function');
  openStore(folder, { migrations: MIGRATIONS.slice(0, chained) }).close();
  const driver = openDriver(file);
  for (const what of ['one', 'two']) {
    driver.run('INSERT INTO audit (at, who, what, why) VALUES (?, ?, ?, ?)', 5, 'anna', what, 'x');
  }
  driver.close();

  const store = openStore(folder);
  expect(store.auditLog().map(({ what }) => what)).toEqual(['one', 'two']);
  store.audit(entry('three'));
  expect(store.trail.verify()).toMatchObject({ ok: true, entries: 3 });
  store.close();
  tamper("UPDATE audit SET what = 'ten' WHERE id = 1");
  expect(verdict()).toMatchObject({ ok: false, seq: 1 });
});
