import { randomUUID } from 'node:crypto';
import { PortolanError } from '../../base/errors.ts';
import { shortId } from '../../base/id.ts';
import { formatPorts } from '../../base/port-set.ts';
import type { ApiEvent, ScanRequest, ScanView } from '../../model/api/daemon.ts';
import type { Instant } from '../../model/core.ts';
import type { ScanRecord } from '../../model/scan.ts';
import type { Site } from '../../model/site.ts';
import type { Settings } from '../config.ts';
import { formatRange } from '../scan/ranges.ts';
import type { ScanPlan, ScanProgress } from '../scan/scan-types.ts';
import type { ScanHearer } from '../site/scan-into.ts';
import { makeScanPlan } from '../site/scan-plan.ts';
import type { Scans } from './context.ts';

/** Scans that wait for their turn: more than that is a mistake of whoever asks. */
const WAITING = 16;
/** Scans of the past that are remembered with their progress; the store has all of them. */
const REMEMBERED = 64;
/** Milliseconds between two events of one scan. */
const TELL_EVERY = 500;
/** Part that must be done before the rest of the time can be told. */
const ENOUGH = 0.02;

const NOTHING_SENT: ScanRecord['budget'] = {
  devices: 0,
  connections: 0,
  datagrams: 0,
  bytesSent: 0,
  bytesReceived: 0,
  maxParallel: 0,
  maxPerSecond: 0,
  maxPerSecondOverall: 0,
};

export interface ScanQueueOptions {
  readonly settings: Settings;
  now(): Instant;
  site(): Site;
  /** Runs it, and keeps what it finds. */
  run(plan: ScanPlan, signal: AbortSignal, hearer: ScanHearer): Promise<ScanRecord>;
  publish(event: ApiEvent): void;
  /** Who asked for what is written down. */
  audit(who: string, what: string): void;
  /** One could not be done. */
  onError(error: unknown): void;
}

interface Job {
  view: ScanView;
  readonly plan: ScanPlan;
  readonly stop: AbortController;
  begunAt: number;
  toldAt: number;
}

/** One scan after another; each can be stopped, and keeps what it found. */
export class ScanQueue implements Scans {
  readonly #options: ScanQueueOptions;
  readonly #jobs = new Map<string, Job>();
  #current: Job | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: ScanQueueOptions) {
    this.#options = options;
  }

  async start(request: ScanRequest, by: string): Promise<ScanView> {
    const { settings, now, site, audit } = this.#options;
    if (this.#waiting().length >= WAITING) throw tooMany();
    const { targets = [], pace, ports } = request;
    const words = {
      targets,
      ...(pace === undefined ? {} : { pace }),
      ...(ports === undefined ? {} : { ports }),
    };
    const id = shortId('S', `${now()} ${randomUUID()}`);
    const plan = await makeScanPlan(words, settings, id, site);
    audit(by, `scan ${id} of ${plan.targets.map(formatRange).slice(0, 8).join(' ')}`);
    const job = newJob(plan, now());
    this.#jobs.set(id, job);
    this.#forget();
    this.#tell(job, true);
    this.#turn = this.#turn.then(() => this.#run(job));
    return job.view;
  }

  get(id: string): ScanView | undefined {
    return this.#jobs.get(id)?.view;
  }

  running(): readonly ScanView[] {
    return [...this.#jobs.values()].map(({ view }) => view).filter(isUnderWay);
  }

  stop(id: string): boolean {
    const job = this.#jobs.get(id);
    if (job === undefined || !isUnderWay(job.view)) return false;
    job.stop.abort();
    if (job !== this.#current)
      this.#end(job, { outcome: 'interrupted', endedAt: this.#options.now() });
    return true;
  }

  /** Stops everything, and resolves when what was found is kept. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { id } of this.running()) this.stop(id);
    await this.#turn;
  }

  async #run(job: Job): Promise<void> {
    if (job.stop.signal.aborted || this.#isClosed) return;
    const { now, run, onError } = this.#options;
    this.#current = job;
    job.begunAt = now();
    try {
      const record = await run(job.plan, job.stop.signal, this.#hearer(job));
      this.#end(job, record);
    } catch (error) {
      const why = error instanceof PortolanError ? error.message : 'internal error';
      const notes = [...job.view.notes, why];
      this.#end(job, { outcome: 'partial', endedAt: now(), notes });
      onError(error);
    } finally {
      this.#current = undefined;
    }
  }

  #hearer(job: Job): ScanHearer {
    return {
      found: () => {},
      note: (text) => {
        job.view = { ...job.view, notes: [...job.view.notes, text] };
      },
      show: (state) => {
        job.view = { ...withoutLeft(job.view), ...state, ...this.#left(job, state) };
        this.#tell(job, false);
      },
    };
  }

  #left(job: Job, { done, total }: ScanProgress): { readonly left?: number } {
    const share = total === 0 ? 0 : Math.min(1, done / total);
    if (share < ENOUGH || share >= 1) return {};
    const elapsed = this.#options.now() - job.begunAt;
    return { left: Math.round((elapsed / share) * (1 - share)) };
  }

  #end(job: Job, record: Partial<ScanRecord>): void {
    job.view = { ...withoutLeft(job.view), ...record, phase: 'done', current: '' };
    this.#tell(job, true);
  }

  #tell(job: Job, isNews: boolean): void {
    const at = this.#options.now();
    if (!isNews && Math.abs(at - job.toldAt) < TELL_EVERY) return;
    job.toldAt = at;
    this.#options.publish({ type: 'scan.progress', at, scan: job.view });
  }

  #waiting(): readonly ScanView[] {
    return this.running().filter(({ phase }) => phase === 'waiting');
  }

  #forget(): void {
    for (const [id, { view }] of this.#jobs) {
      if (this.#jobs.size <= REMEMBERED) return;
      if (!isUnderWay(view)) this.#jobs.delete(id);
    }
  }
}

function newJob(plan: ScanPlan, now: number): Job {
  const view: ScanView = {
    id: plan.id,
    startedAt: now,
    targets: plan.targets.map(formatRange),
    tcpPorts: formatPorts(plan.tcp),
    udpPorts: formatPorts(plan.udp),
    pace: plan.pace,
    outcome: 'running',
    budget: NOTHING_SENT,
    notes: [],
    phase: 'waiting',
    done: 0,
    total: 0,
    devices: 0,
    services: 0,
    current: '',
  };
  return { view, plan, stop: new AbortController(), begunAt: now, toldAt: 0 };
}

function isUnderWay({ outcome }: ScanView): boolean {
  return outcome === 'running';
}

function withoutLeft({ left: _, ...rest }: ScanView): ScanView {
  return rest;
}

function tooMany(): PortolanError {
  return new PortolanError('E_USAGE', `${WAITING} scans wait for their turn already`, {
    remedy: 'Wait until some are done, or stop them: portolan scan --list',
  });
}
