import { expect, test } from 'vitest';
import { parseNetwork } from '../../../src/base/address.ts';
import { describePlan } from '../../../src/io/scan/dry-run.ts';
import { defaultPorts, readPorts } from '../../../src/io/scan/ports.ts';
import type { ScanPlan } from '../../../src/io/scan/scan-types.ts';
import { makeScope } from '../../../src/io/scan/scope.ts';

const RANGE = parseNetwork('192.168.1.0/24') ?? { family: 4 as const, from: 0n, to: 0n };

const PLAN: ScanPlan = {
  id: 'PTL-S-TEST',
  targets: [RANGE],
  scope: makeScope({ own: [RANGE], wanted: [], exclude: [] }),
  ...defaultPorts(),
  pace: 'polite',
  assumeUp: false,
  discoverOnly: false,
  read: true,
};

test('the default scan of a /24 is described by figures that agree with each other', () => {
  const plan = describePlan(PLAN);
  expect(plan.addresses).toBe(256);
  expect(plan.packets).toBe(256 * (plan.tcpPorts + plan.udpPorts));
  expect(plan.packetsPerSecond).toBe(250);
  expect(plan.seconds).toBeGreaterThanOrEqual(plan.packets / 250);
  expect(plan.lines.join('\n')).toContain('no writes');
  expect(plan.lines.join('\n')).toContain('tcp/515, tcp/9100');
});

test.each([
  ['one device at the default pace', { targets: [one()] }, /1 address × .* ≤ 10 packets\/s/],
  ['discovery alone', { discoverOnly: true }, /256 addresses × discovery alone/],
  ['only greetings', { read: false }, /not asked about themselves/],
  ['controllers', { tcp: readPorts('502').tcp }, /read-identity request/],
  ['a pace that not everybody bears', { pace: 'fast' }, /for devices known to bear it/],
  ['all ports of one device', { targets: [one()], tcp: readPorts('-').tcp }, /65,535 TCP .* h /],
] satisfies [string, Partial<ScanPlan>, RegExp][])('%s', (_, parts, expected) => {
  expect(describePlan({ ...PLAN, ...parts }).lines.join('\n')).toMatch(expected);
});

test('a UDP port for which nobody has a question is not counted', () => {
  const none = { plan: () => [], inner: () => [], protocols: [] };
  const planner = { ...none, control: () => undefined, characterise: () => raise() };
  expect(describePlan(PLAN, planner).udpPorts).toBe(0);
});

function one(): ScanPlan['targets'][number] {
  return { ...RANGE, to: RANGE.from };
}

function raise(): never {
  throw new Error('nothing is sent, so nothing is characterised');
}
