import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';
import type { PrometheusInput } from '../../src/reports/prometheus/prometheus.ts';
import { prometheusText } from '../../src/reports/prometheus/prometheus.ts';
import { mac, signal } from '../alerts/signals.ts';
import { missing } from '../io/deliver/programs.ts';
import { alert } from '../notifiers/samples.ts';
import { ATTACKS } from './attacks.ts';
import { AT, device, SITE } from './sample-site.ts';

const RULES = join(import.meta.dirname, '../../docs/monitoring/portolan.rules.yml');

function input(parts: Partial<PrometheusInput> = {}): PrometheusInput {
  return {
    version: '1.2.3',
    name: 'home',
    site: SITE,
    zoneOf: (address) => (address.startsWith('192.168.1.') ? 'iot' : undefined),
    alerts: [alert({ severity: 'high' }), alert({ severity: 'high' }, 2)],
    opened: [{ type: 'new_port', severity: 'high', count: 7 }],
    notifications: [{ channel: 'phone', result: 'sent', times: 12 }],
    undelivered: [{ channel: 'phone', state: 'parked', count: 1 }],
    sensors: [
      {
        ...{ sensor: 'eth1', packets: 1000, dropped: 3, bytes: 64_000 },
        ...{ lastSeen: AT, clockOffsetSeconds: -0.2 },
      },
    ],
    flows: [{ from: 'iot', to: 'internet', verdict: 'would-block', flows: 5 }],
    wouldBlock: 5,
    policyStates: ['trial', 'trial', 'enforcing'],
    rollbacks: { 'not-confirmed': 2, 'taken-back': 0 },
    databaseBytes: 4096,
    ...parts,
  };
}

/** Name with labels → value. */
function series(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );
}

describe('figures', () => {
  test.each([
    ['portolan_build_info{version="1.2.3"}', '1'],
    ['portolan_alerts_open{site="home",severity="high"}', '2'],
    ['portolan_alerts_open{site="home",severity="critical"}', '0'],
    ['portolan_alerts_total{site="home",severity="high",type="new_port"}', '7'],
    ['portolan_notifications_total{channel="phone",result="sent"}', '12'],
    ['portolan_notifications_undelivered{channel="phone",state="parked"}', '1'],
    ['portolan_capture_packets_total{sensor="eth1"}', '1000'],
    ['portolan_capture_dropped_packets_total{sensor="eth1"}', '3'],
    ['portolan_sensor_last_seen_timestamp_seconds{sensor="eth1"}', String(AT / 1000)],
    ['portolan_sensor_clock_offset_seconds{sensor="eth1"}', '-0.2'],
    ['portolan_db_size_bytes', '4096'],
    [
      'portolan_flows_total{site="home",src_zone="iot",dst_zone="internet",verdict="would-block"}',
      '5',
    ],
    ['portolan_policy_would_block_total{site="home"}', '5'],
    ['portolan_policy_devices{site="home",mode="trial"}', '2'],
    ['portolan_policy_devices{site="home",mode="quarantine"}', '0'],
    ['portolan_change_rollbacks_total{reason="not-confirmed"}', '2'],
    ['portolan_change_rollbacks_total{reason="taken-back"}', '0'],
  ])('%s is %s', (name, value) => {
    expect(series(prometheusText(input())).get(name)).toBe(value);
  });

  test('what is not known has no figure', () => {
    const { version, name, site, zoneOf } = input();
    const nothing = { alerts: [], opened: [], notifications: [], undelivered: [] };
    expect(prometheusText({ version, name, site, zoneOf, ...nothing })).not.toMatch(
      /capture|sensor|db_size|flows|policy|rollbacks/,
    );
  });

  test('every device, service and finding is counted once', () => {
    const site = SITE;
    const found = series(prometheusText(input({ site })));
    const sum = (name: string): number =>
      [...found].reduce(
        (total, [key, value]) => total + (key.startsWith(`${name}{`) ? Number(value) : 0),
        0,
      );
    expect(sum('portolan_devices')).toBe(site.devices.length);
    expect(sum('portolan_services')).toBe(
      site.services.filter(({ state }) => state === 'open').length,
    );
    expect(sum('portolan_findings')).toBe(site.findings.length);
  });

  test('a scan is in the histogram of how long scans take', () => {
    const [scan] = SITE.scans;
    if (scan === undefined) throw new Error('the sample has a scan');
    const scans = [20_000, 400_000].map((took) => ({
      ...scan,
      outcome: 'complete' as const,
      endedAt: scan.startedAt + took,
    }));
    const found = series(prometheusText(input({ site: { ...SITE, scans } })));
    expect(found.get('portolan_scan_duration_seconds_bucket{site="home",le="30"}')).toBe('1');
    expect(found.get('portolan_scan_duration_seconds_bucket{site="home",le="+Inf"}')).toBe('2');
    expect(found.get('portolan_scan_duration_seconds_sum{site="home"}')).toBe('420');
  });

  test('however many devices, names, protocols and kinds there are, series stay few', () => {
    const devices = Array.from({ length: 3000 }, (_, index) =>
      device(
        `X${index}`,
        `name ${index}`,
        'unknown',
        {},
        { addresses: [`10.1.${index >> 8}.${index & 255}`] },
      ),
    );
    const [service] = SITE.services;
    if (service === undefined) throw new Error('the sample has a service');
    const services = devices.map(({ id }, index) => ({
      ...service,
      device: id,
      protocol: `own-${index}`,
    }));
    const text = prometheusText(
      input({
        site: { ...SITE, devices, services },
        zoneOf: (address) => address,
        opened: Array.from({ length: 3000 }, (_, index) => ({
          type: `t${index}`,
          severity: 'low',
          count: 1,
        })),
        flows: Array.from({ length: 3000 }, (_, index) => ({
          from: `zone ${index}`,
          to: `zone ${index + 1}`,
          verdict: 'allowed',
          flows: 1,
        })),
      }),
    );
    expect(text).toContain('src_zone="other",dst_zone="other",verdict="allowed"} 2800\n');
    expect(series(text).size).toBeLessThan(1000);
    expect(text).toContain('protocol="other"');
    expect(text).not.toContain('name 1');
  });
});

const SEEN = 'portolan_sensor_last_seen_timestamp_seconds';
const CLOCK = 'portolan_sensor_clock_offset_seconds';
const UNDONE = 'portolan_change_rollbacks_total';
const UNCONFIRMED = 'reason="not-confirmed"';
const TRIAL = 'portolan_policy_would_block_total';
const DROPPED = 'portolan_capture_dropped_packets_total';

const absent = missing('promtool');

describe.skipIf(absent !== undefined)(`promtool (${absent ?? 'installed'})`, () => {
  const promtool = (args: readonly string[], stdin = ''): string =>
    execFileSync(find('promtool') ?? 'promtool', args, { input: stdin, encoding: 'utf8' });

  test.each([false, true])(
    'finds nothing to say about the figures, with devices: %s',
    (devices) => {
      expect(promtool(['check', 'metrics'], prometheusText(input({ devices })))).toBe('');
    },
  );

  test('whatever a device, a channel or a kind is called', () => {
    for (const text of ATTACKS) {
      const site = {
        ...SITE,
        devices: [device('A1', text, 'unknown', { vendor: text }, { addresses: [text] })],
      };
      const one = input({
        site,
        devices: true,
        name: text,
        zoneOf: () => text,
        opened: [{ type: text, severity: 'high', count: 1 }],
        alerts: [alert({ last: signal({ devices: [mac(1)], type: text }) })],
        notifications: [{ channel: text, result: 'sent', times: 1 }],
        sensors: [{ sensor: text, packets: 1 }],
        flows: [{ from: text, to: text, verdict: 'left', flows: 1 }],
      });
      expect(promtool(['check', 'metrics'], prometheusText(one)), text).toBe('');
    }
  }, 60_000);

  test('the rules of the repository are rules, and speak of figures that there are', () => {
    expect(promtool(['check', 'rules', RULES])).toMatch(/SUCCESS: \d+ rules found/);
    const asked = [...readFileSync(RULES, 'utf8').matchAll(/\bportolan_[a-z_]+/g)].map(
      ([name]) => name,
    );
    const there = [...series(prometheusText(input())).keys()].map((key) => key.replace(/\{.*/, ''));
    expect(asked.length).toBeGreaterThan(7);
    expect(asked.filter((name) => !there.includes(name))).toEqual([]);
  });

  test.each([
    ['a sensor that sees nothing', 'PortolanSensorSilent', SEEN, '0x30', 'sensor="eth1"'],
    ['a clock that is wrong', 'PortolanClockWrong', CLOCK, '-9x30', 'sensor="eth1"'],
    ['a change that nobody confirmed', 'PortolanChangeTakenBack', UNDONE, '0x20 1x10', UNCONFIRMED],
    ['a device on trial', 'PortolanTrialWouldBlock', TRIAL, '0x20 3x10', 'site="home"'],
    ['packets that are lost', 'PortolanPacketsLost', DROPPED, '0+50x30', 'sensor="eth1"'],
  ])('%s is told of by %s, and no other time', (_, alertname, metric, values, labels) => {
    const captured = {
      series: 'portolan_capture_packets_total{sensor="eth1"}',
      values: '0+100x30',
    };
    const of = (text: string, firing: number) => ({
      interval: '1m',
      input_series: [{ series: `${metric}{${labels}}`, values: text }, captured],
      promql_expr_test: [
        {
          expr: `count(ALERTS{alertname="${alertname}",alertstate="firing",${labels}}) or vector(0)`,
          eval_time: '29m',
          exp_samples: [{ labels: '{}', value: firing }],
        },
      ],
    });
    const calm = metric === SEEN ? '0+60x30' : '0x30';
    // JSON is YAML.
    const tests = { rule_files: [RULES], tests: [of(values, 1), of(calm, 0)] };
    const folder = mkdtempSync(join(tmpdir(), 'portolan-rules-'));
    try {
      writeFileSync(join(folder, 'test.yml'), JSON.stringify(tests));
      expect(promtool(['test', 'rules', join(folder, 'test.yml')])).toContain('SUCCESS');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
