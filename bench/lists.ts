import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertBook } from '../src/alerts/book.ts';
import { untrusted } from '../src/base/untrusted.ts';
import { KeptSums } from '../src/io/api/kept-sums.ts';
import { pageOf } from '../src/io/api/lists.ts';
import { overview } from '../src/io/api/views/overview.ts';
import { SiteViews } from '../src/io/api/views/site-views.ts';
import { zoneMatrix } from '../src/io/api/views/zone-matrix.ts';
import { openDriver } from '../src/io/store/driver.ts';
import { openStore, storeFile } from '../src/io/store/open.ts';
import type { Device } from '../src/model/device.ts';
import type { Finding } from '../src/model/finding.ts';
import type { LedgerRow } from '../src/model/ledger.ts';
import type { Service } from '../src/model/service.ts';
import type { Site } from '../src/model/site.ts';
import type { Figure, Measured } from './_bench.ts';
import { percentile, runBench } from './_bench.ts';

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

/** A network whose start page and zones are looked at, and what an answer may take. */
const LOOKED_AT = { devices: 10_000, flows: 200_000, rounds: 60, atMost: 200 };

async function measure(): Promise<Measured> {
  return {
    figures: [
      ...SIZES.flatMap(([devices, most]) => figuresOf(devices, most)),
      ...(await sumsOfFlows(LOOKED_AT)),
    ],
    notes: [
      `${ASKED.length} filters and orders, ${ROUNDS} times each, pages of 100, second pages as well.`,
      'The first question of a state of the site makes its lists; each order is made when first asked.',
      'Sums over flows are kept while none comes, and for twenty times as long as they took; whoever asks then waits as the first did.',
    ],
  };
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

/** The start page, and who talks to whom by zone: made of sums over all conversations of their time. */
async function sumsOfFlows({
  devices,
  flows,
  rounds,
  atMost,
}: typeof LOOKED_AT): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-lists-'));
  try {
    openStore(folder).close();
    fill(folder, devices, flows);
    const store = openStore(folder);
    const zones = { iot: ['10.0.0.0/9'] };
    const sources = { site: siteOf(devices), alerts: new AlertBook(), policy: undefined, zones };
    const { facts } = new SiteViews(sources);
    const sums = new KeptSums(store.totals);
    const parts = { status: undefined, waiting: [], changes: [] };
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      const talks = await sums.talks({ since: NOW - DAY, limit: 2000 }, NOW);
      overview(facts, { ...parts, hours: await sums.hours(NOW - DAY, NOW), talks });
      const then = performance.now();
      const all = await sums.talks({ since: NOW - 14 * DAY, limit: 20_000 }, NOW);
      zoneMatrix(facts, all, NOW - 14 * DAY, () => false);
      times.push(then - began, performance.now() - then);
    }
    store.close();
    const name = `${devices.toLocaleString('en')} devices, ${flows.toLocaleString('en')} flows: overview and zones`;
    const p95 = percentile(times, 0.95);
    return [
      { name: `${name}, p95`, unit: 'ms', ours: p95, target: { atMost } },
      { name: `${name}, worst (the first)`, unit: 'ms', ours: Math.max(...times) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fill(folder: string, devices: number, flows: number): void {
  const driver = openDriver(storeFile(folder));
  driver.exec(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${flows})
    INSERT INTO flow (observer, first_seen, last_seen, source, source_port, destination,
      destination_port, transport, ip_protocol, sent_packets, sent_bytes, received_packets,
      received_bytes, outcome, protocol, version, carrier, certainty, community_id, first_frame,
      last_frame, lost)
    SELECT 'eth0', ${NOW - DAY} + i * 400, ${NOW - DAY} + i * 400 + 900,
      '10.0.' || (i % ${devices} / 256) || '.' || (i % 256), 1024 + i % 60000,
      '198.51.100.' || (i % 97), 1000 + i % 11, 'tcp', 6, 6, 900, 6, 4000, 'answered', 'https',
      '1.3', 'tls', 'proved', '1:hO+sN4H+MG5MY/8hIrXPqc4ZQz8=', 1, 12, 0 FROM n`);
  driver.close();
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
