import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PolicyWatch } from '../../../src/io/alerts/policy-watch.ts';
import type { Session } from '../../../src/io/site/session.ts';
import { openSession } from '../../../src/io/site/session.ts';
import type { World } from '../../../src/io/world.ts';
import type { Observation } from '../../../src/model/observation.ts';
import { POLICY } from '../../cli/apply-site.ts';
import { Story } from '../../evidence.ts';

const CAMERA = { address: '192.168.20.5', mac: '24:0a:c4:00:00:05' };
let folder = '';
let now = Date.UTC(2026, 10, 25);
let warnings: string[] = [];
let session: Session;
let world: World;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-policy-watch-'));
  warnings = [];
  world = {
    // As it is in the environment of a service.
    ...{ env: { PORTOLAN_DATA: folder }, dataFolder: undefined, configFile: 'none' },
    now: () => now,
    warn: () => {},
  };
  session = openSession(world);
  session.add(new Story(now).present(CAMERA.address, CAMERA.mac).evidence);
});
afterEach(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(port: number): Observation {
  return {
    ...{ kind: 'opened', at: now, flow: 1, ipProtocol: 6 },
    source: { ...CAMERA, port: 40_000 },
    destination: { address: '203.0.113.7', port },
    ...{ midway: false, group: false, octets: 0, stateless: false },
  };
}

function save(text: string): void {
  const id = session.site().devices[0]?.id ?? '';
  writeFileSync(join(folder, 'policy.yaml'), text.replace('ID', id));
}

function watching(): (port: number) => boolean | undefined {
  const watch = new PolicyWatch({ world, session, warn: (text) => warnings.push(text) });
  return (port) => watch.mayOpen(open(port));
}

test('the policy is asked as it is now, also where it changes meanwhile', async () => {
  const ask = watching();
  expect(ask(443)).toBeUndefined();
  save(POLICY);
  now += 6000;
  // It is read while others go on.
  await expect.poll(() => [ask(443), ask(445)]).toEqual([true, false]);
  save(POLICY.replaceAll('tcp/443', 'tcp/445'));
  now += 6000;
  await expect.poll(() => [ask(443), ask(445)]).toEqual([false, true]);
  expect(warnings).toEqual([]);
});

test('of one that cannot be read it is said once, and what was read before stands', async () => {
  const ask = watching();
  save(POLICY);
  await expect.poll(() => ask(445)).toBe(false);
  save('version: 1\nrules: none\n');
  now += 6000;
  expect(ask(445)).toBe(false);
  await expect.poll(() => warnings.length).toBe(1);
  // It is corrected: that it was read shows that it was looked at again in between.
  now += 600_000;
  expect(ask(445)).toBe(false);
  save(POLICY.replaceAll('tcp/443', 'tcp/445'));
  now += 6000;
  await expect.poll(() => ask(445)).toBe(true);
  expect(warnings).toEqual([expect.stringContaining('Alerts do not ask the policy: ')]);
});
