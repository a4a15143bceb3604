import { describe, expect, test } from 'vitest';
import { parseNetwork } from '../../src/base/address.ts';
import { untrusted } from '../../src/base/untrusted.ts';
import type { NewDevicesOptions } from '../../src/cli/watch-scan.ts';
import { NewDevices } from '../../src/cli/watch-scan.ts';
import type { ScanPlan } from '../../src/io/scan/scan-types.ts';
import { makeScope } from '../../src/io/scan/scope.ts';
import type { Device } from '../../src/model/device.ts';
import type { ScanRecord } from '../../src/model/scan.ts';
import type { Site } from '../../src/model/site.ts';

const MAC = '02:00:00:00:00:31';
const DAY = 86_400_000;

function device(addresses: readonly string[], parts: Partial<Device> = {}): Device {
  return {
    id: `PTL-D-${addresses[0]}`,
    keys: [],
    addresses,
    macs: [],
    attributes: {},
    name: untrusted('x'),
    category: 'unknown',
    robustness: 'unknown',
    robustnessReason: '',
    firstSeen: 0,
    lastSeen: 0,
    conflicts: [],
    ...parts,
  };
}

function siteOf(...devices: readonly Device[]): Site {
  return { at: 0, devices, services: [], ledger: [], findings: [], scans: [] };
}

class World {
  now = 10 * DAY;
  readonly plans: ScanPlan[] = [];
  readonly said: string[] = [];
  readonly times: number[] = [];
  #end: () => void = () => {};
  readonly devices: NewDevices;

  constructor(site: Site, options: Partial<NewDevicesOptions> = {}) {
    const network = parseNetwork('192.168.1.0/24');
    this.devices = new NewDevices({
      before: siteOf(device(['192.168.1.10'], { macs: [MAC] })),
      own: ['192.168.1.2'],
      cap: 2,
      scope: makeScope({ own: network === undefined ? [] : [network], wanted: [], exclude: [] }),
      now: () => this.now,
      site: () => site,
      past: () => this.times,
      scan: (plan) => {
        this.plans.push(plan);
        this.times.push(this.now);
        return new Promise((resolve) => {
          this.#end = () => resolve(record(plan));
        });
      },
      say: (text) => this.said.push(text),
      ...options,
    });
  }

  get scanned(): readonly (string | undefined)[] {
    return this.plans.map(({ targets }) => `192.168.1.${Number((targets[0]?.from ?? 0n) & 255n)}`);
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    this.devices.tick();
  }

  async finish(): Promise<void> {
    this.#end();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function record({ id }: ScanPlan): ScanRecord {
  return {
    id,
    startedAt: 0,
    targets: [],
    tcpPorts: '',
    udpPorts: '',
    pace: 'gentle',
    outcome: 'complete',
    budget: {
      devices: 1,
      connections: 0,
      datagrams: 0,
      bytesSent: 0,
      bytesReceived: 0,
      maxParallel: 0,
      maxPerSecond: 0,
      maxPerSecondOverall: 0,
    },
    notes: [],
  };
}

describe('a device in traffic', () => {
  test('that is new is scanned once it had time to show what it is, gently and it alone', () => {
    const world = new World(siteOf());
    world.devices.seen('192.168.1.31', undefined);
    world.pass(5000);
    expect(world.scanned).toEqual([]);
    world.pass(20_000);
    expect(world.scanned).toEqual(['192.168.1.31']);
    expect(world.plans[0]).toMatchObject({ pace: 'gentle', assumeUp: true, read: true });
  });

  test.each([
    ['known by its address', '192.168.1.10', undefined],
    ['known by its card, at a new address', '192.168.1.99', MAC],
    ['this machine', '192.168.1.2', undefined],
    ['somebody outside', '203.0.113.7', undefined],
    ['the broadcast address of nobody', '255.255.255.255', undefined],
    ['a link-local address', 'fe80::1%eth0', undefined],
  ])('is left alone where it is %s', (_, address, mac) => {
    const world = new World(siteOf());
    world.devices.seen(address, mac);
    world.pass(60_000);
    expect(world.scanned).toEqual([]);
  });

  test.each([
    ['fragile', { robustness: 'fragile', robustnessReason: 'it speaks Modbus' }, 'Modbus'],
    ['industrial', { category: 'industrial' }, 'industrial'],
    ['one that suffered before', { distressedAt: 1 }, 'stopped answering'],
  ] satisfies [string, Partial<Device>, string][])(
    'is told and not asked where it is %s',
    (_, parts, why) => {
      const world = new World(siteOf(device(['192.168.1.31'], parts)));
      world.devices.seen('192.168.1.31', undefined);
      world.pass(60_000);
      expect(world.scanned).toEqual([]);
      expect(world.said.join()).toContain(why);
    },
  );
});

test('who shows its link-local address first is asked at the one that comes after', () => {
  const world = new World(siteOf());
  world.devices.seen('fe80::1', '02:00:00:00:00:77');
  world.devices.seen('192.168.1.77', '02:00:00:00:00:77');
  world.devices.seen('192.168.1.78', '02:00:00:00:00:77');
  world.pass(30_000);
  expect(world.scanned).toEqual(['192.168.1.77']);
});

describe('several', () => {
  test('are scanned one after the other', async () => {
    const world = new World(siteOf());
    for (const last of [31, 32]) world.devices.seen(`192.168.1.${last}`, undefined);
    world.pass(30_000);
    world.pass(30_000);
    expect(world.scanned).toEqual(['192.168.1.31']);
    await world.finish();
    world.pass(1000);
    expect(world.scanned).toEqual(['192.168.1.31', '192.168.1.32']);
  });

  test('are no more than the cap a day, which is said once; the others wait for the next', async () => {
    const world = new World(siteOf());
    for (const last of [31, 32, 33]) world.devices.seen(`192.168.1.${last}`, undefined);
    for (let each = 0; each < 4; each += 1) {
      world.pass(30_000);
      await world.finish();
    }
    expect(world.scanned).toHaveLength(2);
    expect(world.said.filter((text) => text.includes('cap of 2'))).toHaveLength(1);
    world.pass(DAY);
    expect(world.scanned).toHaveLength(3);
  });
});
