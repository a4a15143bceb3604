import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';
import { unit } from '../../src/cli/setup-run.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const IS_ROOT = process.getuid?.() === 0;

function portolan(words: readonly string[], prefix: readonly string[] = []): string {
  const [program = '', ...args] = [...prefix, process.execPath, PRODUCT, ...words];
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return stdout + stderr;
}

test('tells three ways, what came of trying them, and what never to do', () => {
  const text = portolan(['setup', 'capture']);
  expect(text).toMatch(/^Live capture (works|does not work) for this account/);
  expect(text).toContain('AmbientCapabilities=CAP_NET_RAW');
  expect(text).toContain('sudo usermod -aG wireshark');
  expect(text).toContain('sudo -k portolan watch');
  expect(text).toContain('Never give the right to node itself');
});

test.skipIf(!IS_ROOT || find('setpriv') === undefined)('root tries the first way', () => {
  expect(portolan(['setup', 'capture'])).toContain('nobody with CAP_NET_RAW alone opened');
});

test.skipIf(!IS_ROOT || find('setpriv') === undefined)(
  'without the right doctor names the way',
  () => {
    const account = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    expect(portolan(['doctor'], account)).toMatch(
      /^no\tLive capture\t.*\tportolan setup capture$/m,
    );
  },
);

test('with it doctor says by what', () => {
  const text = portolan(['doctor']);
  expect(text).toMatch(IS_ROOT ? /^yes\tLive capture\tworks, by/m : /^(yes|no)\tLive capture/m);
});

test.skipIf(find('systemd-analyze') === undefined)('systemd accepts the unit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-unit-'));
  const file = join(folder, 'portolan-watch.service');
  writeFileSync(file, `${unit('eth0', process.execPath, PRODUCT).join('\n')}\n`);
  const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  // It also speaks of other units of this machine.
  const own = (stdout + stderr).split('\n').filter((line) => line.includes('portolan'));
  expect(own).toEqual([]);
});

test('an interface whose name could be more than a word is refused', () => {
  expect(portolan(['setup', 'capture', '-i', 'eth0 ; reboot'])).toContain(
    'no name of an interface',
  );
});
