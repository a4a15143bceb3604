import { PortolanError } from '../../src/base/errors.ts';
import type { SessionView } from '../../src/model/api/auth.ts';
import type { Page, Problem } from '../../src/model/api/common.ts';
import type { StatusView } from '../../src/model/api/daemon.ts';
import { completeFilter } from '../../src/query/complete.ts';
import type { Resource } from '../../src/query/field.ts';
import { Listing } from '../../src/query/listing.ts';
import { alerts } from '../../src/query/resources/alerts.ts';
import { devices } from '../../src/query/resources/devices.ts';
import { flows } from '../../src/query/resources/flows.ts';
import * as acts from './fixtures/acts.ts';
import { ALERTS, alertView, EXPECTATIONS, NOW } from './fixtures/alerts.ts';
import { FLOWS, LANES, PICTURE, ZONES } from './fixtures/flows.ts';
import { overview } from './fixtures/overview.ts';
import { AUDIT, REPORTS, SCAN, SETTINGS, TOKENS, USERS } from './fixtures/settings.ts';
import * as site from './fixtures/site.ts';
import { specs } from './fixtures/specs.ts';

/** What the canned API is to be like. */
export interface Fixture {
  /** Devices, 8 by default. */
  readonly devices?: number;
  readonly session?: Partial<SessionView>;
  /** Answers in place of the usual ones, by `METHOD path`; a function is called with what was asked. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Everything fails with this, but for the session. */
  readonly problem?: Problem;
  readonly blind?: true;
  /** Somebody else changes every device between reading and saving, once. */
  readonly conflict?: true;
  readonly empty?: true;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
}

export interface Answered {
  readonly value: unknown;
  readonly etag?: string;
}

export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const SESSION: SessionView = {
  state: 'signed-in',
  user: { name: 'mira', role: 'admin', totp: false },
  via: 'password',
  scopes: ['read', 'triage', 'scan', 'policy:propose', 'policy:apply', 'admin'],
  csrf: 'fixture',
};

/** @throws Refused */
export function answerOf(asked: Asked, fixture: Fixture): Answered {
  const own = fixture.answers?.[`${asked.method} ${asked.path}`];
  if (own !== undefined) return ownAnswer(own, asked);
  if (asked.path === 'session') {
    return { value: asked.method === 'DELETE' ? undefined : { ...SESSION, ...fixture.session } };
  }
  if (fixture.problem !== undefined) throw new Refused(fixture.problem);
  const isStale = asked.method === 'PATCH' && asked.ifMatch === '"v1"';
  if (fixture.conflict === true && isStale) throw conflict();
  return asked.method === 'GET' ? read(asked, fixture) : act(asked);
}

function ownAnswer(own: unknown, asked: Asked): Answered {
  const value: unknown = typeof own === 'function' ? own(asked) : own;
  return { value };
}

function read(asked: Asked, fixture: Fixture): Answered {
  const list = lists(asked, fixture)[asked.path];
  if (list !== undefined) return { value: list() };
  const [resource = '', id = '', part = ''] = asked.path.split('/').map(decodeURIComponent);
  const one = ONE[`${resource}/${part}`] ?? ONE[asked.path];
  const answered = one?.(id, fixture, asked);
  if (answered === undefined) throw notFound(asked.path);
  return answered;
}

type One = (id: string, fixture: Fixture, asked: Asked) => Answered | undefined;

/** One thing of a kind, by `kind/part of it`. */
const ONE: Readonly<Record<string, One>> = {
  'devices/lanes': () => ({ value: LANES }),
  'devices/': (id, fixture) => {
    const all = specsOf(fixture.devices ?? 8);
    const at = all.findIndex((one) => one.id === id);
    const found = all[at];
    return found && { value: site.deviceView(found, at, all), etag: 'v1' };
  },
  'evidence/': (id) => ({ value: evidence(Number(id)) }),
  'alerts/': (id) => valued(alertView(id)),
  'changes/': (id) => valued([acts.CHANGE, ...acts.OLD_CHANGES].find((change) => change.id === id)),
  'scans/': (id) => ({ value: { ...SCAN, id } }),
  'policy/': () => ({
    value: { version: 'p1', text: acts.POLICY, exists: true, file: '/etc/portolan/policy.yaml' },
    etag: 'p1',
  }),
  'query/complete': (_id, fixture, { query }) => ({ value: suggestions(query, fixture) }),
};

function valued(value: unknown): Answered | undefined {
  return value === undefined ? undefined : { value };
}

/** Resources that are one answer whatever is asked. */
function lists({ query }: Asked, fixture: Fixture): Readonly<Record<string, () => unknown>> {
  const empty = fixture.empty === true;
  const all = empty ? [] : specsOf(fixture.devices ?? 8);
  const page = <Item>(items: readonly Item[]): Page<Item> => pageOf(empty ? [] : items, query);
  return {
    status: () => status(fixture),
    overview: () => ({
      ...overview(all),
      ...(empty ? { needsYou: [], traffic: [], topTalkers: [], changed: [] } : {}),
    }),
    devices: () => listed(deviceList(empty ? 0 : (fixture.devices ?? 8)), query),
    alerts: () => listed(new Listing(empty ? [] : ALERTS, alerts), query),
    flows: () => listed(new Listing(empty ? [] : FLOWS, flows), query),
    services: () =>
      page(all.flatMap((spec) => spec.ports.map((port) => site.serviceItem(spec, port)))),
    ledger: () =>
      page(all.flatMap((spec) => spec.ports.map((port) => site.ledgerItem(spec, port)))),
    changelog: () => page(overview(all).changed),
    matrix: () => matrix(query, fixture),
    'zones/matrix': () => ZONES,
    'flows/picture': () => PICTURE,
    expectations: () => page(EXPECTATIONS),
    changes: () => page([acts.CHANGE, ...acts.OLD_CHANGES]),
    'contain/choices': () => acts.CHOICES,
    firewall: () => acts.FIREWALL,
    reports: () => REPORTS,
    settings: () => SETTINGS,
    users: () => page(USERS),
    tokens: () => page(TOKENS),
    audit: () => page(AUDIT),
    scans: () => page([SCAN]),
  };
}

const POSTS: Readonly<Record<string, (asked: Asked) => unknown>> = {
  'policy/check': ({ body }) => acts.policyCheck(textOf(body)),
  'policy/learn': () => acts.LEARNED,
  changes: () => acts.CHANGE,
  scans: () => SCAN,
};

function act(asked: Asked): Answered {
  const post = POSTS[asked.path];
  if (post !== undefined) return { value: post(asked) };
  const [resource, id = '', what = ''] = asked.path.split('/');
  if (resource === 'alerts' && what !== 'expect') return { value: alertView(id) };
  if (resource === 'changes') {
    const state = what === 'rollback' ? 'rolled-back' : what === 'confirm' ? 'confirmed' : 'loaded';
    return { value: { ...acts.CHANGE, id, state } };
  }
  if (asked.method === 'PATCH' && resource === 'devices')
    return read({ ...asked, method: 'GET' }, {});
  return { value: undefined };
}

function textOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'text' in body ? String(body.text) : '';
}

const specsCache = new Map<number, ReturnType<typeof specs>>();
function specsOf(count: number): ReturnType<typeof specs> {
  const known = specsCache.get(count) ?? specs(count);
  specsCache.set(count, known);
  return known;
}

const deviceLists = new Map<number, Listing<ReturnType<typeof site.deviceItem>>>();
function deviceList(count: number): Listing<ReturnType<typeof site.deviceItem>> {
  const known = deviceLists.get(count) ?? new Listing(specsOf(count).map(site.deviceItem), devices);
  deviceLists.set(count, known);
  return known;
}

function listed<Item>(list: Listing<Item>, query: URLSearchParams): Page<Item> {
  const after = query.get('cursor');
  return inWords(() => {
    const { items, total, all, next } = list.page(
      {
        filter: query.get('filter') ?? undefined,
        sort: query.get('sort') ?? undefined,
        limit: Number(query.get('limit') ?? 100),
        after: after === null ? undefined : JSON.parse(after),
      },
      NOW,
    );
    const version = String(total);
    return { items, total, all, version, ...(next && { next: JSON.stringify(next) }) };
  });
}

function inWords<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    const { code, message, remedy } = error;
    throw new Refused({
      type: `errors#${code}`,
      title: 'Not understood',
      status: 400,
      detail: message,
      code,
      remedy,
    });
  }
}

function pageOf<Item>(items: readonly Item[], query: URLSearchParams): Page<Item> {
  const from = Number(query.get('cursor') ?? 0);
  const to = from + Number(query.get('limit') ?? 100);
  const rest = to < items.length ? { next: String(to) } : {};
  return {
    items: items.slice(from, to),
    total: items.length,
    all: items.length,
    version: '1',
    ...rest,
  };
}

function suggestions(query: URLSearchParams, fixture: Fixture): unknown {
  const text = query.get('text') ?? '';
  const known: Readonly<Record<string, Resource<never>>> = { devices, alerts, flows };
  const resource = known[query.get('resource') ?? ''];
  if (fixture.empty === true || resource === undefined) return { suggestions: [] };
  return { suggestions: completeFilter(text, resource, () => []) };
}

function matrix(query: URLSearchParams, fixture: Fixture): unknown {
  const count = fixture.empty === true ? 0 : (fixture.devices ?? 8);
  const all = specsOf(count);
  const columns = site.matrixColumns(all);
  const left = inWords(() =>
    deviceList(count)
      .filtered(query.get('filter') ?? '', NOW, 'name')
      .map(({ id }) => id),
  );
  const byId = new Map(all.map((spec) => [spec.id, spec]));
  const from = Number(query.get('offset') ?? 0);
  const rows = left
    .slice(from, from + Number(query.get('limit') ?? 100))
    .flatMap((id) => byId.get(id) ?? [])
    .map((spec) => site.matrixRow(spec, columns));
  return { columns, rows, total: left.length };
}

function evidence(id: number): unknown {
  return {
    id,
    at: NOW - 3_600_000,
    source: 'active',
    observer: 'PTL-S-91B7',
    subject: '192.168.1.31 tcp/23',
    certainty: 'proved',
    kind: 'speaks',
    text: 'It speaks Telnet.',
    request: '',
    response: 'fffd18fffd20fffd23fffd27',
  };
}

function status({ blind }: Fixture): StatusView {
  return {
    version: '0.1.0',
    at: NOW,
    startedAt: NOW - 86_400_000,
    state: blind === true ? 'blind' : 'ok',
    parts: [
      { part: 'store', state: 'ok', text: 'writes in 2 ms', since: NOW },
      blind === true
        ? {
            part: 'capture',
            state: 'failed',
            text: 'nothing was captured for 4 minutes',
            since: NOW,
            remedy: 'portolan doctor',
          }
        : { part: 'capture', state: 'ok', text: 'br-iot, 412 packets a second', since: NOW },
    ],
    site: { name: 'Home', scope: ['192.168.1.0/24'] },
    memoryBytes: 9e7,
    storeBytes: 4.2e8,
    outbox: { waiting: 0, parked: 0 },
  };
}

function notFound(path: string): Refused {
  return new Refused({
    type: 'errors#E_NOT_FOUND',
    title: 'Not found',
    status: 404,
    detail: `There is no ${path}.`,
    code: 'E_NOT_FOUND',
    remedy: 'See the list: portolan devices',
  });
}

function conflict(): Refused {
  return new Refused({
    type: 'errors#E_CONFLICT',
    title: 'Somebody else changed it',
    status: 412,
    detail: 'The device was changed by anna since you read it.',
    code: 'E_CONFLICT',
    remedy: 'Look at what is there now, and decide again.',
    current: { version: 'v2', difference: '- name: Front camera\n+ name: Door camera' },
  });
}
