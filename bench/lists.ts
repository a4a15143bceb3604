import { AlertBook } from '../src/alerts/book.ts';
import { untrusted } from '../src/base/untrusted.ts';
import { pageOf } from '../src/io/api/lists.ts';
import { SiteViews } from '../src/io/api/views/site-views.ts';
import type { Device } from '../src/model/device.ts';
import type { Finding } from '../src/model/finding.ts';
import type { LedgerRow } from '../src/model/ledger.ts';
import type { Service } from '../src/model/service.ts';
import type { Site } from '../src/model/site.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';

/** Devices, and what a page of them may take at the 95th percentile. */
const SIZES: readonly (readonly [devices: number, milliseconds: number])[] = [
  [10_000, 50],
  [100_000, 500],
];
const ROUNDS = 5;
/** 2026-11-25 12:00 UTC. */
const NOW = 1_795_608_000_000;
const DAY = 86_400_000;

/** What people type, cheap and dear. */
const ASKED: readonly { readonly filter?: string; readonly sort?: string }[] = [
  {},
  { filter: 'camera' },
  { filter: 'c' },
  { filter: 'zone = iot and risk >= high' },
  { filter: 'address in 10.0.3.0/24' },
  { filter: 'service.unused > 0 and not policy = enforcing' },
  { filter: 'vendor ~ esp or model ~ 7 or kind = lamp' },
  { filter: 'lastSeen > -7d and port in (80, 443, 8883)' },
  { filter: 'protocol = mqtt', sort: 'name' },
  { filter: 'nothing at all has this' },
  { sort: '-lastSeen' },
  { filter: 'risk >= medium', sort: 'address' },
];

function measure(): Promise<Measured> {
  return Promise.resolve({
    figures: SIZES.flatMap(([devices, most]) => figuresOf(devices, most)),
    notes: [
      `${ASKED.length} filters and orders, ${ROUNDS} times each, pages of 100, second pages as well.`,
      'The first question of a state of the site makes its lists; each order is made when first asked.',
    ],
  });
}

function figuresOf(count: number, most: number): readonly Figure[] {
  const site = siteOf(count);
  const began = performance.now();
  const views = new SiteViews({
    site,
    alerts: new AlertBook(),
    policy: undefined,
    zones: { iot: ['10.0.0.0/9'] },
  });
  const { devices } = views;
  devices.page({}, NOW);
  const made = performance.now() - began;
  const times: number[] = [];
  const firsts: number[] = [];
  let passed = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const query of ASKED) {
      const at = performance.now();
      const page = pageOf(devices, query, { version: '1', now: NOW });
      (round === 0 ? firsts : times).push(performance.now() - at);
      passed += page.total;
      if (page.next === undefined) continue;
      const then = performance.now();
      pageOf(devices, { ...query, cursor: page.next }, { version: '1', now: NOW });
      times.push(performance.now() - then);
    }
  }
  const name = count.toLocaleString('en');
  return [
    { name: `${name} devices: lists made`, unit: 'ms', ours: made },
    { name: `${name}: a page, p50`, unit: 'ms', ours: percentile(times, 0.5) },
    {
      name: `${name}: a page, p95`,
      unit: 'ms',
      ours: percentile(times, 0.95),
      target: { atMost: most },
    },
    { name: `${name}: asked for the first time, worst`, unit: 'ms', ours: Math.max(...firsts) },
    { name: `${name}: devices that passed`, unit: '', ours: passed, target: { atLeast: count } },
  ];
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

const VENDORS = ['Hikvision', 'Espressif Inc.', 'TP-Link', 'Signify', 'Siemens', 'Ubiquiti'];
const KINDS = ['camera', 'lamp', 'thermostat', 'plc', 'speaker'];
const PORTS = [80, 443, 554, 1883, 8883, 502, 5683] as const;
const PROTOCOLS = ['http', 'http', 'rtsp', 'mqtt', 'mqtt', 'modbus', 'coap'] as const;

function siteOf(count: number): Site {
  const devices = Array.from({ length: count }, (_, index) => deviceOf(index));
  const services = devices.flatMap(({ id }, index) => servicesOf(id, index));
  return {
    at: NOW,
    devices,
    services,
    ledger: services.map(rowOf),
    findings: devices.flatMap(({ id }, index) => (index % 3 === 0 ? [findingOf(id, index)] : [])),
    scans: [],
  };
}

function deviceOf(index: number): Device {
  const kind = KINDS[index % KINDS.length] ?? '';
  const belief = (value: string) => [
    {
      value: untrusted(value),
      certainty: 'proved' as const,
      source: 'active' as const,
      evidence: [1],
    },
  ];
  const hex = index.toString(16).padStart(6, '0');
  const mac = `24:0a:c4:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
  return {
    id: `PTL-D-${index.toString(36).toUpperCase().padStart(4, '0')}`,
    keys: [`mac:${mac}`],
    addresses: [`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, `fe80::${hex}%eth0`],
    macs: [mac],
    attributes: {
      vendor: belief(VENDORS[index % VENDORS.length] ?? ''),
      model: belief(`M-${index % 997}`),
      kind: belief(kind),
    },
    name: untrusted(`${kind} ${index}`),
    category: 'smart-home',
    robustness: 'unknown',
    robustnessReason: '',
    firstSeen: NOW - 100 * DAY,
    lastSeen: NOW - (index % 60) * DAY,
    conflicts: [],
  };
}

function servicesOf(device: string, index: number): readonly Service[] {
  return [0, 1, 2].map((more) => {
    const at = (index + more * 3) % PORTS.length;
    const port = PORTS[at] ?? 80;
    return {
      device,
      transport: 'tcp',
      port,
      state: 'open',
      protocol: PROTOCOLS[at] ?? 'http',
      version: 'unknown',
      over: 'tcp',
      access: 'unknown',
      certainty: 'proved',
      details: [],
      sources: ['active'],
      firstSeen: NOW - 90 * DAY,
      lastSeen: NOW,
      evidence: [1],
    };
  });
}

function rowOf({ device, transport, port, protocol }: Service): LedgerRow {
  const cell = (answer: 'yes' | 'no' | 'unknown') => ({ answer, because: '' });
  return {
    device,
    direction: 'to-device',
    transport,
    port,
    protocol,
    open: cell('yes'),
    used: cell(port % 2 === 0 ? 'yes' : 'no'),
    needed: cell('unknown'),
    allowed: cell('unknown'),
    verdict: port % 2 === 0 ? 'fine' : 'close',
    advice: '',
  };
}

function findingOf(device: string, index: number): Finding {
  return {
    id: `PTL-F-${index}`,
    rule: 'cleartext',
    threat: 'interception',
    severity: (['low', 'medium', 'high'] as const)[index % 3] ?? 'low',
    certainty: 'proved',
    device,
    summary: '',
    impact: '',
    remedy: '',
    evidence: [1],
    clauses: [],
    sources: [],
  };
}

await runBench({ title: 'Lists of the API: filter, order, page', measure });
