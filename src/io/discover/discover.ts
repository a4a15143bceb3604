import { parseAddress } from '../../base/address.ts';
import { crowds, withExclusions } from './crowd.ts';
import type { DiscoverContext, DiscoverPlan, Discovery, Emit } from './discover-types.ts';
import { echoAllNodes, pokeDerived } from './echo-all.ts';
import type { Link } from './interfaces.ts';
import { ownAddress } from './interfaces.ts';
import type { Job } from './job.ts';
import { askLoopback } from './loopback.ts';
import { readNeighbours } from './neighbour-table.ts';
import { Pacer } from './pacer.ts';
import { askStations } from './profinet.ts';
import { Recorder } from './recorder.ts';
import { askRouted } from './routed.ts';
import type { SearchResult } from './search.ts';
import { searchLinks } from './search.ts';
import { judge, sweep } from './sweep.ts';
import type { Way } from './targets.ts';
import { countTargets, isSwept, targetsOf } from './targets.ts';

const NO_RESULT: SearchResult = { outsideScope: 0, flooded: 0 };

/**
 * Finds who is there, without any right, by all ways at once: the neighbour table, echo to all
 * IPv6 nodes, searches by multicast and broadcast, connections where none of these reaches. All
 * share one pace, and nothing leaves without the scope's leave.
 *
 * Evidence is emitted as it is found; an abort returns what was found until then.
 */
export async function discover(
  plan: DiscoverPlan,
  emit: Emit,
  context: DiscoverContext,
): Promise<Discovery> {
  const recorder = new Recorder(plan, context, emit);
  const pacer = new Pacer(plan.packetsPerSecond, context.gate);
  const before = await readNeighbours(context.signal);
  if (before === undefined)
    context.note('The neighbour table cannot be read: asking by TCP instead');
  const total = countTargets(plan.targets);
  let asked = 0;
  const job: Job = {
    plan,
    context,
    pacer,
    recorder,
    before: before ?? new Map(),
    asked: () => {
      asked += 1;
      context.progress?.(asked, total);
    },
  };
  const result = await unlessAborted(run(job, before !== undefined), context.signal);
  return {
    found: recorder.result(),
    packets: pacer.packets,
    ...(result ?? NO_RESULT),
    interrupted: result === undefined,
  };
}

async function run(job: Job, hasTable: boolean): Promise<SearchResult> {
  const { plan, context, recorder } = job;
  recordOwn(job);
  const links = crowds(plan, context.links);
  const quiet = withExclusions(plan, links, context);
  const loud = links.filter(({ family, name }) => family === 6 && !quiet.has(name));
  noteUnswept(job, loud.length > 0);
  const near = addresses(job, 'on-link');
  const [searched] = await whole([
    searchLinks(links, quiet, job),
    askStations(links, quiet, job),
    hasTable ? askNear(near, loud, job) : askRouted(near, job),
    askRouted(addresses(job, 'routed'), job),
    askLoopback([...addresses(job, 'loopback')], job),
  ]);
  // A MAC for whoever was found in another way, and whoever turned up in the table meanwhile.
  for (const [address, entry] of (await readNeighbours(context.signal)) ?? []) {
    if (entry.mac === undefined || recorder.hasMac(address)) continue;
    const isNew = judge(job.before.get(address), entry, false) === 'yes';
    // Whoever is in the table for our own sake, as the router is, was not asked for.
    const isThere = isNew && recorder.isTargeted(address);
    if (isThere || recorder.has(address)) {
      recorder.present(address, 'neighbour', { mac: entry.mac });
    }
  }
  return searched;
}

async function askNear(near: Iterable<string>, loud: readonly Link[], job: Job): Promise<void> {
  const [, heard] = await whole([sweep(near, job), echoAllNodes(loud, job)]);
  if (!heard) await pokeDerived(loud, job);
}

/** Waits for all, also where one fails: none may go on sending after this has returned. */
async function whole<const Work extends readonly Promise<unknown>[]>(work: Work) {
  await Promise.allSettled(work);
  return Promise.all(work);
}

function* addresses(job: Job, wanted: Way): Generator<string> {
  for (const { address, way } of targetsOf(job.plan.targets, job.context.links)) {
    if (way !== wanted) continue;
    if (job.plan.scope.allows(address)) yield address;
    else job.asked();
  }
}

/** This machine is a device of the network like any other; no packet is needed to know that. */
function recordOwn(job: Job): void {
  for (const link of job.context.links) {
    const address = ownAddress(link);
    if (link.loopback || !isTarget(job, link.address)) continue;
    const mac = link.resolves ? link.mac : undefined;
    job.recorder.present(address, 'neighbour', { mac, own: true });
    const subject = mac === undefined ? { address } : { address, mac };
    job.recorder.say(subject, 'proved', job.context.machine ?? []);
    job.asked();
  }
}

function isTarget(job: Job, text: string): boolean {
  const address = parseAddress(text);
  return job.plan.targets.some(
    (range) =>
      range.family === address?.family && range.from <= address.value && address.value <= range.to,
  );
}

function noteUnswept(job: Job, echoes: boolean): void {
  if (echoes || job.plan.targets.every(isSwept)) return;
  job.context.note(
    'An IPv6 range is too large to try every address, and no link of this machine lies in it: only addresses named one by one are asked',
  );
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
