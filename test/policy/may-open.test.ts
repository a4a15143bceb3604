import { expect, test } from 'vitest';
import { Monitor } from '../../src/detectors/monitor.ts';
import { policyViolation } from '../../src/detectors/policy-violation.ts';
import type { Observation } from '../../src/model/observation.ts';
import { bindPolicy } from '../../src/policy/bind.ts';
import { mayOpenBy } from '../../src/policy/may-open.ts';
import { readPolicy } from '../../src/policy/read.ts';

const TEXT = `
version: 1
zones:
  iot: { interfaces: [iot0], networks: [192.168.20.0/24] }
  office: { interfaces: [lan0], networks: [192.168.1.0/24] }
  wan: { interfaces: [wan0], internet: true }
endpoints:
  camera: { device: PTL-D-7F3K, state: STATE }
rules:
  - { id: cloud, from: camera, to: zone:wan, service: tcp/443, action: allow }
`;
const CAMERA = '192.168.20.5';

function asker(state: string) {
  const { policy } = readPolicy(TEXT.replace('STATE', state), 'policy.yaml');
  const { bound } = bindPolicy(policy, {
    devices: [{ id: 'PTL-D-7F3K', addresses: [CAMERA], macs: ['24:0a:c4:00:00:05'] }],
    ...{ resolved: () => undefined, localNetworks: [], resolvers: [], ntpServers: [], now: 0 },
  });
  return mayOpenBy(bound, new Set(['192.168.20.1']));
}

function opened(source: string, destination: string, port: number, ipProtocol = 6): Observation {
  return {
    ...{ kind: 'opened', at: 1_000, flow: 1, ipProtocol, midway: false, group: false, octets: 0 },
    source: { address: source, port: 50_000 },
    destination: { address: destination, port },
    stateless: false,
  };
}

test.each<[string, Observation, boolean | undefined]>([
  ['what a rule allows', opened(CAMERA, '203.0.113.7', 443), true],
  ['what no rule allows', opened(CAMERA, '203.0.113.7', 23), false],
  ['the same by another protocol', opened(CAMERA, '203.0.113.7', 443, 17), false],
  ['a stranger who comes in', opened('192.168.1.9', CAMERA, 80), false],
  ['a neighbour of one segment, where no router is', opened(CAMERA, '192.168.20.9', 80), undefined],
  ['a device that is not managed', opened('192.168.20.9', '203.0.113.7', 23), undefined],
  ['what is said to everybody', opened(CAMERA, '224.0.0.251', 5353, 17), undefined],
  [
    'anything but a beginning',
    { kind: 'binding', at: 1, mac: '24:0a:c4:00:00:05', address: CAMERA, via: 'asked' },
    undefined,
  ],
])('%s', (_, observation, may) => {
  const mayOpen = asker('enforcing');
  // The second answer is the remembered one.
  expect([mayOpen(observation), mayOpen(observation)]).toEqual([may, may]);
});

test('a device in trial breaks its rules too, though nothing stops it', () => {
  expect(asker('trial')(opened(CAMERA, '203.0.113.7', 23))).toBe(false);
});

test('what the policy does not allow is an alert, once', () => {
  const monitor = new Monitor({ detectors: [policyViolation], mayOpen: asker('enforcing') });
  const all = [443, 23, 23].flatMap((port) => monitor.see(opened(CAMERA, '203.0.113.7', port)));
  expect(all.map(({ type, port, peer }) => [type, port, peer])).toEqual([
    ['policy_violation', 23, '203.0.113.7'],
  ]);
});
