import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { find } from '../../../lab/tools.ts';
import { metricsText } from '../../../src/io/api/metrics.ts';
import type { DaemonContext } from '../../../src/io/daemon/context.ts';
import { missing } from '../deliver/programs.ts';
import type { Harness } from './harness.ts';
import { openHarness, START } from './harness.ts';

const POLICY = `
version: 1
zones:
  iot: { interfaces: [iot0], networks: [192.168.20.0/24] }
  wan: { interfaces: [wan0], internet: true }
endpoints:
  camera: { device: PTL-D-7F3K, state: trial }
  lamp: { device: PTL-D-8GH2, state: enforcing }
rules:
  - { id: cloud, from: camera, to: zone:wan, service: tcp/443, action: allow }
`;

/** What is written to the audit log by whoever applies, and what of it is a change that was taken back. */
const AUDIT: readonly (readonly [what: string, why: string])[] = [
  ['apply PTL-C-AAAA on this machine', 'within 60 s'],
  ['rolled-back PTL-C-AAAA on this machine', ''],
  ['rolled-back PTL-C-BBBB on router', 'rollback'],
  ['confirmed PTL-C-CCCC on this machine', ''],
  ['confirmed PTL-C-BBBB on this machine', 'rollback of PTL-C-CCCC'],
  ['scan S-1 of rolled-back PTL-C-AAAA', ''],
];

let daemon: Harness;
let context: DaemonContext;

beforeAll(async () => {
  daemon = await openHarness();
  const { store } = daemon.context.session;
  for (const [what, why] of AUDIT) store.audit({ at: START, who: 'mira', what, why });
  const status = daemon.context.status();
  const capture = {
    ...{ interface: 'eth1', packets: 1000, dropped: 3, bytes: 64_000, packetsPerSecond: 10 },
    ...{ flows: 7, lastPacketAt: START - 2000, clockOffset: -0.25 },
  };
  context = {
    ...daemon.context,
    status: () => ({ ...status, capture }),
    flows: {
      counts: () => [{ from: 'iot', to: 'internet', verdict: 'would-block', flows: 5 }],
      wouldBlock: () => 5,
    },
  };
});

afterAll(() => daemon.close());

function writePolicy(text: string): void {
  writeFileSync(join(context.world.dataFolder ?? '', 'policy.yaml'), text);
}

test('a capture, conversations, the policy and changes have figures', () => {
  writePolicy(POLICY);
  const lines = metricsText(context, false).split('\n');
  const wanted = [
    'portolan_capture_packets_total{sensor="eth1"} 1000',
    'portolan_capture_dropped_packets_total{sensor="eth1"} 3',
    'portolan_capture_bytes_total{sensor="eth1"} 64000',
    `portolan_sensor_last_seen_timestamp_seconds{sensor="eth1"} ${(START - 2000) / 1000}`,
    'portolan_sensor_clock_offset_seconds{sensor="eth1"} -0.25',
    'portolan_flows_total{site="home",src_zone="iot",dst_zone="internet",verdict="would-block"} 5',
    'portolan_policy_would_block_total{site="home"} 5',
    'portolan_policy_devices{site="home",mode="trial"} 1',
    'portolan_policy_devices{site="home",mode="enforcing"} 1',
    'portolan_policy_devices{site="home",mode="observing"} 0',
    'portolan_change_rollbacks_total{reason="not-confirmed"} 2',
    'portolan_change_rollbacks_total{reason="taken-back"} 1',
  ];
  expect(wanted.filter((line) => !lines.includes(line))).toEqual([]);
});

test('a policy that cannot be read, or is not there, leaves the others', () => {
  writePolicy('version: [');
  const text = metricsText(context, false);
  expect(text).not.toContain('portolan_policy_devices');
  expect(text).toContain('portolan_capture_packets_total');
});

test('without a capture nothing is counted that would be', () => {
  const text = metricsText(daemon.context, false);
  expect(text).not.toMatch(/portolan_(capture|sensor|flows|policy_would)/);
});

const absent = missing('promtool');

describe.skipIf(absent !== undefined)(`promtool (${absent ?? 'installed'})`, () => {
  test.each([false, true])('finds nothing to say, with devices: %s', (devices) => {
    writePolicy(POLICY);
    const input = metricsText(context, devices);
    const args = ['check', 'metrics'];
    expect(execFileSync(find('promtool') ?? '', args, { input, encoding: 'utf8' })).toBe('');
  });
});
