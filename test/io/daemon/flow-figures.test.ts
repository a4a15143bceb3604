import { describe, expect, test } from 'vitest';
import type { Ground } from '../../../src/io/daemon/flow-figures.ts';
import { FlowFigures } from '../../../src/io/daemon/flow-figures.ts';
import type { Flow } from '../../../src/model/flow.ts';
import { bindPolicy } from '../../../src/policy/bind.ts';
import type { BindContext } from '../../../src/policy/bind-context.ts';
import { readPolicy } from '../../../src/policy/read.ts';

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

function boundTo(state: string) {
  const text = TEXT.replace('STATE', state);
  return bindPolicy(readPolicy(text, 'policy.yaml').policy, CONTEXT).bound;
}

function zoneOf(address: string): string {
  if (address.startsWith('192.168.20.')) return 'iot';
  return address.startsWith('192.168.1.') ? 'office' : 'wan';
}

function ground(policy: Ground['policy']): Ground {
  return { policy, own: new Set(), zoneOf };
}

function flow(source: string, destination: string, port: number, parts: Partial<Flow> = {}): Flow {
  return {
    firstSeen: 0,
    lastSeen: 1000,
    source: { address: source, port: 50_000 },
    destination: { address: destination, port },
    transport: 'tcp',
    ipProtocol: 6,
    sent: { packets: 1, bytes: 10 },
    received: { packets: 1, bytes: 20 },
    outcome: 'answered',
    protocol: 'unknown',
    version: 'unknown',
    over: 'tcp',
    certainty: 'hint',
    communityId: '1:abc=',
    frames: [1, 2],
    lost: 0,
    facts: [],
    ...parts,
  };
}

const CAMERA = '192.168.20.5';
const OUTSIDE = '203.0.113.7';

describe('a conversation that ended', () => {
  test.each([
    ['what a rule allows', 'enforcing', flow(CAMERA, OUTSIDE, 443), 'allowed'],
    ['what no rule allows', 'enforcing', flow(CAMERA, OUTSIDE, 23), 'denied'],
    ['the same of a device on trial', 'trial', flow(CAMERA, OUTSIDE, 23), 'would-block'],
    ['what is of no managed device', 'enforcing', flow('192.168.1.9', OUTSIDE, 23), 'left'],
    ['what does not pass the router', 'enforcing', flow(CAMERA, '192.168.20.6', 23), 'unjudged'],
  ])('%s, %s', (_, state, one, verdict) => {
    const figures = new FlowFigures(
      () => 0,
      () => ground(boundTo(state)),
    );
    figures.take([one, one]);
    const from = zoneOf(one.source.address);
    const to = zoneOf(one.destination.address);
    expect(figures.counts()).toEqual([{ from, to, verdict, flows: 2 }]);
    expect(figures.wouldBlock()).toBe(verdict === 'would-block' ? 2 : 0);
  });

  test('is counted once, when it is over', () => {
    const figures = new FlowFigures(
      () => 0,
      () => ground(undefined),
    );
    figures.take([flow(CAMERA, OUTSIDE, 443, { active: true })]);
    expect(figures.counts()).toEqual([]);
    figures.take([flow(CAMERA, OUTSIDE, 443)]);
    expect(figures.counts()).toEqual([{ from: 'iot', to: 'wan', verdict: 'unjudged', flows: 1 }]);
  });
});

test('without rules in force there is nothing that they would block', () => {
  expect(
    new FlowFigures(
      () => 0,
      () => ground(undefined),
    ).wouldBlock(),
  ).toBeUndefined();
});

test('other rules hold from the next look on, and what was counted stays', () => {
  let now = 0;
  let policy = boundTo('trial');
  const figures = new FlowFigures(
    () => now,
    () => ground(policy),
  );
  figures.take([flow(CAMERA, OUTSIDE, 23)]);
  policy = boundTo('enforcing');
  now = 60_000;
  figures.take([flow(CAMERA, OUTSIDE, 23)]);
  expect(figures.counts().map(({ verdict, flows }) => [verdict, flows])).toEqual([
    ['would-block', 1],
    ['denied', 1],
  ]);
});

test('a rule that asks for the port of the source is asked again for another', () => {
  const bound = boundTo('enforcing');
  const egress = bound.egress.map((rule) => ({
    ...rule,
    matches: rule.matches.map((match) => ({
      ...match,
      sourcePorts: [{ from: 50_000, to: 50_000 }],
    })),
  }));
  const figures = new FlowFigures(
    () => 0,
    () => ground({ ...bound, egress }),
  );
  figures.take(
    [50_000, 50_001].map((port) => {
      return flow(CAMERA, OUTSIDE, 443, { source: { address: CAMERA, port } });
    }),
  );
  expect(figures.counts().map(({ verdict }) => verdict)).toEqual(['allowed', 'denied']);
});

test('however many zones there are, pairs stay few and none is lost', () => {
  const figures = new FlowFigures(
    () => 0,
    () => ({ policy: undefined, own: new Set(), zoneOf: (address) => `zone of ${address}` }),
  );
  for (let index = 0; index < 2000; index += 1) {
    figures.take([flow(`10.0.${index >> 8}.${index & 255}`, OUTSIDE, 443)]);
  }
  expect(figures.counts().length).toBeLessThan(410);
  expect(figures.counts().reduce((sum, { flows }) => sum + flows, 0)).toBe(2000);
});

test('a scan of thousands of kinds is judged in part, and counted whole', () => {
  let now = 0;
  const policy = boundTo('enforcing');
  const figures = new FlowFigures(
    () => now,
    () => ground(policy),
  );
  figures.take(Array.from({ length: 5000 }, (_, index) => flow(CAMERA, OUTSIDE, 1000 + index)));
  expect(figures.counts().map(({ verdict, flows }) => [verdict, flows])).toEqual([
    ['denied', 1000],
    ['unjudged', 4000],
  ]);
  now = 1000;
  figures.take([flow(CAMERA, OUTSIDE, 443)]);
  expect(figures.counts().at(-1)).toMatchObject({ verdict: 'allowed', flows: 1 });
});
