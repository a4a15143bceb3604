import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSession } from '../../../src/io/site/session.ts';
import type { World } from '../../../src/io/world.ts';
import type { Flow } from '../../../src/model/flow.ts';

const ADDRESS = '10.0.0.5';

test('a device that talks is seen, though no evidence of it comes any more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-seen-'));
  const world: World = {
    env: {},
    dataFolder: folder,
    configFile: 'none',
    now: () => 100_000,
    warn: () => {},
  };
  const session = openSession(world);
  try {
    session.add([
      {
        at: 1000,
        source: 'passive',
        observer: 'test',
        subject: { address: ADDRESS },
        certainty: 'proved',
        fact: { kind: 'present', via: 'arp' },
      },
    ]);
    expect(session.site().devices.map(({ lastSeen }) => lastSeen)).toEqual([1000]);
    session.store.appendFlows([flow(90_000)], 'test');
    expect(session.site().devices.map(({ lastSeen }) => lastSeen)).toEqual([90_500]);
    const steps = session.siteInSteps();
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    expect(step.value.devices.map(({ lastSeen }) => lastSeen)).toEqual([90_500]);
  } finally {
    session.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

function flow(at: number): Flow {
  return {
    firstSeen: at,
    lastSeen: at + 500,
    source: { address: ADDRESS, port: 50_000 },
    destination: { address: '203.0.113.7', port: 443 },
    transport: 'tcp',
    ipProtocol: 6,
    sent: { packets: 5, bytes: 500 },
    received: { packets: 5, bytes: 700 },
    outcome: 'answered',
    protocol: 'tls',
    version: '',
    over: 'tcp',
    certainty: 'proved',
    communityId: '1:x',
    frames: [0, 0],
    lost: 0,
    facts: [],
  };
}
