import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AlertKeeper } from '../../src/io/alerts/keeper.ts';
import { openStore } from '../../src/io/store/open.ts';
import { signal } from '../alerts/signals.ts';
import { Story } from '../evidence.ts';
import { flow } from '../io/api/site-context.ts';
import type { Fixture } from './fixture-answers.ts';
import { SETTINGS } from './fixtures/settings.ts';
import { browserMissing, closeBrowser, openDashboard, PRODUCT } from './harness.ts';

const missing = browserMissing();
const HOUR = 3_600_000;
const CAMERA = '192.168.1.31';
const MAC = '44:19:b6:00:11:22';

/** Places that say how to see the same with a command. */
const PLACES = [
  '',
  'devices',
  'devices?filter=risk%20%3E%3D%20high',
  'devices?filter=reachable%20%3D%20yes',
  `devices?filter=${encodeURIComponent(`name = "it's; echo $HOME"`)}`,
  'devices/PTL-D-7F3K',
  'devices?sort=name',
  `devices?sort=name&filter=${encodeURIComponent('risk >= high')}`,
  'changelog',
  'services',
  'services?view=list',
  'services?view=list&filter=verdict%20%3D%20close',
  'flows',
  'flows?view=table&filter=to%20%3D%20internet',
  'flows?view=table&since=7d&sort=-sent',
  'flows?view=table&since=2026-11-01',
  'flows?view=lanes&device=PTL-D-7F3K',
  'flows?view=picture',
  'policy',
  'changes',
  'alerts',
  'alerts?filter=state%20%3D%20open',
  'alerts?filter=',
  'alerts?sort=lastAt',
  'alerts/PTL-A-7F3K',
  'alerts/expected',
  'reports',
  'scans',
  ...['me', 'look', 'users', 'tokens', 'channels', 'schedules', 'config', 'audit'].map(
    (section) => `settings?section=${section}`,
  ),
];
const NOBODY_YET: Fixture = {
  answers: { 'GET session': () => ({ state: 'setup', scopes: [] }) },
};

const QUOTED = `portolan devices --filter 'name = "it'\\''s; echo $HOME"'`;
const SHOWN = 'portolan devices show PTL-D-7F3K --evidence';

/** A command that would send, listen or ask somebody does everything but that here. */
const HARMLESS: Readonly<Record<string, string>> = {
  'portolan scan': 'portolan scan --dry-run',
  'sudo portolan watch': 'sudo portolan watch --interfaces',
  'portolan user add admin --role admin':
    'portolan user add admin --role admin --password-file password',
};

/** Every command that these places show or copy. */
async function shownCommands(places: readonly string[], fixture: Fixture = {}) {
  const found: string[] = [];
  const dashboard = await openDashboard({ fixture });
  for (const path of places) {
    await dashboard.go(path);
    const buttons = await dashboard.page.locator('button[title]').all();
    const copied = await Promise.all(buttons.map((button) => button.getAttribute('title')));
    const shown = await dashboard.page.locator('code').allTextContents();
    found.push(...[...copied, ...shown].filter((text) => text !== null));
  }
  await dashboard.close();
  return found.filter((text) => /^(sudo )?portolan /.test(text));
}

/** A pcap file of Ethernet in which nothing was captured yet: its header alone. */
const EMPTY_CAPTURE = 'd4c3b2a1020004000000000000000000ffff000001000000';

let folder = '';
let known = { device: '', alert: '' };

/** A shell in which `portolan` is the product, and `sudo` only runs what follows it. */
function inShell(command: string) {
  return spawnSync('sh', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    env: {
      PATH: `${folder}/bin:${process.env['PATH']}`,
      HOME: folder,
      PORTOLAN_DATA: folder,
      NO_COLOR: '1',
    },
    timeout: 60_000,
  });
}

function program(name: string, script: string): void {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** A site with a camera, what it did, and an alert of it: ids as the pages' examples have them. */
function fill(): { readonly device: string; readonly alert: string } {
  const now = Date.now();
  const store = openStore(folder);
  store.append(
    new Story(now - HOUR)
      .present(CAMERA, MAC)
      .attribute(CAMERA, 'vendor', 'Hikvision')
      .open(CAMERA, 23)
      .speaks(CAMERA, 23, 'telnet').evidence,
  );
  store.appendFlows([flow({ at: now - HOUR })], 'x');
  const keeper = new AlertKeeper(store);
  keeper.take(signal({ at: now - HOUR, devices: [MAC], severity: 'high' }));
  keeper.close();
  store.close();
  return { device: firstId('devices'), alert: firstId('alerts') };
}

function firstId(command: string): string {
  const { stdout } = inShell(`portolan ${command} --json`);
  const document: { items: readonly { id: string }[] } = JSON.parse(stdout);
  return document.items[0]?.id ?? '';
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-commands-'));
  mkdirSync(join(folder, 'bin'));
  program('portolan', `exec '${process.execPath}' '${PRODUCT}' "$@"`);
  program('sudo', 'exec "$@"');
  writeFileSync(join(folder, 'password'), 'correct horse battery\n');
  writeFileSync(join(folder, 'capture.pcapng'), Buffer.from(EMPTY_CAPTURE, 'hex'));
  known = fill();
  inShell('portolan policy init');
});
afterAll(async () => {
  await closeBrowser();
  rmSync(folder, { recursive: true, force: true });
});

/** A site of which nothing is told and where nothing happens by itself. */
const BARE: Fixture = { answers: { 'GET settings': { ...SETTINGS, channels: [], schedules: [] } } };

describe.skipIf(missing !== undefined)('commands that the dashboard shows', () => {
  test.each([
    ['who is told', 'channels'],
    ['what happens by itself', 'schedules'],
  ])('what it says to write into the configuration is valid: %s', async (_what, section) => {
    const dashboard = await openDashboard({ fixture: BARE });
    await dashboard.go(`settings?section=${section}`);
    const lines = await dashboard.page.locator('.example pre').textContent();
    await dashboard.close();
    writeFileSync(join(folder, 'portolan.yaml'), `version: 1\n${lines}\n`);
    const { status, stderr } = inShell('portolan --config portolan.yaml config validate');
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });

  test('each runs as it is copied', async () => {
    const commands = new Set([
      ...(await shownCommands(PLACES)),
      ...(await shownCommands(['flows?view=table'], { empty: true })),
      ...(await shownCommands([''], NOBODY_YET)),
    ]);
    // One that is quoted, one of a device, one that only a page without traffic has, one of the door.
    expect([...commands]).toEqual(
      expect.arrayContaining([QUOTED, SHOWN, ...Object.keys(HARMLESS)]),
    );
    const failed = [...commands].flatMap((command) => {
      const real = (HARMLESS[command] ?? command)
        .replaceAll('PTL-D-7F3K', known.device)
        .replaceAll('PTL-A-7F3K', known.alert);
      const { status, stderr } = inShell(real);
      return status === 0 || status === 1 ? [] : [`${command}: ${status} ${stderr}`];
    });
    expect(failed).toEqual([]);
  });
});
