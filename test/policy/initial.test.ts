import { describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Device } from '../../src/model/device.ts';
import { checkPolicy } from '../../src/policy/check.ts';
import type { AttachedNetwork } from '../../src/policy/initial.ts';
import { initialPolicy } from '../../src/policy/initial.ts';

let next = 0;

function device(addresses: readonly string[], name = 'lamp'): Device {
  next += 1;
  return {
    id: `PTL-D-${String(next).padStart(4, '0')}`,
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

const HERE: AttachedNetwork = { interface: 'eth0', network: '192.0.2.0/24', outside: true };

describe('the policy to begin with', () => {
  test.each<
    [about: string, devices: readonly Device[], zones: Readonly<Record<string, readonly string[]>>]
  >([
    ['no device, no zone but ours', [], {}],
    ['a device on our own network needs no zone', [device(['192.0.2.7'])], {}],
    [
      'devices of an imported capture get the zone of their network',
      [device(['10.1.2.3']), device(['10.1.2.4']), device(['10.1.9.1'])],
      { 'net-10-1-2': ['10.1.2.0/24'], 'net-10-1-9': ['10.1.9.0/24'] },
    ],
    [
      'IPv6 belongs with the IPv4 network of the same device, whoever comes first',
      [device(['fd00:1::7', '10.1.2.3']), device(['fd00:1::9'])],
      { 'net-10-1-2': ['10.1.2.0/24', 'fd00:1::/64'] },
    ],
    ['link-local addresses are of no network', [device(['fe80::1%eth0', '169.254.3.4'])], {}],
    ['the internet is no network of ours', [device(['203.0.113.5'])], {}],
  ])('%s', (_, devices, expected) => {
    const { zones } = initialPolicy({ networks: [HERE], isRouter: false, devices });
    const { lan, internet, ...others } = zones;
    expect(lan?.networks).toEqual(['192.0.2.0/24']);
    expect(internet?.internet).toBe(true);
    const seen = Object.entries(others).map(([name, zone]) => [name, zone.networks]);
    expect(Object.fromEntries(seen)).toEqual(expected);
  });

  const AT: readonly AttachedNetwork[] = [
    { interface: 'wan0', network: '203.0.113.0/24', outside: true },
    { interface: 'br-home', network: '10.77.1.0/24', outside: false },
    { interface: 'br-iot', network: '10.77.2.0/24', outside: false },
    { interface: 'br-iot', network: 'fd00:2::/64', outside: false },
  ];

  test.each<
    [
      about: string,
      named: Readonly<Record<string, readonly string[]>>,
      expected: Readonly<Record<string, readonly [readonly string[], readonly string[]]>>,
    ]
  >([
    [
      'an interface gives its name where nobody gave another',
      {},
      {
        'br-home': [['br-home'], ['10.77.1.0/24']],
        'br-iot': [['br-iot'], ['10.77.2.0/24', 'fd00:2::/64']],
      },
    ],
    [
      'a network is called as the configuration calls it',
      { home: ['10.77.1.0/24'], things: ['10.77.2.0/24'] },
      {
        home: [['br-home'], ['10.77.1.0/24']],
        things: [['br-iot'], ['10.77.2.0/24', 'fd00:2::/64']],
      },
    ],
    [
      'also where it is a part of what has the name, and two are one zone',
      { inside: ['192.168.0.0/16', '10.77.0.0/16'] },
      {
        inside: [
          ['br-home', 'br-iot'],
          ['10.77.1.0/24', '10.77.2.0/24', 'fd00:2::/64'],
        ],
      },
    ],
    [
      'a name for half of it is none, and the internet is something else',
      { half: ['10.77.1.0/25'], internet: ['10.77.2.0/24'] },
      {
        'br-home': [['br-home'], ['10.77.1.0/24']],
        'br-iot': [['br-iot'], ['10.77.2.0/24', 'fd00:2::/64']],
      },
    ],
  ])('on a router, %s', (_, named, expected) => {
    const { zones } = initialPolicy({ networks: AT, isRouter: true, devices: [], named });
    const { internet, ...others } = zones;
    expect(internet?.interfaces).toEqual(['wan0']);
    const found = Object.entries(others).map(([name, zone]) => [
      name,
      [zone.interfaces, zone.networks],
    ]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test('beside a router, and where devices were only seen, the names are the same', () => {
    const { zones } = initialPolicy({
      ...{ networks: [HERE], isRouter: false },
      devices: [device(['10.1.2.3']), device(['10.1.9.1'])],
      named: { office: ['192.0.2.0/24'], plant: ['10.1.2.0/24'] },
    });
    expect(Object.entries(zones).map(([name, { networks }]) => [name, networks])).toEqual([
      ['plant', ['10.1.2.0/24']],
      ['net-10-1-9', ['10.1.9.0/24']],
      ['office', ['192.0.2.0/24']],
      ['internet', []],
    ]);
  });

  test('has nothing to complain about, however devices call themselves', () => {
    const names = ['any', 'self', '../x', '"; drop', '12', 'lamp', 'lamp'];
    const devices = names.map((name, index) => device([`10.1.2.${index + 1}`], name));
    const policy = initialPolicy({ networks: [HERE], isRouter: false, devices });
    expect(checkPolicy(policy).filter(({ level }) => level === 'error')).toEqual([]);
    expect(Object.keys(policy.endpoints)).toHaveLength(names.length);
  });
});
