import { reveal } from '../../base/untrusted.ts';
import type { Alert } from '../../model/alert.ts';
import type { Instant, Severity } from '../../model/core.ts';
import type { Device } from '../../model/device.ts';
import type { DeviceState } from '../../model/policy.ts';
import type { Site } from '../../model/site.ts';
import type { Family, Labels, Sample } from './exposition.ts';
import { exposition, Tally } from './exposition.ts';

/** Seconds; upper bounds of the histogram of scans. */
const BUCKETS = [10, 30, 60, 300, 900, 3600, 14_400];
/** Milliseconds after which a device that was not seen is `quiet`. */
const ACTIVE = 86_400_000;
/** Different values of a label that may come from outside; what is beyond is `other`. */
const MOST = 200;
/** Devices that have series of their own. */
const DEVICES = 5000;

/** What is told of a site; what is absent is not known here and has no series. */
export interface PrometheusInput {
  readonly version: string;
  /** Value of the label `site`. */
  readonly name: string;
  readonly site: Site;
  /** Name of the zone that an address is in, of the configuration. */
  zoneOf(address: string): string | undefined;
  /** Alerts that are not resolved. */
  readonly alerts: Iterable<Alert>;
  /** Alerts that were ever opened. */
  readonly opened: readonly {
    readonly type: string;
    readonly severity: Severity;
    readonly count: number;
  }[];
  readonly notifications: readonly {
    readonly channel: string;
    readonly result: string;
    readonly times: number;
  }[];
  /** Notices that wait or were given up, by channel. */
  readonly undelivered: readonly {
    readonly channel: string;
    readonly state: 'waiting' | 'parked';
    readonly count: number;
  }[];
  readonly sensors?: readonly SensorFigures[];
  /** Conversations since whoever counts them was started. */
  readonly flows?: readonly FlowFigure[];
  /** Of them those that passed only because their device is on trial. */
  readonly wouldBlock?: number;
  /** States of the policy's devices. */
  readonly policyStates?: readonly DeviceState[];
  readonly rollbacks?: Readonly<Record<RollbackReason, number>>;
  readonly databaseBytes?: number;
  /** Also series of each device. */
  readonly devices?: boolean;
}

/**
 * `left`: the rules in force give no verdict. `unjudged`: none are in force, or it does not pass the
 * router.
 */
export type FlowVerdict = 'allowed' | 'denied' | 'would-block' | 'left' | 'unjudged';

export interface FlowFigure {
  /** Zones. */
  readonly from: string;
  readonly to: string;
  readonly verdict: FlowVerdict;
  readonly flows: number;
}

/** Before anybody confirmed it, or afterwards. */
export type RollbackReason = 'not-confirmed' | 'taken-back';

/** Of one sensor, since it was started. */
export interface SensorFigures {
  readonly sensor: string;
  readonly packets?: number;
  readonly dropped?: number;
  readonly bytes?: number;
  readonly lastSeen?: Instant;
  readonly clockOffsetSeconds?: number;
}

/** All figures in Prometheus' text format. Nothing that changes by itself is in a label. */
export function prometheusText(input: PrometheusInput): string {
  const { site } = input;
  return exposition([
    gauge('portolan_build_info', 'Version that runs.', [
      { labels: { version: input.version }, value: 1 },
    ]),
    gauge(
      'portolan_devices',
      'Devices by zone and whether they were seen within a day.',
      devices(input),
    ),
    gauge(
      'portolan_services',
      'Open services by protocol and whether they ask for credentials.',
      services(input),
    ),
    gauge('portolan_findings', 'Findings by severity.', findings(input)),
    counter(
      'portolan_alerts_total',
      'Alerts that were opened, by severity and type.',
      opened(input),
    ),
    gauge('portolan_alerts_open', 'Alerts that are not resolved, by severity.', open(input)),
    counter(
      'portolan_notifications_total',
      'Notices by channel and what became of them.',
      notifications(input),
    ),
    gauge(
      'portolan_notifications_undelivered',
      'Notices that wait or were given up, by channel.',
      undelivered(input),
    ),
    ...enforcement(input),
    ...sensors(input),
    histogram(
      'portolan_scan_duration_seconds',
      'How long complete scans took.',
      scanSeconds(site),
      {
        site: input.name,
      },
    ),
    gauge('portolan_db_size_bytes', 'Size of the database.', one(input.databaseBytes)),
    ...deviceSeries(input),
  ]);
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples };
}

function one(value: number | undefined, labels: Labels = {}): readonly Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}

function devices({ site, name, zoneOf }: PrometheusInput): readonly Sample[] {
  const tally = new Tally(MOST, (labels) => ({ ...labels, zone: 'other' }));
  for (const device of site.devices) {
    const state = site.at - device.lastSeen < ACTIVE ? 'active' : 'quiet';
    tally.add({ site: name, zone: zoneOfDevice(device, zoneOf), state });
  }
  return tally.samples();
}

function zoneOfDevice(device: Device, zoneOf: PrometheusInput['zoneOf']): string {
  for (const address of device.addresses) {
    const zone = zoneOf(address);
    if (zone !== undefined) return zone;
  }
  return 'none';
}

function services({ site, name }: PrometheusInput): readonly Sample[] {
  const tally = new Tally(MOST, (labels) => ({ ...labels, protocol: 'other' }));
  for (const { state, protocol, access } of site.services) {
    if (state === 'open') tally.add({ site: name, protocol, exposure: access });
  }
  return tally.samples();
}

function findings({ site, name }: PrometheusInput): readonly Sample[] {
  const tally = new Tally(MOST, (labels) => labels);
  for (const { severity } of site.findings) tally.add({ site: name, severity, status: 'open' });
  return tally.samples();
}

function opened(input: PrometheusInput): readonly Sample[] {
  const tally = new Tally(MOST, (labels) => ({ ...labels, type: 'other' }));
  for (const { type, severity, count } of input.opened) {
    tally.add({ site: input.name, severity, type }, count);
  }
  return tally.samples();
}

/** A zero for each severity, so that a rule sees the difference between none and not known. */
function open({ alerts, name }: PrometheusInput): readonly Sample[] {
  const counts: Record<Severity, number> = { info: 0, low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of alerts) counts[severity] += 1;
  return Object.entries(counts).map(([severity, value]) => ({
    labels: { site: name, severity },
    value,
  }));
}

function notifications(input: PrometheusInput): readonly Sample[] {
  return input.notifications
    .slice(0, MOST)
    .map(({ channel, result, times }) => ({ labels: { channel, result }, value: times }));
}

function undelivered(input: PrometheusInput): readonly Sample[] {
  return input.undelivered
    .slice(0, MOST)
    .map(({ channel, state, count }) => ({ labels: { channel, state }, value: count }));
}

function flows(input: PrometheusInput): readonly Sample[] {
  const tally = new Tally(MOST, (labels) => ({ ...labels, src_zone: 'other', dst_zone: 'other' }));
  for (const { from, to, verdict, flows: count } of input.flows ?? []) {
    tally.add({ site: input.name, src_zone: from, dst_zone: to, verdict }, count);
  }
  return tally.samples();
}

/** What the policy does to devices, to traffic and to the firewall. */
function enforcement(input: PrometheusInput): readonly Family[] {
  return [
    counter(
      'portolan_flows_total',
      'Conversations that ended, by zones and what the rules in force say of them.',
      flows(input),
    ),
    gauge(
      'portolan_policy_devices',
      'Devices of the policy by how far they are on the way to be held to it.',
      policyDevices(input),
    ),
    counter(
      'portolan_policy_would_block_total',
      'Conversations that passed only because their device is on trial.',
      one(input.wouldBlock, { site: input.name }),
    ),
    counter(
      'portolan_change_rollbacks_total',
      'Changes of the firewall that were taken back, before or after they were confirmed.',
      Object.entries(input.rollbacks ?? {}).map(([reason, value]) => ({
        labels: { reason },
        value,
      })),
    ),
  ];
}

/** A zero for each state, so that a device that goes on leaves none behind. */
function policyDevices({ policyStates, name }: PrometheusInput): readonly Sample[] {
  if (policyStates === undefined) return [];
  const counts: Record<DeviceState, number> = {
    observing: 0,
    learned: 0,
    trial: 0,
    enforcing: 0,
    quarantine: 0,
  };
  for (const state of policyStates) counts[state] += 1;
  return Object.entries(counts).map(([mode, value]) => ({ labels: { site: name, mode }, value }));
}

function sensors({ sensors: all = [] }: PrometheusInput): readonly Family[] {
  const of = (read: (sensor: SensorFigures) => number | undefined): readonly Sample[] =>
    all.slice(0, MOST).flatMap((figures) => one(read(figures), { sensor: figures.sensor }));
  return [
    counter(
      'portolan_capture_packets_total',
      'Packets that were captured.',
      of((s) => s.packets),
    ),
    counter(
      'portolan_capture_dropped_packets_total',
      'Packets that were lost.',
      of((s) => s.dropped),
    ),
    counter(
      'portolan_capture_bytes_total',
      'Octets that were captured.',
      of((s) => s.bytes),
    ),
    gauge(
      'portolan_sensor_last_seen_timestamp_seconds',
      'When a sensor saw something last.',
      of(({ lastSeen }) => (lastSeen === undefined ? undefined : lastSeen / 1000)),
    ),
    gauge(
      'portolan_sensor_clock_offset_seconds',
      'Clock of a sensor against ours.',
      of((s) => s.clockOffsetSeconds),
    ),
  ];
}

function scanSeconds({ scans }: Site): readonly number[] {
  return scans.flatMap(({ startedAt, endedAt, outcome }) =>
    outcome === 'complete' && endedAt !== undefined ? [(endedAt - startedAt) / 1000] : [],
  );
}

function histogram(name: string, help: string, values: readonly number[], labels: Labels): Family {
  const upTo = (bound: number): number => values.filter((value) => value <= bound).length;
  const buckets = [...BUCKETS.map(String), '+Inf'].map((le, index) => ({
    suffix: '_bucket',
    labels: { ...labels, le },
    value: upTo(BUCKETS[index] ?? Number.POSITIVE_INFINITY),
  }));
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    name,
    type: 'histogram',
    help,
    samples: [
      ...buckets,
      { suffix: '_sum', labels, value: sum },
      { suffix: '_count', labels, value: values.length },
    ],
  };
}

/** Only where it is asked for: each device is a series, and its name is in one of them alone. */
function deviceSeries(input: PrometheusInput): readonly Family[] {
  if (input.devices !== true) return [];
  const all = input.site.devices.slice(0, DEVICES);
  return [
    gauge(
      'portolan_device_info',
      'What a device is called, by its id.',
      all.map((device) => ({
        labels: {
          device: device.id,
          name: reveal(device.name),
          vendor: reveal(device.attributes.vendor?.[0]?.value ?? device.name),
          zone: zoneOfDevice(device, input.zoneOf),
        },
        value: 1,
      })),
    ),
    gauge(
      'portolan_device_last_seen_timestamp_seconds',
      'When a device was seen last.',
      all.map(({ id, lastSeen }) => ({ labels: { device: id }, value: lastSeen / 1000 })),
    ),
  ];
}
