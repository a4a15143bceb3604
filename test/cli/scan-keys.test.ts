import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';
import { deedOf } from '../../src/cli/scan-keys.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const TERMINAL = join(import.meta.dirname, 'terminal.py');
const isMissing = find('python3') === undefined && process.env['CI'] === undefined;
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-keys-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test.each([
  [' ', 'status'],
  ['\r', 'status'],
  ['p', 'pause'],
  ['q', 'stop'],
  ['V', 'less'],
  ['\u0003', 'interrupt'],
  ['x', undefined],
  ['', undefined],
])('the key %j is %s', (key, deed) => {
  expect(deedOf(key)).toBe(deed);
});

/** A scan of loopback that takes its time: 30 ports, two a second. */
function scan(script: string, name: string): string {
  const argv = ['scan', '127.93.0.1', '-Pn', '-p', '9101-9130', '--data', join(FOLDER, name)];
  const { stdout } = spawnSync(
    'python3',
    [TERMINAL, script, process.execPath, PRODUCT, ...argv, '--config', 'none'],
    { encoding: 'utf8', env: { ...process.env, TERM: 'xterm' } },
  );
  return stdout;
}

describe.skipIf(isMissing)('on a terminal', () => {
  test('the keys are told, space says how far it is, q keeps what there is', () => {
    const shown = scan('3: ,1:v,1:q', 'stopped');
    expect(shown).toContain('Keys: space status');
    expect(shown).toMatch(/asking ports \d+\/30.*\r?\n/);
    expect(shown).toContain('Telling each port as it is found');
    expect(shown).toMatch(/Go on: portolan scan --resume PTL-S-/);
    expect(shown).toMatch(/status 5\n$/);
  });

  test('a pause sends nothing more, and going on ends the whole', () => {
    // Paused from the third to the seventh second.
    const shown = scan('3:p,2: ,2: ,0.2:p', 'paused');
    const counts = [...shown.matchAll(/asking ports (\d+)\/30[^\r\n]*\r?\n/g)].map(([, done]) =>
      Number(done),
    );
    expect(shown).toContain('Paused: nothing more is sent');
    expect(shown).toContain('Going on');
    expect(counts).toHaveLength(2);
    expect(new Set(counts).size).toBe(1);
    expect(shown).toMatch(/complete in \d+ s/);
    expect(shown).toMatch(/status 0\n$/);
  });

  test('Ctrl-C is what it is everywhere', () => {
    expect(scan('3:\\x03', 'interrupted')).toMatch(/status 130\n$/);
  });
});
