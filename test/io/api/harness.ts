import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertKeeper } from '../../../src/io/alerts/keeper.ts';
import { hashPassword } from '../../../src/io/api/access/password.ts';
import { Sessions } from '../../../src/io/api/access/sessions.ts';
import type { ServerOptions } from '../../../src/io/api/server.ts';
import { startServer } from '../../../src/io/api/server.ts';
import { loadConfig } from '../../../src/io/config.ts';
import type { DaemonContext, EventBus } from '../../../src/io/daemon/context.ts';
import { openSession } from '../../../src/io/site/session.ts';
import type { SessionView } from '../../../src/model/api/auth.ts';
import type { Role } from '../../../src/model/api/common.ts';
import type { ApiEvent, StatusView } from '../../../src/model/api/daemon.ts';

export const PASSWORD = 'correct horse battery staple';
export const START = Date.UTC(2026, 10, 25, 12);

/** A real server on a real store, without capture, scans or a firewall. */
export interface Harness {
  readonly context: DaemonContext;
  readonly events: Events;
  readonly port: number;
  readonly link: string | undefined;
  readonly errors: readonly string[];
  /** Moves the daemon's clock, in milliseconds. */
  pass(milliseconds: number): void;
  ask(method: string, path: string, options?: Ask): Promise<Answered>;
  /** An account of that role and a session of it. */
  signIn(role: Role): Promise<Browser>;
  close(): Promise<void>;
}

export interface Ask {
  /** A list is sent as several lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
  /** Instead of `body`, as it is. */
  readonly raw?: string;
  /** Address of ours from which it comes, within 127.0.0.0/8. */
  readonly from?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** What a browser sends with each request of our page. */
export interface Browser {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly csrf: string;
}

export async function openHarness(options: Partial<ServerOptions> = {}): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-api-'));
  let now = START;
  const world = {
    env: {},
    dataFolder: folder,
    configFile: 'none',
    now: () => now,
    warn: () => {},
  };
  const session = openSession(world, { shared: true, mustOwn: true });
  const events = new Events();
  const errors: string[] = [];
  const context: DaemonContext = {
    world,
    version: '0.0.1',
    config: loadConfig({ file: 'none', env: {} }),
    session,
    site: () => ({ site: session.site(), version: '1' }),
    settled: () => Promise.resolve({ site: session.site(), version: '1' }),
    changed: () => {},
    reading: undefined,
    schedules: () => [],
    alerts: new AlertKeeper(session.store),
    events,
    scans: {
      start: () => Promise.reject(new Error('nothing is scanned here')),
      get: () => undefined,
      running: () => [],
      stop: () => false,
    },
    enforcement: { enforcer: undefined, because: 'Nothing is enforced here' },
    status: () => statusAt(now),
  };
  const server = await startServer(context, {
    listen: '127.0.0.1:0',
    onError: (text) => errors.push(text),
    ...options,
  });
  const port = Number(new URL(server.address).port);
  const ask = (method: string, path: string, how: Ask = {}): Promise<Answered> =>
    exchange(port, method, path, how);
  return {
    context,
    events,
    port,
    link: server.oneTimeLink,
    errors,
    pass: (milliseconds) => {
      now += milliseconds;
    },
    ask,
    signIn: (role) => signIn(context, port, role),
    close: async () => {
      await server.close();
      session.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function statusAt(at: number): StatusView {
  return {
    version: '0.0.1',
    at,
    startedAt: START,
    state: 'ok',
    parts: [{ part: 'store', state: 'ok', text: 'written', since: START }],
    site: { name: 'home', scope: [] },
    memoryBytes: 1,
    storeBytes: 1,
    outbox: { waiting: 0, parked: 0 },
  };
}

/** A bus that keeps the last events, as the daemon's does. */
export class Events implements EventBus {
  readonly #hearers = new Set<(id: string, event: ApiEvent | 'gap') => void>();
  readonly #kept: { readonly id: string; readonly event: ApiEvent }[] = [];
  #next = 1;

  get hearers(): number {
    return this.#hearers.size;
  }

  publish(event: ApiEvent): void {
    const id = String(this.#next);
    this.#next += 1;
    this.#kept.push({ id, event });
    for (const hear of this.#hearers) hear(id, event);
  }

  subscribe(hear: (id: string, event: ApiEvent | 'gap') => void, lastId?: string): () => void {
    if (lastId !== undefined) {
      const known = this.#kept.findIndex(({ id }) => id === lastId);
      if (known < 0) hear('', 'gap');
      for (const { id, event } of this.#kept.slice(known + 1)) hear(id, event);
    }
    this.#hearers.add(hear);
    return () => this.#hearers.delete(hear);
  }
}

let hashed: Promise<string> | undefined;

/** Hashing takes its time: it is done once, and the session is opened without another. */
async function signIn(context: DaemonContext, port: number, role: Role): Promise<Browser> {
  const { access } = context.session.store;
  hashed ??= hashPassword(PASSWORD);
  const password = await hashed;
  access.addAccount({ name: role, role, password, createdAt: START });
  const { id, csrf } = new Sessions(access, () => context.world.now()).open(role);
  const headers = { cookie: `portolan=${id}`, origin: `http://127.0.0.1:${port}` };
  return { name: role, csrf, headers: { ...headers, 'x-csrf-token': csrf } };
}

/** What the browser sends from now on, from the answer to a sign-in. */
export function browserOf(answer: Answered, port: number): Browser {
  const view: Partial<SessionView> = answer.json;
  const [cookie = ''] = String(answer.headers['set-cookie']?.[0]).split(';');
  const csrf = view.csrf ?? '';
  return {
    name: view.user?.name ?? '',
    csrf,
    headers: { cookie, origin: `http://127.0.0.1:${port}`, 'x-csrf-token': csrf },
  };
}

const agent = new Agent({ keepAlive: false });

/** A request as it is written here: nothing is normalised, unlike with `fetch`. */
export function exchange(
  port: number,
  method: string,
  path: string,
  { headers = {}, body, raw, from = '127.0.0.1' }: Ask = {},
): Promise<Answered> {
  const content = raw ?? (body === undefined ? '' : JSON.stringify(body));
  const sent = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(content === '' ? {} : { 'content-length': String(Buffer.byteLength(content)) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', localAddress: from, port, method, path, agent };
    const asked = request({ ...options, headers: sent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: jsonOf(text),
        });
      });
    });
    asked.on('error', reject);
    asked.end(content);
  });
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
