import { describe, expect, test } from 'vitest';
import { parseNetwork } from '../../src/base/address.ts';
import { addressSet } from '../../src/base/address-set.ts';
import type { Asked, OwnScan } from '../../src/flows/own-scans.ts';
import { OwnScans } from '../../src/flows/own-scans.ts';

const US = '10.77.2.1';
const DEVICE = '10.77.2.12';

const SCAN: OwnScan = {
  id: 'PTL-S-91B7',
  from: new Set([US, 'fd00:2::1']),
  targets: addressSet(['10.77.2.0/27', 'fd00:2::/64'].flatMap((text) => parseNetwork(text) ?? [])),
  begin: 1_000_000,
  end: 1_060_000,
};

const PROBE: Asked = {
  at: 1_030_000,
  source: { address: US, port: 40_000 },
  destination: { address: DEVICE, port: 23 },
  transport: 'tcp',
  midway: false,
};

function from(address: string, port = 23): Pick<Asked, 'source'> {
  return { source: { address, port } };
}

function to(address: string, port = 23): Pick<Asked, 'destination'> {
  return { destination: { address, port } };
}

describe('of a scan of ours', () => {
  test.each<[about: string, asked: Partial<Asked>]>([
    ['is a connection to a device that it asks', {}],
    ['is one by IPv6', { ...from('fd00:2::1', 40_000), ...to('fd00:2::7') }],
    ['is what begins while answers still come', { at: SCAN.end + 5_000 }],
    ['is what is asked of everybody', { ...to('239.255.255.250', 1900), transport: 'udp' }],
    ['is the answer to that', { ...from(DEVICE, 1900), ...to(US, 38_271), transport: 'udp' }],
    ['is an answer between like ports', { ...from(DEVICE, 5), ...to(US, 5), transport: 'udp' }],
    [
      'is a reset whose question was not seen',
      { ...from(DEVICE), ...to(US, 52_184), midway: true },
    ],
    ['is what comes back by ICMP', { ...from(DEVICE, 0), ...to(US, 0), transport: 'icmp' }],
  ])('%s', (_, asked) => {
    expect(new OwnScans([SCAN]).of({ ...PROBE, ...asked })).toBe('PTL-S-91B7');
  });

  test.each<[about: string, asked: Partial<Asked>]>([
    ['is not what somebody else opens there', from('10.77.2.30', 40_000)],
    ['is not what this machine opens before it', { at: SCAN.begin - 11_000 }],
    ['is not what this machine opens after it', { at: SCAN.end + 11_000 }],
    ['is not what this machine opens elsewhere', to('10.77.2.40')],
    ['is not what a device opens to us', { ...from(DEVICE, 40_000), ...to(US, 1883) }],
    [
      'is not a long conversation of a device with a service of ours',
      { ...from(DEVICE, 40_000), ...to(US, 1883), midway: true },
    ],
    [
      'is not what a device tells a service of ours',
      { ...from(DEVICE, 40_000), ...to(US, 514), transport: 'udp' },
    ],
  ])('%s', (_, asked) => {
    expect(new OwnScans([SCAN]).of({ ...PROBE, ...asked })).toBeUndefined();
  });
});
