import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';
import { runSetup } from '../../src/cli/setup-run.ts';
import { unitWord } from '../../src/cli/setup-serve-words.ts';
import { daemonUnit } from '../../src/cli/setup-service.ts';
import { runIn } from './stand-in.ts';

const BASE = { node: process.execPath, program: '/usr/bin/env' };
const UNITS = [
  // Two helpers with a right each, and the way from root to the account.
  ['that listens and may change the firewall', { ...BASE, capture: 'eth0', enforce: true }, 2.1],
  ['that listens', { ...BASE, capture: 'any', enforce: false }, 2],
  ['without any right', { ...BASE, capture: undefined, enforce: false }, 1.5],
] as const;

const why =
  find('systemd-analyze') === undefined && process.env['CI'] === undefined
    ? 'systemd-analyze is not installed: sudo apt install systemd'
    : undefined;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-unit-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function analyze(...words: readonly string[]): string {
  const { stdout, stderr } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
  return stdout + stderr;
}

describe.skipIf(why !== undefined).each(UNITS)('the unit of a daemon %s', (_, service, most) => {
  const file = (): string => join(folder, 'portolan.service');
  beforeAll(() => writeFileSync(file(), `${daemonUnit(service).join('\n')}\n`));

  test('is one that systemd accepts', () => {
    const complaints = analyze('verify', file())
      .split('\n')
      .filter((line) => line.includes(folder));
    expect(complaints).toEqual([]);
  });

  test('leaves little open', () => {
    const report = analyze('security', '--offline=true', file());
    const [, exposure] = /exposure level for portolan\.service: ([\d.]+)/.exec(report) ?? [];
    expect(Number(exposure), report).toBeLessThanOrEqual(most);
  });
});

test.each([
  ['eth0; rm -rf /', 2],
  ['eth0\n[Service]', 2],
  ['eth0', 0],
])('an interface called %j is one word of the unit, or refused', async (name, status) => {
  const place = { data: folder, now: 0 };
  const result = await runIn(place, runSetup, ['service'], {
    interface: name,
    capture: true,
    ui: true,
  });
  expect(result.status).toBe(status);
});

test('a unit without rights is never root, and names none', () => {
  const text = daemonUnit({ ...BASE, capture: undefined, enforce: false }).join('\n');
  expect(text).not.toContain('ExecStart=!');
  expect(text).toMatch(/^CapabilityBoundingSet=$/m);
});

test('what is printed is each step in its order, with what was found of it', async () => {
  const { out } = await runIn({ data: folder, now: 0 }, runSetup, ['service'], {
    capture: true,
    ui: true,
  });
  const steps = [...out.matchAll(/^(\d)\. .*$/gm)].map(([line]) => line);
  expect(steps).toEqual([
    '1. An account for it, with which nobody can sign in',
    '2. The unit of systemd',
    '3. Begin, now and at each start of the machine',
  ]);
  expect(out).toMatch(/^sudo useradd --system /m);
  expect(out).toMatch(/^sudo systemctl daemon-reload && /m);
});

test('what is given to serve stands in the unit as it was typed, and reads the same there', async () => {
  const place = { data: folder, now: 0 };
  const { out, status } = await runIn(place, runSetup, ['service'], {
    ...{ interface: 'eth0', capture: true, ui: true },
    ...{
      keepPackets: '64MB',
      captureFilter: 'net 10.0.0.0/8 and not port 22',
      listen: '127.0.0.1:7787',
    },
  });
  expect(status).toBe(0);
  expect(out).toContain(
    '--user portolan --capture-filter "net 10.0.0.0/8 and not port 22" --keep-packets 64MB\n',
  );
});

test.each([
  ['packets of a daemon that captures none', { keepPackets: '64MB', ui: true }],
  ['a size that is none', { capture: true, keepPackets: '64', ui: true }],
  ['a word of two lines', { capture: true, captureFilter: 'a\nExecStop=b', ui: true }],
] as const)('%s is refused', async (_, options) => {
  const place = { data: folder, now: 0 };
  expect((await runIn(place, runSetup, ['service'], options)).status).toBe(2);
});

test.each([
  ['portolan.lan', 'portolan.lan'],
  ['not port 22', '"not port 22"'],
  ['50%', '"50%%"'],
  ['$HOME "x" \\', '"$$HOME \\"x\\" \\\\"'],
])('%s is the word %s of a unit', (text, word) => {
  expect(unitWord(text)).toBe(word);
});

test('each step is printed with what tests it, and without an account the check says so', async () => {
  const place = { data: folder, now: 0 };
  const printed = await runIn(place, runSetup, ['service'], { capture: true, ui: true });
  expect(printed.out.match(/^ {3}test it: .*$/gm)).toEqual([
    '   test it: id portolan',
    '   test it: systemd-analyze verify /etc/systemd/system/portolan.service',
    '   test it: systemctl is-active portolan && systemctl is-enabled portolan',
  ]);
  const checked = await runIn(place, runSetup, ['service'], {
    capture: true,
    check: true,
    ui: true,
  });
  expect(checked.status).toBe(checked.out.includes('does not work yet') ? 1 : 0);
  expect(checked.out).not.toContain('ExecStart');
});
