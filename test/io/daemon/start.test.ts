import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reveal } from '../../../src/base/untrusted.ts';
import type { Settings } from '../../../src/io/config.ts';
import { loadConfig } from '../../../src/io/config.ts';
import type { Daemon } from '../../../src/io/daemon/daemon.ts';
import { openDaemon } from '../../../src/io/daemon/daemon.ts';
import { NO_HELPERS } from '../../../src/io/daemon/helpers.ts';
import { savePolicy } from '../../../src/io/policy-file.ts';
import { openStore } from '../../../src/io/store/open.ts';
import type { ApiEvent } from '../../../src/model/api/daemon.ts';
import type { NewEvidence } from '../../../src/model/evidence.ts';
import { Story } from '../../evidence.ts';

const CAMERA = '192.168.1.31';
/** More than are read at once. */
const MANY = 2500;

let folder = '';
let daemon: Daemon | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-start-'));
});
afterEach(async () => {
  await daemon?.close();
  daemon = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(settings: Partial<Settings> = {}): Promise<Daemon> {
  const world = { env: {}, dataFolder: folder, configFile: 'none', now: Date.now, warn: () => {} };
  const loaded = loadConfig({ file: 'none', env: {} });
  const config = { ...loaded, settings: { ...loaded.settings, ...settings } };
  daemon = await openDaemon(world, { version: '0', config, helpers: NO_HELPERS, learnDays: 14 });
  return daemon;
}

function store(evidence: readonly NewEvidence[]): void {
  const opened = openStore(folder);
  opened.append(evidence);
  opened.close();
}

function names(): readonly string[] {
  return daemon?.site().site.devices.map(({ name }) => reveal(name)) ?? [];
}

function storePart(): readonly (string | undefined)[] {
  const part = daemon?.status().parts.find((one) => one.part === 'store');
  return [part?.state, part?.text];
}

describe('a daemon with much in its store', () => {
  beforeEach(() => {
    const story = new Story().attribute(CAMERA, 'name', 'Front camera');
    for (let count = 1; count < MANY; count += 1) story.present(CAMERA);
    store(story.evidence);
  });

  test('is there before it was read, says so, and then knows it', async () => {
    const { reading } = await start();
    expect(reading).toBeInstanceOf(Promise);
    expect(storePart()).toEqual([
      'degraded',
      expect.stringMatching(/^What is stored is being read/),
    ]);
    expect(names()).toEqual([]);
    await reading;
    expect(daemon?.reading).toBeUndefined();
    expect(storePart()).toEqual(['ok', 'The store takes everything']);
    expect(names()).toEqual(['Front camera']);
  });

  test('believes what came in meanwhile, once', async () => {
    const { reading, session } = await start();
    session.add(new Story().attribute('192.168.1.32', 'name', 'Bell').evidence);
    await reading;
    expect(names()).toEqual(['Front camera', 'Bell']);
    session.add(new Story().attribute('192.168.1.33', 'name', 'Lamp').evidence);
    await daemon?.settled();
    expect(names()).toEqual(['Front camera', 'Bell', 'Lamp']);
  });

  test('can be ended while it reads, and nothing is lost', async () => {
    const { session } = await start();
    session.add(new Story().attribute('192.168.1.32', 'name', 'Bell').evidence);
    await daemon?.close();
    await (await start()).reading;
    expect(names()).toEqual(['Front camera', 'Bell']);
  });
});

test('a policy that somebody saved is told of once, with who it was', async () => {
  const { reading, events } = await start();
  await reading;
  const heard: ApiEvent[] = [];
  events.subscribe((_, event) => {
    if (event !== 'gap' && event.type === 'policy.saved') heard.push(event);
  });
  const file = join(folder, 'policy.yaml');
  savePolicy(file, undefined, 'version: 1\n');
  events.publish({ type: 'policy.saved', at: 1, version: 'x', by: 'user:mira' });
  await sleep(1500);
  expect(heard).toMatchObject([{ by: 'user:mira' }]);
  savePolicy(file, 'version: 1\n', 'version: 1\nzones: {}\n');
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(2);
  expect(heard[1]).toMatchObject({ by: 'file' });
});

test.each([
  ['as it is configured', 'Mill Lane', 'Mill Lane'],
  ['as its machine, where nobody said', '', hostname()],
])('a site is called %s', async (_, site, name) => {
  expect((await start({ site })).status().site.name).toBe(name);
});
