import { describe, expect, test } from 'vitest';
import { bindPolicy } from '../../src/policy/bind.ts';
import type { BindContext } from '../../src/policy/bind-context.ts';
import { containedBy, containingRules } from '../../src/policy/contain.ts';
import { readPolicy } from '../../src/policy/read.ts';
import type { RecordedFlow } from '../../src/policy/replay.ts';
import { replay } from '../../src/policy/replay.ts';

const CONTEXT: BindContext = {
  devices: [{ id: 'PTL-D-7F3K', addresses: ['192.168.20.5'], macs: ['24:0a:c4:00:00:05'] }],
  resolved: () => undefined,
  localNetworks: [],
  resolvers: [],
  ntpServers: [],
  now: 0,
};

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

const policyOf = (state: string) => readPolicy(TEXT.replace('STATE', state), 'policy.yaml').policy;
const boundOf = (state: string) => bindPolicy(policyOf(state), CONTEXT).bound;

function flow(source: string, destination: string, port: number, at = 0): RecordedFlow {
  return {
    firstSeen: at,
    lastSeen: at + 1,
    source: { address: source, port: 50_000 },
    destination: { address: destination, port },
    transport: 'tcp',
    ipProtocol: 6,
    sent: { packets: 1, bytes: 10 },
    received: { packets: 1, bytes: 20 },
    outcome: 'answered',
  };
}

const own = new Set(['192.168.20.1']);

describe('a recorded flow', () => {
  test.each([
    [
      'passes as before where a rule allows it',
      flow('192.168.20.5', '203.0.113.7', 443),
      'stillAllowed',
    ],
    ['is newly blocked where none does', flow('192.168.20.5', '203.0.113.7', 23), 'newlyBlocked'],
    ['is newly blocked to the router', flow('192.168.20.5', '192.168.20.1', 80), 'newlyBlocked'],
    ['is newly blocked from outside', flow('192.168.1.9', '192.168.20.5', 80), 'newlyBlocked'],
    [
      'of nobody that is managed is left alone',
      flow('192.168.1.9', '203.0.113.7', 23),
      'stillAllowed',
    ],
    [
      'within a segment does not meet the router',
      flow('192.168.20.5', '192.168.20.9', 80),
      'elsewhere',
    ],
    ['to many does not either', flow('192.168.20.5', '239.255.255.250', 1900), 'elsewhere'],
    ['of the router itself is not judged', flow('192.168.20.1', '192.168.20.5', 80), 'elsewhere'],
  ] as const)('%s', (_, one, kind) => {
    const effect = replay([one], undefined, boundOf('enforcing'), { own });
    const sizes = {
      stillAllowed: effect.stillAllowed,
      elsewhere: effect.elsewhere,
      newlyBlocked: effect.newlyBlocked.length,
      newlyAllowed: effect.newlyAllowed.length,
    };
    const none = { stillAllowed: 0, elsewhere: 0, newlyBlocked: 0, newlyAllowed: 0 };
    expect(sizes).toEqual({ ...none, [kind]: 1 });
  });

  test('is newly allowed where the policy before denied it', () => {
    const one = flow('192.168.20.5', '203.0.113.7', 23);
    const effect = replay([one], boundOf('enforcing'), boundOf('observing'), { own });
    expect(effect.newlyAllowed).toMatchObject([{ source: '192.168.20.5', service: 'tcp/23' }]);
  });

  test('of a device on trial passes, and is told', () => {
    const one = flow('192.168.20.5', '203.0.113.7', 23);
    const effect = replay([one], undefined, boundOf('trial'), { own });
    expect([effect.stillAllowed, effect.wouldBlock.length]).toEqual([1, 1]);
  });

  test('is put together with others of its kind', () => {
    const flows = [3, 1, 2].map((at) => flow('192.168.20.5', '203.0.113.7', 23, at));
    expect(replay(flows, undefined, boundOf('enforcing'), { own }).newlyBlocked).toMatchObject([
      { device: 'PTL-D-7F3K', direction: 'egress', flows: 3, bytes: 90, firstSeen: 1, lastSeen: 4 },
    ]);
  });
});

describe('a contained device', () => {
  const flows = [
    flow('192.168.20.5', '203.0.113.7', 443),
    flow('192.168.20.5', '192.168.1.9', 443),
    flow('192.168.1.9', '192.168.20.5', 23),
    flow('192.168.20.5', '192.168.20.1', 53),
  ];
  test.each([
    ['isolated', { kind: 'isolate' }, 4],
    ['without one service', { kind: 'stop', service: 'tcp/23' }, 1],
    ['with the internet alone', { kind: 'keep-internet' }, 2],
  ] as const)('%s', (_, how, lost) => {
    const policy = policyOf('observing');
    const options = { endpoint: 'camera', how, until: 10, key: 'd7f3k', note: '' };
    const held = { ...policy, rules: [...containingRules(policy, options), ...policy.rules] };
    const after = bindPolicy(held, CONTEXT).bound;
    const effect = replay(flows, boundOf('observing'), after, { own });
    expect(effect.newlyBlocked.length).toBe(lost);
    expect(containedBy(held, 'camera').length).toBe(held.rules.length - policy.rules.length);
    expect(containedBy(held, 'somebody')).toEqual([]);
    // When the time is over, it is as if nothing had been.
    const later = bindPolicy(held, { ...CONTEXT, now: 11 }).bound;
    expect(replay(flows, boundOf('observing'), later, { own }).newlyBlocked).toEqual([]);
  });
});
