import { setMaxListeners } from 'node:events';
import { formatPorts, portCount } from '../../base/port-set.ts';
import type { ScanRecord } from '../../model/scan.ts';
import { Checkpoint } from './checkpoint.ts';
import type { Device } from './device-scan.ts';
import { DeviceScan } from './device-scan.ts';
import { otherAddresses } from './one-each.ts';
import { Budget } from './pace.ts';
import { formatRange } from './ranges.ts';
import type { Counters, DiscoverResult, Job, ScanContext } from './scan-job.ts';
import type { ScanPlan, ScanProgress, ScanSink } from './scan-types.ts';
import { Sockets } from './sockets.ts';

/** Devices that are asked at once: each is asked slowly, and all share one budget. */
const DEVICES = 128;
/** Milliseconds between two checkpoints. */
const CHECKPOINT = 1000;
/** Milliseconds between two reports of progress. */
const PROGRESS = 250;
/** Sentences that a record keeps: a scan of a /16 must not write a book. */
const NOTES_CAP = 200;

/**
 * Finds who is there, asks each what it speaks, and says what it cost. Evidence leaves as it is
 * found: an abort loses nothing, and ends this within a second.
 */
export async function scan(
  plan: ScanPlan,
  sink: ScanSink,
  context: ScanContext,
): Promise<ScanRecord> {
  const startedAt = context.now();
  // Everybody who waits listens to it, and there are more of them than the ten that Node expects.
  setMaxListeners(0, context.signal);
  const notes = new Set<string>();
  const note = (text: string): void => {
    if (notes.has(text) || notes.size >= NOTES_CAP) return;
    notes.add(text);
    sink.note(text);
  };
  const counters: Counters = {
    done: 0,
    total: 0,
    devices: 0,
    services: 0,
    current: '',
    unasked: 0,
  };
  const budget = new Budget(plan.pace, context.clock, context.gate);
  const sockets = new Sockets(context.signal);
  const checkpoint = new Checkpoint(plan.resume);
  const job: Job = { plan, sink, context, budget, sockets, checkpoint, counters, note };
  const reporter = new Reporter(job);
  try {
    await run(job, reporter);
  } finally {
    reporter.end();
    sockets.end();
  }
  const isAborted = context.signal.aborted;
  const finished = counters.unasked > 0 ? 'partial' : 'complete';
  return {
    id: plan.id,
    startedAt,
    ...(isAborted ? {} : { endedAt: context.now() }),
    targets: plan.targets.map(formatRange),
    tcpPorts: formatPorts(plan.tcp),
    udpPorts: formatPorts(plan.udp),
    pace: plan.pace,
    outcome: isAborted ? 'interrupted' : finished,
    ...(plan.scope.authorisation === undefined ? {} : { authorisation: plan.scope.authorisation }),
    budget: budget.spent(),
    notes: [...notes],
  };
}

async function run(job: Job, reporter: Reporter): Promise<void> {
  const { plan, context, counters } = job;
  const found = await discover(job, reporter);
  if (plan.discoverOnly || context.signal.aborted) return;
  reporter.phase = 'ports';
  const perDevice = portCount(plan.tcp) + portCount(plan.udp);
  counters.total = counters.done + (found.size - otherAddresses(found).size) * perDevice;
  const queue = devices(job, found);
  const work = async (): Promise<void> => {
    for (const device of queue) {
      if (context.signal.aborted) return;
      if (!device.isSeen && !found.has(device.address)) counters.total += perDevice;
      await askOne(device, job);
    }
  };
  await Promise.all(Array.from({ length: DEVICES }, work));
}

/** Whoever was cut short, by an abort or by its own distress, is not finished: `--resume` goes on there. */
async function askOne(device: Device, job: Job): Promise<void> {
  const isDone = await new DeviceScan(device, job).run();
  if (isDone && !job.context.signal.aborted) job.checkpoint.finish(device.address);
}

type Found = DiscoverResult['found'];

async function discover(job: Job, reporter: Reporter): Promise<Found> {
  const { plan, sink, context, budget, counters } = job;
  if (plan.assumeUp) return new Map();
  const { found, packets } = await context.discover(
    (evidence) => sink.evidence(evidence),
    (asked, total) => {
      counters.done = asked;
      counters.total = total;
      reporter.tick();
    },
  );
  budget.add(packets);
  counters.devices = [...found.values()].filter(({ targeted }) => targeted).length;
  counters.done = 0;
  return found;
}

/** Each device once; those that a former run finished, and those outside the scope, not at all. */
function* devices(job: Job, found: Found): Generator<Device> {
  const { plan, context } = job;
  if (plan.assumeUp) {
    for (const address of context.addresses()) {
      if (isAsked(address, job)) yield { address, isSeen: false };
    }
    return;
  }
  const others = otherAddresses(found);
  for (const [address, { mac, targeted }] of found) {
    if (!targeted || others.has(address) || !isAsked(address, job)) continue;
    yield { address, isSeen: true, ...(mac === undefined ? {} : { mac }) };
  }
}

function isAsked(address: string, { plan, checkpoint, sink, note }: Job): boolean {
  if (!plan.scope.allows(address) || checkpoint.isFinished(address)) return false;
  const why = sink.leaveAlone?.(address);
  if (why !== undefined) {
    note(`${address} was left alone: ${why}`);
    return false;
  }
  const zone = address.split('%', 2)[1];
  const { zones = [] } = plan;
  return zone === undefined || zones.length === 0 || zones.includes(zone);
}

/** Tells the caller how far the scan is, at most so often. */
class Reporter {
  readonly #job: Job;
  readonly #timer: NodeJS.Timeout;
  phase: ScanProgress['phase'] = 'discover';
  #saved = Number.NEGATIVE_INFINITY;
  #told = Number.NEGATIVE_INFINITY;

  constructor(job: Job) {
    this.#job = job;
    this.#timer = setInterval(() => this.tick(), PROGRESS);
  }

  tick(): void {
    const now = performance.now();
    if (now - this.#told >= PROGRESS) {
      this.#told = now;
      this.#tell();
    }
    if (now - this.#saved >= CHECKPOINT) {
      this.#saved = now;
      this.#job.sink.checkpoint(this.#job.checkpoint.text());
    }
  }

  end(): void {
    clearInterval(this.#timer);
    if (!this.#job.context.signal.aborted) this.phase = 'done';
    this.#tell();
    this.#job.sink.checkpoint(this.#job.checkpoint.text());
  }

  #tell(): void {
    const { done, total, devices: count, services, current } = this.#job.counters;
    this.#job.sink.progress({
      phase: this.phase,
      done: Math.min(done, Math.max(total, done)),
      total: Math.max(total, done),
      devices: count,
      services,
      current,
    });
  }
}
