import { expect, test } from 'vitest';
import { untrusted } from '../../../src/base/untrusted.ts';
import { spelledOut } from '../../../src/io/site/scan-targets.ts';
import type { Device } from '../../../src/model/device.ts';
import type { Site } from '../../../src/model/site.ts';

const ZONES = { iot: ['10.20.0.0/16', 'fd20::/64'], empty: [] };

function device(id: string, name: string, addresses: readonly string[]): Device {
  return {
    id,
    keys: [],
    addresses,
    macs: [],
    attributes: {},
    name: untrusted(name),
    category: 'unknown',
    robustness: 'unknown',
    robustnessReason: '',
    firstSeen: 0,
    lastSeen: 0,
    conflicts: [],
  };
}

const SITE: Site = {
  at: 0,
  devices: [
    device('PTL-D-7F3K', 'Kitchen camera', ['192.168.1.31', 'fe80::1%eth0']),
    device('PTL-D-81QA', 'Lamp', []),
  ],
  services: [],
  ledger: [],
  findings: [],
  scans: [],
};

test.each<[string, string, readonly string[]]>([
  ['a device by its name', 'device:Kitchen camera', ['192.168.1.31', 'fe80::1%eth0']],
  ['a device by a part of its name', 'device:kitchen', ['192.168.1.31', 'fe80::1%eth0']],
  ['a device by its id', 'PTL-D-7F3K', ['192.168.1.31', 'fe80::1%eth0']],
  ['a zone', 'zone:iot', ['10.20.0.0/16', 'fd20::/64']],
  ['nmap’s own words', '10.0.0-3.1-254', ['10.0.0-3.1-254']],
])('spelled out: %s', (_, word, expected) => {
  expect(spelledOut([word], ZONES, () => SITE)).toEqual(expected);
});

test.each([
  ['a zone that there is not', 'zone:iott', 'E_NOT_FOUND', 'did you mean iot'],
  ['a zone without networks', 'zone:empty', 'E_NOT_FOUND', 'zones:'],
  ['a device that nobody knows', 'device:toaster', 'E_NOT_FOUND', 'portolan devices'],
  ['a device without an address', 'device:Lamp', 'E_TARGET', 'hub'],
])('refused: %s', (_, word, code, remedy) => {
  expect(() => spelledOut([word], ZONES, () => SITE)).toThrow(
    expect.objectContaining({ code, remedy: expect.stringContaining(remedy) }),
  );
});

test('the store is not opened where no device is named', () => {
  const site = (): Site => {
    throw new Error('opened');
  };
  expect(spelledOut(['192.168.1.1', 'zone:iot'], ZONES, site)).toHaveLength(3);
});
