import { useEffect, useSyncExternalStore } from 'react';
import type { ApiEvent } from '../../../src/model/api/daemon.ts';
import { apiUrl, get } from './client.ts';
import { refresh } from './hooks.ts';
import { Lease } from './lease.ts';

/** `stale`: nothing was heard for 20 s, so what is shown may be old. */
export type LiveState = 'connecting' | 'live' | 'stale' | 'paused';

/** After so much silence the server is asked whether it is there; after more, what is shown may be old. */
const ASK_MS = 10_000;
const STALE_MS = 20_000;
/** Changes of this time are one change, so that a busy network is no flicker. */
const BATCH_MS = 500;

const TYPES: readonly ApiEvent['type'][] = [
  'site.changed',
  'alert.new',
  'alert.changed',
  'change.state',
  'scan.progress',
  'status',
  'policy.saved',
];

const OLD_AFTER: Readonly<Record<ApiEvent['type'], readonly string[]>> = {
  'site.changed': [],
  'alert.new': ['alerts', 'overview', 'devices', 'status'],
  'alert.changed': ['alerts', 'overview', 'devices'],
  'change.state': ['changes', 'firewall', 'overview', 'devices', 'alerts'],
  'scan.progress': ['scans'],
  status: ['status'],
  'policy.saved': ['policy', 'devices', 'matrix', 'ledger', 'overview', 'changes'],
};

const OLD_OF_SITE: Readonly<Record<string, readonly string[]>> = {
  devices: ['devices', 'overview', 'matrix', 'changelog'],
  services: ['devices', 'services', 'overview', 'matrix', 'changelog'],
  ledger: ['ledger', 'matrix', 'devices', 'overview'],
  findings: ['findings', 'devices', 'overview'],
  flows: ['flows', 'zones', 'overview'],
};

type Handler = (event: ApiEvent) => void;

/** One stream of events for all tabs of a browser: HTTP/1.1 allows it six connections in all. */
class Live {
  #state: LiveState = 'connecting';
  #source: EventSource | undefined;
  #heard = Date.now();
  #asking = false;
  #opened = false;
  #timer: number | undefined;
  readonly #old = new Set<string>();
  readonly #handlers = new Set<Handler>();
  readonly #watchers = new Set<() => void>();
  readonly #channel = new BroadcastChannel('portolan.live');
  readonly #lease = new Lease('portolan.live', (leads) => (leads ? this.#open() : this.#close()));

  start(): void {
    this.#channel.addEventListener('message', ({ data }: MessageEvent<ApiEvent | 'beat'>) =>
      data === 'beat' ? this.#beat() : this.#hear(data),
    );
    this.#lease.start();
    window.setInterval(() => this.#look(), 1_000);
  }

  get state(): LiveState {
    return this.#state;
  }

  pause(paused: boolean): void {
    this.#become(paused ? 'paused' : 'connecting');
    if (!paused) {
      this.#look();
      this.#flush();
    }
  }

  watch(then: () => void): () => void {
    this.#watchers.add(then);
    return () => this.#watchers.delete(then);
  }

  listen(handler: Handler): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  #open(): void {
    const source = new EventSource(apiUrl('events'));
    source.addEventListener('open', () => this.#tell('beat'));
    source.addEventListener('gap', () =>
      this.#forget(Object.keys(OLD_OF_SITE).concat('alerts', 'changes')),
    );
    for (const type of TYPES) {
      source.addEventListener(type, ({ data }: MessageEvent<string>) =>
        this.#tell(JSON.parse(data)),
      );
    }
    this.#source = source;
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #tell(message: ApiEvent | 'beat'): void {
    this.#channel.postMessage(message);
    if (message === 'beat') this.#beat();
    else this.#hear(message);
  }

  #beat(): void {
    this.#heard = Date.now();
    this.#opened = true;
    if (this.#state !== 'paused') this.#become('live');
  }

  #hear(event: ApiEvent): void {
    this.#beat();
    const paths =
      event.type === 'site.changed'
        ? event.what.flatMap((what) => OLD_OF_SITE[what] ?? [])
        : OLD_AFTER[event.type];
    this.#forget(paths);
    for (const handler of this.#handlers) handler(event);
  }

  #forget(paths: readonly string[]): void {
    for (const path of paths) this.#old.add(path);
    if (this.#state === 'paused') return;
    this.#timer ??= window.setTimeout(() => this.#flush(), BATCH_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    const paths = [...this.#old];
    this.#old.clear();
    void refresh(paths);
  }

  /** Heartbeats are comments, which scripts are not shown: in a long silence one question tells. */
  #look(): void {
    const silence = Date.now() - this.#heard;
    if (this.#source !== undefined && silence > ASK_MS && !this.#asking) void this.#ask();
    if (silence > STALE_MS && this.#state !== 'paused') this.#become('stale');
    else if (this.#state === 'connecting' && this.#opened) this.#become('live');
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    try {
      await get('session');
      this.#tell('beat');
    } catch {
      // It stays silent, and #look says so.
    } finally {
      this.#asking = false;
    }
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}

const live = new Live();

export const startLive = (): void => live.start();
export const pauseLive = (paused: boolean): void => live.pause(paused);

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (then) => live.watch(then),
    () => live.state,
  );
}

/** `useLive(['scan.progress'], (event) => …)`; lists and pages refresh by themselves. */
export function useLive<T extends ApiEvent['type']>(
  types: readonly T[],
  handler: (event: Extract<ApiEvent, { type: T }>) => void,
): void {
  useEffect(
    () =>
      live.listen((event) => {
        if (isOneOf(event, types)) handler(event);
      }),
    [types, handler],
  );
}

function isOneOf<T extends ApiEvent['type']>(
  event: ApiEvent,
  types: readonly T[],
): event is Extract<ApiEvent, { type: T }> {
  return types.some((type) => type === event.type);
}
