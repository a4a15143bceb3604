import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabDevice } from '../../lab/device.ts';
import { labDevices } from '../../lab/devices/index.ts';
import { addressOf } from '../../lab/topology.ts';
import { protocols } from '../../src/protocols/index.ts';
import { vendorPrefixes } from './vendors.ts';

const devices: readonly LabDevice[] = labDevices.all;

test('the list names every file of the folder, and each file is called as its device', () => {
  const files = readdirSync(join(import.meta.dirname, '../../lab/devices'))
    .filter((file) => file !== 'index.ts')
    .map((file) => file.replace(/\.ts$/, ''));
  expect(devices.map(({ id }) => id).sort()).toEqual(files.sort());
});

test.each([
  ['address', devices.map((device) => addressOf(device, 1))],
  ['MAC', devices.map(({ mac }) => mac)],
])('no two devices share an %s', (_, values) => {
  expect(new Set(values).size).toBe(values.length);
});

describe.each(devices.map((device) => [device.id, device] as const))('%s', (_, device) => {
  test('has the MAC prefix of its vendor, or a random one', () => {
    const prefix = device.mac.replaceAll(':', '').slice(0, 6).toUpperCase();
    const owner = vendorPrefixes[prefix];
    if (device.truth.vendor === undefined) {
      expect(Number.parseInt(prefix.slice(0, 2), 16) & 2).toBe(2);
    } else expect(owner).toContain(device.truth.vendor);
  });

  test('claims only protocols that the product knows, each port once', () => {
    const ports = device.truth.services.map(({ transport, port }) => `${port}/${transport}`);
    expect(new Set(ports).size).toBe(ports.length);
    const known: readonly string[] = ['unknown', ...protocols.all.map(({ id }) => id)];
    for (const { protocol } of device.truth.services) expect(known).toContain(protocol);
  });
});
