import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';
import { unit } from '../../src/cli/setup-run.ts';
import type { Schedule } from '../../src/cli/setup-schedule.ts';
import { cronLine, scanService, scanTimer } from '../../src/cli/setup-schedule.ts';

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

const SCHEDULE: Schedule = {
  node: '/usr/bin/node',
  program: '/opt/portolan/100%/portolan.js',
  targets: ['192.168.1.0/24', 'zone:iot'],
  interval: 6 * 3_600_000,
  minute: 17,
};

test.each<[string, number, string | undefined]>([
  ['every quarter of an hour', 15, '2-59/15 * * * *'],
  ['every six hours', 360, '17 */6 * * *'],
  ['every day', 1440, '17 3 * * *'],
  ['every week', 7 * 1440, '17 3 * * 1'],
  ['every five hours, which cron cannot say', 300, undefined],
  ['every 45 minutes, which it cannot say either', 45, undefined],
  ['every three days, which at the end of a month it would not keep', 3 * 1440, undefined],
])('cron: %s', (_, minutes, times) => {
  const line = cronLine({ ...SCHEDULE, interval: minutes * 60_000 });
  const command = '"/usr/bin/node" "/opt/portolan/100\\%/portolan.js" scan --quiet';
  const expected = `${times} ${command} 192.168.1.0/24 zone:iot`;
  expect(line).toBe(times === undefined ? undefined : expected);
});

test('the timer says the interval, with a tenth of it as jitter', () => {
  expect(scanTimer(SCHEDULE)).toEqual(
    expect.arrayContaining(['OnUnitActiveSec=360min', 'RandomizedDelaySec=2160s']),
  );
});

test('the service of a schedule has no right at all', () => {
  const lines = scanService(SCHEDULE);
  expect(lines).toContain('CapabilityBoundingSet=');
  expect(lines.filter((line) => line.includes('Ambient'))).toEqual([]);
});

test.skipIf(find('systemd-analyze') === undefined)('systemd accepts timer and service', () => {
  expect(portolan(['setup', 'schedule', '--every', '6h', 'zone:iot'])).toContain(
    'works: systemd-analyze accepts it',
  );
});

test.skipIf(find('crontab') === undefined)('cron reads the line, and none is installed', () => {
  const before = spawnSync('crontab', ['-l'], { encoding: 'utf8' }).stdout;
  expect(portolan(['setup', 'schedule'])).toMatch(
    /works: crontab accepts it|this crontab cannot check/,
  );
  expect(spawnSync('crontab', ['-l'], { encoding: 'utf8' }).stdout).toBe(before);
});

test.each([
  ['a target that is more than a word', ['a; reboot'], 'is one word'],
  ['an interval that is none', ['--every', 'often'], 'is no interval'],
  ['an interval of nothing', ['--every', '0m'], 'is no interval'],
])('a schedule refuses %s', (_, words, why) => {
  expect(portolan(['setup', 'schedule', ...words])).toContain(why);
});
