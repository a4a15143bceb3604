import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import type { Signal } from '../../model/alert.ts';
import type { ApiEvent, StatusView } from '../../model/api/daemon.ts';
import type { NewEvidence } from '../../model/evidence.ts';
import type { Flow } from '../../model/flow.ts';
import { policyPath } from '../policy-file.ts';
import { formatRange } from '../scan/ranges.ts';
import { defaultTargets } from '../scan/scope.ts';
import { scanInto } from '../site/scan-into.ts';
import type { Session } from '../site/session.ts';
import { openSession } from '../site/session.ts';
import type { World } from '../world.ts';
import { Alerting } from './alerting.ts';
import { Believer, sliced } from './believer.ts';
import { Beside } from './beside.ts';
import { choresOf } from './chores.ts';
import type { Believed, DaemonContext } from './context.ts';
import { Enforcing } from './enforcing.ts';
import { Events } from './events.ts';
import { FileWatch } from './file-watch.ts';
import { FlowFigures } from './flow-figures.ts';
import { groundIn } from './ground.ts';
import type { HeldCapture } from './helpers.ts';
import { Ingest } from './ingest.ts';
import type { DaemonOptions } from './options.ts';
import type { PartName } from './part-state.ts';
import { describeScans, describeStore } from './part-texts.ts';
import { Parts } from './parts.ts';
import { ScanQueue } from './scans.ts';
import { Scheduler } from './scheduler.ts';
import { SiteNews } from './site-news.ts';
import { Spool } from './spool.ts';

/** Milliseconds to wait for another process's transaction: everybody waits with us. */
const PATIENCE = 100;
/** Milliseconds between two looks at everything. */
const TICK = 1000;
/** Milliseconds of one look that a backlog may take. */
const DRAIN = 50;
/** Milliseconds that the end gives to notices under way. */
const LAST_NOTICES = 1500;
/** What waits for the store at most: some 60 MB. */
const WAITING = { evidence: 40_000, flows: 60_000 };

/** The daemon: what routes need of it, and its end. */
export interface Daemon extends DaemonContext {
  /** Stops the helpers, stores what waits, and gives back the store; within five seconds. */
  close(): Promise<void>;
}

/**
 * Opens the store and is there for who asks; then believes what it holds, listens to the helpers, and
 * looks at everything once a second.
 *
 * @throws PortolanError E_STORE_BUSY where another daemon or `watch` runs, and what opening a store
 * throws; E_CONFIG
 */
export async function openDaemon(world: World, options: DaemonOptions): Promise<Daemon> {
  const inner = openSession(world, {
    ...{ shared: true, mustOwn: true, patience: PATIENCE },
    ...{ readLater: true, checkLater: true },
  });
  try {
    const daemon = new Running(world, options, inner);
    await daemon.begin();
    return daemon;
  } catch (error) {
    inner.close();
    throw error;
  }
}

class Running implements Daemon {
  readonly world: World;
  readonly version: string;
  readonly config: DaemonOptions['config'];
  readonly session: Session;
  readonly events: Events;
  readonly scans: ScanQueue;
  readonly enforcement: Enforcing;
  readonly sums: Beside['sums'];
  readonly #options: DaemonOptions;
  readonly #startedAt: number;
  readonly #end = new AbortController();
  readonly #parts: Parts;
  readonly #spool = new Spool();
  readonly #news: SiteNews;
  readonly #alerting: Alerting;
  readonly #scheduler: Scheduler;
  readonly #policyFile: FileWatch;
  readonly #beside: Beside;
  #reading: Promise<void> | undefined;
  #believer: Believer | undefined;
  #ingest: Ingest | undefined;
  #flows: FlowFigures | undefined;
  #timer: NodeJS.Timeout | undefined;
  #learning: Promise<void> = Promise.resolve();

  constructor(world: World, options: DaemonOptions, inner: Session) {
    const now = (): number => world.now();
    this.world = world;
    this.version = options.version;
    this.config = options.config;
    this.#options = options;
    this.#startedAt = now();
    this.events = new Events(randomBytes(6).toString('hex'), (event) => this.#heard(event));
    this.#parts = new Parts(now, (state) => {
      this.events.publish({ type: 'status', at: now(), state });
    });
    this.#news = new SiteNews(this.events, now);
    this.session = { ...inner, add: (evidence) => this.#added(inner.add(evidence)) };
    this.#alerting = new Alerting({
      ...{ world, version: this.version, learnDays: options.learnDays },
      ...{ settings: this.config.settings, session: inner, spool: this.#spool },
      part: this.#parts.of('deliver'),
      believed: () => this.#believed(),
      publish: (event) => this.events.publish(event),
    });
    this.scans = this.#newScans();
    this.enforcement = new Enforcing(options.helpers.host, this.#parts.of('enforce'), (signal) =>
      this.#alerting.keeper.take(signal),
    );
    this.#beside = new Beside(inner.store);
    this.sums = this.#beside.sums;
    this.#policyFile = new FileWatch(policyPath(world.dataFolder ?? world.env['PORTOLAN_DATA']));
    this.#scheduler = this.#newScheduler();
  }

  get alerts(): DaemonContext['alerts'] {
    return this.#alerting.keeper;
  }

  get flows(): DaemonContext['flows'] {
    return this.#flows;
  }

  async begin(): Promise<void> {
    const { capture } = this.#options.helpers;
    this.#parts.of('store').set('degraded', 'What is stored is being read');
    this.#parts.of('scan').set('ok', 'No scan is under way');
    const chores = this.#scheduler.view().length;
    this.#parts.of('schedule').set('ok', `${chores} things are done by themselves`);
    if (capture === undefined) {
      const how = 'Listen to traffic: sudo portolan serve --capture any';
      this.#parts.of('capture').set('off', 'No traffic is captured', how);
    } else {
      const text = `Opening ${capture.name}: what it sees is held until what is stored was read`;
      this.#parts.of('capture').set('ok', text);
    }
    await this.enforcement.open();
    this.#beside.begin((error) => this.#failed('store', error));
    this.#reading = this.#read();
    this.#reading.catch((error: unknown) => this.#unread(error));
  }

  get reading(): Promise<void> | undefined {
    return this.#reading;
  }

  /** Then everything begins that needs to know what is there. */
  async #read(): Promise<void> {
    const { world, session } = this;
    const { capture } = this.#options.helpers;
    const { signal } = this.#end;
    await sliced(session.readInSteps(), (count) => {
      signal.throwIfAborted();
      const text = `What is stored is being read: ${count} pieces of evidence so far`;
      this.#parts.of('store').set('degraded', text);
    });
    this.#believer = await Believer.begin({
      session,
      era: randomBytes(4).toString('hex'),
      now: () => world.now(),
      isHeard: () => this.events.hearers > 0,
      onSite: () => this.#news.tell(['devices', 'services', 'ledger', 'findings']),
      onError: (error) => this.#failed('store', error),
    });
    signal.throwIfAborted();
    this.#learning = this.#alerting.watch
      .learn(session.store, world.now(), signal)
      .catch((error: unknown) => this.#failed('store', error));
    if (capture !== undefined) this.#ingest = this.#listen(capture);
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.#reading = undefined;
    this.#describeStore();
    this.#news.tell(['devices', 'services', 'ledger', 'findings', 'flows']);
  }

  /** Nothing is said of a site that is not known, and no traffic is taken in; others may still look. */
  #unread(error: unknown): void {
    if (this.#end.signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    this.world.warn(message);
    const remedy = error instanceof PortolanError ? error.remedy : undefined;
    this.#parts.of('store').set('failed', message, remedy);
  }

  site(): Believed {
    return this.#believer?.get() ?? this.#believed();
  }

  async settled(): Promise<Believed> {
    return (await this.#believer?.settled()) ?? this.#believed();
  }

  changed(): void {
    this.#believer?.changed();
  }

  schedules(): ReturnType<DaemonContext['schedules']> {
    return this.#scheduler.view();
  }

  status(): StatusView {
    const capture = this.#ingest?.view();
    const { scope, site: name } = this.config.settings;
    return {
      version: this.version,
      at: this.world.now(),
      startedAt: this.#startedAt,
      state: this.#parts.state(),
      parts: this.#parts.all(),
      ...(capture === undefined ? {} : { capture }),
      site: { name: name === '' ? hostname() : name, scope: scope.length > 0 ? scope : ownScope() },
      memoryBytes: process.memoryUsage.rss(),
      storeBytes: sizeOf(this.session.store.location),
      outbox: this.#guarded(() => this.#alerting.notices.counts()) ?? { waiting: 0, parked: 0 },
    };
  }

  async close(): Promise<void> {
    const { capture } = this.#options.helpers;
    clearInterval(this.#timer);
    this.#end.abort();
    this.#news.close();
    await Promise.all([this.#beside.close(), this.#reading?.catch(() => {})]);
    // What was captured while what is stored was read is kept, too; nobody can judge it.
    if (capture !== undefined) this.#ingest ??= this.#listen(capture);
    await Promise.all([this.scans.close(), this.#ingest?.close(), this.#learning]);
    this.enforcement.close();
    this.#guarded(() => this.alerts.close());
    await Promise.all([
      this.#alerting.notices.close(LAST_NOTICES),
      this.#believer?.close(),
      this.#scheduler.close(),
    ]);
    if (!this.#spool.drain()) {
      const why = this.#spool.trouble?.message ?? '';
      this.world.warn(`${this.#spool.waiting} records could not be stored: ${why}`);
    }
    this.#guarded(() => this.session.close());
  }

  #believed(): Believed {
    return this.#believer?.last ?? { site: EMPTY, version: 'none' };
  }

  #newScans(): ScanQueue {
    const { world, session } = this;
    return new ScanQueue({
      settings: this.config.settings,
      now: () => world.now(),
      site: () => this.#believed().site,
      run: (plan, signal, hearer) => {
        const news = (one: Signal): unknown => this.#guarded(() => this.alerts.take(one));
        return scanInto(session, world, plan, { distressedToo: false, signal, news }, hearer);
      },
      publish: (event) => this.events.publish(event),
      audit: (who, what) => session.store.audit({ at: world.now(), who, what, why: '' }),
      onError: (error) => this.#failed('scan', error),
    });
  }

  #newScheduler(): Scheduler {
    const { world, session, version } = this;
    const { scanEvery } = this.#options;
    const chores = choresOf({
      settings: this.config.settings,
      version,
      store: session.store,
      folder: dirname(session.store.location),
      copy: (file) => this.#beside.copy(file),
      ...(scanEvery === undefined ? {} : { scanEvery }),
      now: () => world.now(),
      site: () => this.#believed().site,
      scan: (request, by) => this.scans.start(request, by),
    });
    const onError = (id: string, error: unknown): void => this.#failed('schedule', error, id);
    return new Scheduler(chores, world.now(), onError);
  }

  #listen(capture: HeldCapture): Ingest {
    const { session, world } = this;
    const figures = new FlowFigures(
      () => world.now(),
      groundIn(world.dataFolder ?? world.env['PORTOLAN_DATA'], this.config.settings),
    );
    this.#flows = figures;
    return new Ingest({
      capture,
      part: this.#parts.of('capture'),
      now: () => this.world.now(),
      evidence: this.#spool.lane<NewEvidence>({
        cap: WAITING.evidence,
        write: (items) => session.add(items),
      }),
      flows: this.#spool.lane<Flow>({
        cap: WAITING.flows,
        write: (items) => {
          session.store.appendFlows(items, capture.name);
          figures.take(items);
          this.#believer?.changed();
          this.#news.tell(['flows']);
        },
      }),
      observations: (items) => {
        if (this.#believer !== undefined) this.#guarded(() => this.#alerting.watch.take(items));
      },
    });
  }

  #added(stored: ReturnType<Session['add']>): ReturnType<Session['add']> {
    if (stored.length > 0) this.#believer?.changed();
    return stored;
  }

  #tick(): void {
    const now = this.world.now();
    this.#guarded(() => {
      const late = performance.now() + DRAIN;
      this.#spool.drain(() => performance.now() > late);
      if (this.session.store.changedElsewhere()) this.#catchUp();
      this.#alerting.watch.tick(now);
      this.#alerting.notices.tick();
    });
    this.#describeStore();
    describeScans(this.#parts.of('scan'), this.scans.running());
    this.#ingest?.tick();
    this.enforcement.tick(now);
    this.#lookAtPolicy(now);
    this.#believer?.tick();
    this.#scheduler.tick(now);
  }

  #describeStore(): void {
    describeStore(this.#parts.of('store'), this.#spool, this.#beside.condition);
  }

  /** What other processes stored comes in as if it were ours. */
  #catchUp(): void {
    this.session.catchUp();
    this.alerts.refresh();
    this.#believer?.changed();
  }

  #lookAtPolicy(now: number): void {
    if (!this.#policyFile.changed()) return;
    const { version } = this.#policyFile;
    this.events.publish({ type: 'policy.saved', at: now, version, by: 'file' });
  }

  /** Whoever saved it has told so: it is not news a second time. */
  #heard({ type }: ApiEvent): void {
    if (type !== 'policy.saved') return;
    this.#policyFile.changed();
    this.#believer?.changed();
  }

  /** What the store cannot take is told as its state, and ends nothing. */
  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#failed('store', error);
      return undefined;
    }
  }

  #failed(part: PartName, error: unknown, what?: string): void {
    const known = error instanceof PortolanError ? error : undefined;
    if (known !== undefined && part === 'store') {
      this.#spool.failed(known);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    this.world.warn(what === undefined ? message : `${what}: ${message}`);
    this.#parts.of(part).set('degraded', message, known?.remedy);
  }
}

const EMPTY: Believed['site'] = {
  at: 0,
  devices: [],
  services: [],
  ledger: [],
  findings: [],
  scans: [],
};

function ownScope(): readonly string[] {
  try {
    return defaultTargets().map(formatRange);
  } catch {
    return []; // Its networks are too large, or there is none: nothing is scanned by default.
  }
}

/** The database with what is not in its one file yet. */
function sizeOf(file: string): number {
  return [file, `${file}-wal`].reduce((sum, one) => {
    try {
      return sum + statSync(one).size;
    } catch {
      return sum;
    }
  }, 0);
}
