import { describe, expect, test } from 'vitest';
import { neededByPolicy, portsOfPolicy } from '../../src/policy/need.ts';
import { readPolicy } from '../../src/policy/read.ts';

const NOW = Date.UTC(2026, 10, 25);
const CAMERA = { id: 'PTL-D-CAM1', addresses: ['192.168.20.7'] };

const FILE = (state: string, rules: string): string => `zones:
  iot: { interfaces: br-iot, networks: 192.168.20.0/24 }
  wan: { interfaces: wan, internet: true }
endpoints:
  camera: { device: PTL-D-CAM1, state: ${state} }
  nvr: { networks: 192.168.1.9 }
  eyes: { members: [camera, nvr] }
rules: [${rules}]
`;

const OUT = '{ id: out, from: camera, to: zone:wan, service: tcp/8883, action: allow }';

const HTTPS = { direction: 'from-device', transport: 'tcp', port: 443 } as const;
const MQTTS = { ...HTTPS, port: 8883 } as const;

describe('needed by the policy', () => {
  test.each([
    [
      'a rule that names it',
      'observing',
      OUT,
      MQTTS,
      'yes',
      /Rule out .* allows it \(written by hand\)/,
    ],
    ['a rule about another port', 'observing', OUT, HTTPS, undefined, undefined],
    [
      '… of a device that is held to its rules',
      'enforcing',
      OUT,
      HTTPS,
      'no',
      /none is about this/,
    ],
    ['… in quarantine', 'quarantine', OUT, HTTPS, 'no', /none is about this/],
    ['… that is only tried', 'trial', OUT, HTTPS, undefined, undefined],
    ['the other direction', 'enforcing', OUT, { ...MQTTS, direction: 'to-device' }, 'no', /none/],
    ['another transport', 'enforcing', OUT, { ...MQTTS, transport: 'udp' }, 'no', /none/],
    ['a rule that denies', 'observing', OUT.replace('allow }', 'deny }'), MQTTS, 'no', /denies/],
    [
      'the first of two counts',
      'observing',
      `${OUT.replace('allow }', 'deny }').replace('id: out', 'id: no')}, ${OUT}`,
      MQTTS,
      'no',
      /Rule no/,
    ],
    [
      'a rule for a group that it is in',
      'observing',
      OUT.replace('from: camera', 'from: eyes'),
      MQTTS,
      'yes',
      /Rule out/,
    ],
    [
      'a rule for its address',
      'observing',
      OUT.replace('from: camera', 'from: net:192.168.20.7'),
      MQTTS,
      'yes',
      /Rule out/,
    ],
    [
      'a rule for its zone says neither',
      'enforcing',
      OUT.replace('from: camera', 'from: zone:iot'),
      MQTTS,
      undefined,
      undefined,
    ],
    [
      'a rule for everybody says neither',
      'enforcing',
      OUT.replace('from: camera', 'from: any'),
      MQTTS,
      undefined,
      undefined,
    ],
    [
      'a rule for any service',
      'observing',
      OUT.replace('tcp/8883', 'any'),
      MQTTS,
      'yes',
      /Rule out/,
    ],
    [
      'a rule that has expired',
      'observing',
      OUT.replace('action', 'expires: 2026-11-01, action'),
      MQTTS,
      undefined,
      undefined,
    ],
    [
      'a rule that will expire',
      'observing',
      OUT.replace('action', 'expires: 2026-12-01, action'),
      MQTTS,
      'yes',
      /for a while/,
    ],
  ] as const)('%s', (_, state, rules, place, answer, because) => {
    const { policy } = readPolicy(FILE(state, rules), 'policy.yaml');
    const cell = neededByPolicy(policy, CAMERA, place, NOW);
    expect(cell?.answer).toBe(answer);
    if (because !== undefined) expect(cell?.because).toMatch(because);
  });
});

test.each([
  [
    'each port of a rule that names it',
    OUT.replace('tcp/8883', '"tcp/443,8883"'),
    ['from-device tcp/443', 'from-device tcp/8883'],
  ],
  ['a range is no row for each', OUT.replace('tcp/8883', 'udp/5000-6000'), []],
  ['rules that deny ask for nothing', OUT.replace('allow }', 'deny }'), []],
  ['rules of others', OUT.replace('from: camera', 'from: nvr'), []],
  [
    'to it',
    '{ id: in, from: nvr, to: camera, service: tcp/554, action: allow }',
    ['to-device tcp/554'],
  ],
])('ports that get a row: %s', (_, rules, expected) => {
  const { policy } = readPolicy(FILE('observing', rules), 'policy.yaml');
  const ports = portsOfPolicy(policy, CAMERA, NOW);
  expect(ports.map((one) => `${one.direction} ${one.transport}/${one.port}`)).toEqual(expected);
});
