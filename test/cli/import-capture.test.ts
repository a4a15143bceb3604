import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCapture } from '../../bench/_capture.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/portolan.js');
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-import-'));
const CAPTURE = join(FOLDER, 'busy.pcap');

beforeAll(() => {
  makeCapture(CAPTURE, 200_000);
});

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function portolan(
  data: string,
  ...argv: string[]
): { status: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [PROGRAM, '--data', join(FOLDER, data), ...argv], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

/** Everything that the store holds of flows, but for when it was asked. */
function flowsOf(data: string): string {
  const parsed: { items: { id: number }[] } = JSON.parse(
    portolan(data, 'flows', '--json', '--limit', '1000000').out,
  );
  return JSON.stringify(parsed.items.map(({ id, ...flow }) => flow).sort(byText));
}

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

test('a capture is imported once, however often it is named', () => {
  const first = portolan('whole', 'import', CAPTURE);
  expect(first).toMatchObject({ status: 0 });
  expect(first.err).toMatch(/200000 packets, \d+ flows, \d+ new pieces of evidence/);
  const flows = flowsOf('whole');
  expect(portolan('whole', 'import', CAPTURE).err).toContain('imported before: nothing to do');
  expect(flowsOf('whole')).toBe(flows);
});

test('an import that was interrupted goes on, and ends as if it never was', async () => {
  const child = spawn(process.execPath, [
    PROGRAM,
    '--data',
    join(FOLDER, 'cut'),
    'import',
    CAPTURE,
  ]);
  const status = await new Promise((resolve) => {
    child.stderr.once('data', () => child.kill('SIGINT'));
    child.on('close', resolve);
  });
  expect(status).toBe(130);
  expect(portolan('cut', 'import', CAPTURE)).toMatchObject({ status: 0 });
  expect(flowsOf('cut')).toBe(flowsOf('whole'));
});

test('of a damaged capture everything before the damage is kept', () => {
  const damaged = join(FOLDER, 'damaged.pcap');
  copyFileSync(CAPTURE, damaged);
  truncateSync(damaged, Math.floor(statSync(damaged).size / 2) + 7);
  const run = portolan('damaged', 'import', damaged);
  expect(run.status).toBe(5);
  expect(run.err).toMatch(/damaged before packet \d+: .+; the \d+ packets before it are kept/);
  expect(JSON.parse(portolan('damaged', 'flows', '--json').out)).toMatchObject({
    items: expect.arrayContaining([]),
  });
  expect(portolan('damaged', 'devices').out.split('\n').length).toBeGreaterThan(3);
});

test('standard input is read as a capture where it is said to be one', () => {
  const run = spawnSync(
    process.execPath,
    [PROGRAM, '--data', join(FOLDER, 'stdin'), 'import', '--as', 'capture', '-'],
    { encoding: 'utf8', input: readFileSync(CAPTURE) },
  );
  expect(run.status).toBe(0);
  expect(flowsOf('stdin').replaceAll('capture:stdin', 'capture:busy.pcap')).toBe(flowsOf('whole'));
});

test('traffic fills the used column of the ledger', () => {
  const parsed: { items: { used: { answer: string; because: string } }[] } = JSON.parse(
    portolan('whole', 'ledger', '--all', '--json').out,
  );
  const used = parsed.items.filter(({ used: cell }) => cell.answer === 'yes');
  expect(used.length).toBeGreaterThan(5);
  expect(used[0]?.used.because).toMatch(/\d+ conversations? in .+ of traffic/);
  // Minutes of traffic are too short to say that nobody uses a port.
  expect(parsed.items.filter(({ used: cell }) => cell.answer === 'no')).toEqual([]);
});
