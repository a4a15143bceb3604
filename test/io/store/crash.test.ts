import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDriver } from '../../../src/io/store/driver.ts';
import { openStore } from '../../../src/io/store/open.ts';

const KILLS = 20;

let scratch = '';
let program = '';
let tool = '';

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'portolan-crash-'));
  // Inside the package, so that the program finds libsql where the product does.
  tool = mkdtempSync(join(import.meta.dirname, '../../../node_modules/.portolan-test-'));
  program = await bundle('appender.ts');
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
  rmSync(tool, { recursive: true, force: true });
});

/** Node 20 does not read TypeScript. */
async function bundle(name: string): Promise<string> {
  const input = join(import.meta.dirname, name);
  const build = await rolldown({ input, platform: 'node', external: [/^node:/, /^libsql/] });
  const file = join(tool, `${name}.mjs`);
  await build.write({ file, format: 'esm' });
  await build.close();
  return file;
}

/** Kills the appender without warning and returns what it had said is stored. */
function killed(folder: string, run: number, after: number): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, [program, folder, `${run}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    let armed = false;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (armed) return;
      armed = true;
      setTimeout(() => child.kill('SIGKILL'), after);
    });
    child.on('error', reject);
    // A line that the kill cut was not said.
    child.on('close', () => resolve(said.split('\n').slice(0, -1)));
  });
}

test(`after ${KILLS} kills at random times nothing acknowledged is lost and nothing is doubled`, {
  timeout: 120_000,
}, async () => {
  const folder = join(scratch, 'kills');
  const acknowledged: string[] = [];
  for (let run = 0; run < KILLS; run += 1) {
    acknowledged.push(...(await killed(folder, run, Math.random() * 150)));
    const store = openStore(folder);
    const kept = Array.from(store.evidence(), ({ id, observer }) => `${id} ${observer}`);
    store.close();
    const known = new Set(kept);
    expect(acknowledged.filter((line) => !known.has(line))).toEqual([]);
    expect(new Set(kept.map((line) => line.split(' ')[1])).size).toBe(kept.length);
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS * 10);
  const driver = openDriver(join(folder, 'portolan.db'));
  expect(driver.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  driver.close();
});

/** Mounts need root; who has it not gets the message and not the test. */
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;
const inNamespace = test.skipIf(!canMount && process.env['CI'] === undefined);

function inMount(script: string): { status: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-ec', script], {
    encoding: 'utf8',
    env: { ...process.env, NODE: process.execPath, SCRATCH: scratch },
  });
  return { status, out: stdout + stderr };
}

inNamespace('a disk that fills up is reported, and what was acknowledged is there', async () => {
  process.env['TOOL'] = await bundle('filler.ts');
  const { out } = inMount(`
    mkdir -p "$SCRATCH/full" && mount -t tmpfs -o size=1m none "$SCRATCH/full"
    "$NODE" "$TOOL" "$SCRATCH/full/data" fill
    "$NODE" "$TOOL" "$SCRATCH/full/data" count || true
    cp -r "$SCRATCH/full/data" "$SCRATCH/kept"
    "$NODE" "$TOOL" "$SCRATCH/kept" count
  `);
  const [, acknowledged = ''] = /^E_DISK_FULL after (\d+)$/m.exec(out) ?? [];
  expect(Number(acknowledged), out).toBeGreaterThan(100);
  expect(out).toMatch(new RegExp(`^${acknowledged} are there$`, 'm'));
});

inNamespace('a full disk at the first start is reported and leaves nothing behind', async () => {
  process.env['TOOL'] = await bundle('filler.ts');
  const { out } = inMount(`
    mkdir -p "$SCRATCH/tiny" && mount -t tmpfs -o size=16k none "$SCRATCH/tiny"
    "$NODE" "$TOOL" "$SCRATCH/tiny/data" fill
    ls -A "$SCRATCH/tiny/data"
  `);
  expect(out).toBe('E_DISK_FULL after 0\n');
});

inNamespace('a read-only file system is a missing right, new and old alike', async () => {
  process.env['TOOL'] = await bundle('filler.ts');
  openStore(join(scratch, 'readonly', 'old')).close();
  const { out } = inMount(`
    mount --bind "$SCRATCH/readonly" "$SCRATCH/readonly"
    mount -o remount,ro,bind "$SCRATCH/readonly"
    "$NODE" "$TOOL" "$SCRATCH/readonly/new" count || true
    "$NODE" "$TOOL" "$SCRATCH/readonly/old" count || true
  `);
  expect(out).toBe('E_NO_PERMISSION after 0\nE_NO_PERMISSION after 0\n');
});
