import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSession } from '../../../src/io/site/session.ts';
import { openDriver } from '../../../src/io/store/driver.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { World } from '../../../src/io/world.ts';
import { EVIDENCE, evidenceOf } from './samples.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-shared-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('whoever comes while an owner lets others in reads and writes beside it', () => {
  const owner = openStore(folder, { shared: true });
  const mine = owner.append(EVIDENCE);
  const guest = openStore(folder);
  expect([...guest.evidence()]).toEqual(mine);
  expect(owner.changedElsewhere()).toBe(false);
  const theirs = guest.append([evidenceOf({ kind: 'open' })]);
  expect(owner.changedElsewhere()).toBe(true);
  expect(owner.changedElsewhere()).toBe(false);
  expect([...owner.evidence({ after: mine.at(-1)?.id ?? 0 })]).toEqual(theirs);
  guest.close();
  owner.close();
});

test('a second one who has to own it is refused, and so is anybody where nobody is let in', () => {
  const owner = openStore(folder, { shared: true });
  expect(() => openStore(folder, { mustOwn: true })).toThrow(/in use by process/);
  owner.close();
  const alone = openStore(folder);
  expect(() => openStore(folder)).toThrow(/in use by process/);
  alone.close();
});

test('a guest that outlives its owner goes on, and the next one finds everything', () => {
  const owner = openStore(folder, { shared: true });
  const guest = openStore(folder);
  owner.append(EVIDENCE);
  owner.close();
  guest.append([evidenceOf({ kind: 'open' })]);
  guest.close();
  // libsql closes when its statements are collected: here the guest is still half there.
  const next = openStore(folder, { shared: true });
  expect([...next.evidence()]).toHaveLength(EVIDENCE.length + 1);
  next.close();
});

test('an owner that was killed leaves a database that can be shared again', () => {
  openStore(folder).close();
  const file = join(folder, 'portolan.db');
  // A WAL that nobody closed, and a lock of a process that is no more.
  const crashed = openDriver(file);
  crashed.all('PRAGMA journal_mode = WAL');
  execFileSync('cp', [file, `${file}.crashed`]);
  crashed.close();
  execFileSync('mv', [`${file}.crashed`, file]);
  execFileSync('sh', ['-c', `echo "999999 1 shared" > ${file}.lock`]);
  const owner = openStore(folder, { shared: true });
  const guest = openStore(folder);
  guest.append(EVIDENCE);
  expect([...owner.evidence()]).toHaveLength(EVIDENCE.length);
  guest.close();
  owner.close();
});

test('an owner whose process is not seen from here, as in a container, keeps what it has', () => {
  const owner = openStore(folder, { shared: true });
  const lock = join(folder, 'portolan.db.lock');
  const unseen = '999999 1 shared\n';
  writeFileSync(lock, unseen);
  const guest = openStore(folder);
  guest.append(EVIDENCE);
  expect([...owner.evidence()]).toHaveLength(EVIDENCE.length);
  expect(() => openStore(folder, { shared: true, mustOwn: true })).toThrow(/in use/);
  expect(readFileSync(lock, 'utf8')).toBe(unseen);
  guest.close();
  owner.close();
});

test('a session believes what others stored, in the order of ids', () => {
  const world: World = {
    env: {},
    dataFolder: folder,
    configFile: 'none',
    now: () => 1000,
    warn: () => {},
  };
  const session = openSession(world, { shared: true });
  const guest = openStore(folder);
  guest.append(EVIDENCE);
  expect(session.site().devices).toEqual([]);
  session.add([evidenceOf({ kind: 'open' })]);
  const seen = session.site();
  expect(session.catchUp()).toBe(false);
  expect(seen.devices.length).toBeGreaterThan(0);
  const alone = openSession(world);
  expect(alone.site().devices).toEqual(seen.devices);
  alone.close();
  guest.close();
  session.close();
});
