import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertKeeper } from '../../../src/io/alerts/keeper.ts';
import type { Answer, Call, Caller, Route } from '../../../src/io/api/route.ts';
import { routes } from '../../../src/io/api/routes/index.ts';
import { loadConfig } from '../../../src/io/config.ts';
import type { DaemonContext } from '../../../src/io/daemon/context.ts';
import { openSession } from '../../../src/io/site/session.ts';
import type { Page } from '../../../src/model/api/common.ts';
import type { ScanRequest, ScanView, StatusView } from '../../../src/model/api/daemon.ts';
import type { NewEvidence } from '../../../src/model/evidence.ts';
import type { Flow } from '../../../src/model/flow.ts';

/** 2026-11-25T14:03:07Z */
export const NOW = 1_795_615_387_000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The routes on a real store, without a server before them. */
export class SiteContext {
  readonly context: DaemonContext;
  readonly folder = mkdtempSync(join(tmpdir(), 'portolan-routes-'));
  readonly asked: ScanRequest[] = [];
  parts: StatusView['parts'] = [];
  now = NOW;
  #version = 0;
  #site: ReturnType<DaemonContext['site']> | undefined;

  constructor(settings: Partial<DaemonContext['config']['settings']> = {}) {
    const world = {
      env: {},
      dataFolder: this.folder,
      configFile: 'none',
      now: () => this.now,
      warn: () => {},
    };
    const session = openSession(world);
    const loaded = loadConfig({ file: 'none', env: {} });
    this.context = {
      world,
      version: '0.0.1',
      config: { ...loaded, settings: { ...loaded.settings, ...settings } },
      session,
      site: () => this.#believed(),
      changed: () => this.changed(),
      settled: () => {
        this.changed();
        return Promise.resolve(this.#believed());
      },
      alerts: new AlertKeeper(session.store),
      reading: undefined,
      events: { publish: () => {}, subscribe: () => () => {} },
      scans: {
        start: (request) => {
          this.asked.push(request);
          return Promise.resolve(SCAN);
        },
        get: (id) => (id === SCAN.id ? SCAN : undefined),
        running: () => (this.asked.length > 0 ? [SCAN] : []),
        stop: () => this.asked.pop() !== undefined,
      },
      enforcement: { enforcer: undefined, because: '' },
      status: () => ({ ...STATUS, at: this.now, parts: this.parts }),
      schedules: () => [],
    };
  }

  /** Something was stored: what is believed is judged anew. */
  changed(): void {
    this.#site = undefined;
  }

  add(...evidence: readonly NewEvidence[]): void {
    this.context.session.add(evidence);
    this.changed();
  }

  addFlows(...flows: readonly Flow[]): void {
    this.context.session.store.appendFlows(flows, 'test');
    this.changed();
  }

  /** What a route answers; it is held to its own schema, member by member. */
  async ask<T = Record<string, unknown>>(id: string, sent: Sent = {}): Promise<T> {
    const { answer, route } = await this.#run(id, sent);
    if (answer.kind !== 'json' || route.answer.kind !== 'json')
      throw new Error(`${id} gave no JSON`);
    const value: unknown = JSON.parse(JSON.stringify(answer.value));
    const parsed: unknown = route.answer.schema.parse(value);
    if (JSON.stringify(sorted(parsed)) !== JSON.stringify(sorted(value))) {
      throw new Error(`${id} gives members that its schema does not have`);
    }
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: the schema was asked just now
    return value as T;
  }

  async list<Item>(id: string, query: Sent['query'] = {}): Promise<Page<Item>> {
    return await this.ask<Page<Item>>(id, { query });
  }

  async answer(id: string, sent: Sent = {}): Promise<Answer> {
    return (await this.#run(id, sent)).answer;
  }

  close(): void {
    this.context.session.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #run(id: string, sent: Sent): Promise<{ answer: Answer; route: Route }> {
    const route = routes.find((one) => one.id === id);
    if (route === undefined) throw new Error(`there is no route ${id}`);
    const call: Omit<Call<unknown, unknown, unknown>, 'gate'> = {
      context: this.context,
      params: route.params?.parse(sent.params ?? {}),
      query: route.query?.parse(sent.query ?? {}),
      body: route.body?.parse(sent.body),
      caller: CALLER,
      ifMatch: sent.ifMatch,
      lastEventId: undefined,
      dryRun: sent.dryRun ?? false,
      signal: new AbortController().signal,
    };
    // biome-ignore lint/nursery/noUnsafeTypeAssertion: as the server does it, after the same checks
    return { route, answer: await route.run(call as Call<never, never, never>) };
  }

  #believed(): ReturnType<DaemonContext['site']> {
    if (this.#site === undefined) {
      this.#version += 1;
      this.#site = { site: this.context.session.site(), version: `v${this.#version}` };
    }
    return this.#site;
  }
}

export interface Sent {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly dryRun?: boolean;
}

const CALLER: Caller = {
  who: 'user:mira',
  role: 'admin',
  scopes: new Set(),
  address: '127.0.0.1',
  login: { kind: 'none' },
};

const STATUS: StatusView = {
  version: '0.0.1',
  at: NOW,
  startedAt: NOW,
  state: 'ok',
  parts: [],
  site: { name: 'home', scope: [] },
  memoryBytes: 0,
  storeBytes: 0,
  outbox: { waiting: 0, parked: 0 },
};

/** Members in one order, so that only what is there counts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, sorted(member)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export const SCAN: ScanView = {
  id: 'PTL-S-LIVE',
  startedAt: NOW,
  targets: ['192.168.1.0/24'],
  tcpPorts: '80',
  udpPorts: '',
  pace: 'polite',
  outcome: 'running',
  budget: {
    devices: 0,
    connections: 0,
    datagrams: 0,
    bytesSent: 0,
    bytesReceived: 0,
    maxParallel: 0,
    maxPerSecond: 0,
    maxPerSecondOverall: 0,
  },
  notes: [],
  phase: 'ports',
  done: 1,
  total: 4,
  devices: 1,
  services: 1,
  current: '192.168.1.31',
};

/** A conversation of the camera with somebody, of which a test says what matters to it. */
export function flow(parts: Partial<Flow> & { readonly at: number }): Flow {
  const { at, ...rest } = parts;
  return {
    firstSeen: at,
    lastSeen: at + 1000,
    source: { address: '192.168.1.31', port: 40_000 },
    destination: { address: '203.0.113.7', port: 443 },
    transport: 'tcp',
    ipProtocol: 6,
    sent: { packets: 2, bytes: 100 },
    received: { packets: 2, bytes: 900 },
    outcome: 'answered',
    protocol: 'http',
    version: '1.1',
    over: 'tls',
    certainty: 'proved',
    communityId: '1:x',
    frames: [1, 4],
    lost: 0,
    facts: [],
    ...rest,
  };
}
