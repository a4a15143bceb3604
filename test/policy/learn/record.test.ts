import { describe, expect, test } from 'vitest';
import { learn } from '../../../src/policy/learn/learner.ts';
import type { LearnContext, LearntFlow } from '../../../src/policy/learn/proposal.ts';
import { addRules, recordingOf, recordProposal } from '../../../src/policy/learn/record.ts';
import { readPolicy } from '../../../src/policy/read.ts';
import { CONTEXT, DAY, NAS, often } from './flows.ts';

const NAMED = { to: '203.0.113.7:8883', name: 'mq.example.com' };
const NAMES = new Map([
  ['PTL-D-CAM1', 'camera'],
  ['PTL-D-NAS1', 'nas'],
]);

const TEXT = `# Ours. Do not touch the guard.
version: 1
endpoints:
  camera: { device: PTL-D-CAM1 } # at the door
guard:
  admins: [net:192.168.20.2/32]
  services: [ssh]
rules:
  # The neighbours' printer.
  - id: printer
    from: camera
    to: net:192.168.20.30
    service: tcp/631
    action: deny

tests: []
`;

function devices(flows: readonly LearntFlow[], parts: Partial<LearnContext> = {}) {
  return learn(flows, { ...CONTEXT, ...parts }).devices;
}

function record(
  text: string,
  flows: readonly LearntFlow[],
  parts: Partial<LearnContext> = {},
): string {
  const { document, policy } = readPolicy(text, 'policy.yaml');
  return recordProposal(document, policy, devices(flows, parts), NAMES);
}

const WEEK = often(7, NAMED, DAY);
const STORE = often(7, { to: `${NAS}:445` }, DAY);

describe('what was learned is written', () => {
  const text = record(TEXT, [...WEEK, ...STORE]);
  const { policy } = readPolicy(text, 'policy.yaml');

  test('behind the rules that people wrote, whose text stays as it is', () => {
    expect(policy.rules.map(({ from, to, service }) => `${from} ${to} ${service}`)).toEqual([
      'camera net:192.168.20.30 tcp/631',
      'camera nas tcp/445',
      'camera name:mq.example.com tcp/8883',
    ]);
    for (const line of TEXT.split('\n').filter((one) => !one.includes('CAM1'))) {
      expect(text).toContain(line);
    }
    expect(text).toContain('# at the door');
  });

  test('with all that was seen of it', () => {
    expect(policy.rules.slice(1)).toEqual(devices([...WEEK, ...STORE])[0]?.rules);
  });

  test('with an endpoint for each device that a rule names, and the state learned for its own', () => {
    expect(policy.endpoints).toMatchObject({
      camera: { device: 'PTL-D-CAM1', state: 'learned' },
      nas: { device: 'PTL-D-NAS1', state: 'observing' },
    });
  });

  test.each([
    [
      'JSON',
      JSON.stringify({ version: 1, endpoints: { camera: { device: 'PTL-D-CAM1' } }, rules: [] }),
    ],
    ['a policy without rules', 'version: 1\nendpoints:\n  camera: { device: PTL-D-CAM1 }\n'],
    [
      'a list between brackets',
      'version: 1\nendpoints: { camera: { device: PTL-D-CAM1 } }\nrules: [{ id: a, from: camera, to: any, service: any, action: deny }]\n',
    ],
  ])('into %s', (_, before) => {
    const { rules } = readPolicy(record(before, [...WEEK, ...STORE]), 'policy.yaml').policy;
    expect(rules.filter(({ origin }) => origin.kind === 'learned')).toEqual(
      devices([...WEEK, ...STORE])[0]?.rules,
    );
  });
});

describe('what was learned again', () => {
  const first = record(TEXT, [...WEEK, ...STORE], { expireAfterDays: 30 });
  const { policy } = readPolicy(first, 'policy.yaml');
  const later = [...WEEK, ...often(9, { ...NAMED, at: 8 * DAY }, DAY)];

  test('has newer evidence and a later end, and is no second rule', () => {
    const again = readPolicy(record(first, later, { expireAfterDays: 30 }), 'policy.yaml').policy;
    expect(again.rules).toHaveLength(3);
    const [before, after] = [policy, again].map(({ rules }) =>
      rules.find(({ to }) => to.startsWith('name:')),
    );
    expect([before?.origin.flows, after?.origin.flows]).toEqual([7, 16]);
    expect((after?.expires ?? 0) - (before?.expires ?? 0)).toBe(10 * DAY);
  });

  test('names what was not seen this time', () => {
    expect(recordingOf(policy, devices(later)).unseen.map(({ to }) => to)).toEqual(['nas']);
  });

  test('leaves a refusal a refusal', () => {
    const refused = first.replace(/(service: tcp\/445\n\s+action: )allow/, '$1deny');
    expect(refused).not.toBe(first);
    const again = readPolicy(record(refused, [...WEEK, ...STORE]), 'policy.yaml').policy;
    expect(again.rules.find(({ service }) => service === 'tcp/445')?.action).toBe('deny');
    expect(again.rules).toHaveLength(3);
  });

  test('adds nothing unasked to a device whose rules are in force', () => {
    const parts = {
      inForce: new Set(['PTL-D-CAM1']),
      decided: new Map(policy.rules.map(({ id, action }) => [id, action])),
    };
    const more = [...later, ...often(7, { to: `${NAS}:22` }, DAY)];
    const [camera] = devices(more, parts);
    expect(camera?.questions.map(({ reason, rules }) => [reason, rules[0]?.service])).toEqual([
      ['widening', 'tcp/22'],
    ]);
    expect(readPolicy(record(first, more, parts), 'policy.yaml').policy.rules).toHaveLength(3);
  });
});

test('thousands of rules are written in one go, and each of them is there', () => {
  const [rule] = devices(WEEK)[0]?.rules ?? [];
  if (rule === undefined) throw new Error('no rule');
  const many = Array.from({ length: 3000 }, (_, index) => ({ ...rule, id: `r${index}` }));
  const { document } = readPolicy(TEXT, 'policy.yaml');
  const { policy } = readPolicy(addRules(document, many), 'policy.yaml');
  expect(policy.rules.slice(1)).toEqual(many);
});
