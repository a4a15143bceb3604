import { z } from 'zod';
import { PortolanError } from '../../../base/errors.ts';
import type { ScanView } from '../../../model/api/daemon.ts';
import type { ScanRecord } from '../../../model/scan.ts';
import type { Service } from '../../../model/service.ts';
import { Listing } from '../../../query/listing.ts';
import { scans as resource } from '../../../query/resources/scans.ts';
import type { DaemonContext } from '../../daemon/context.ts';
import { listQuery, pageOf as page } from '../lists.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { pageOf } from '../view-schemas/common.ts';
import { scanRequest, scanView } from '../view-schemas/daemon.ts';

const TAG = 'scans';
const id = z.object({ id: z.string().max(40) });

/** Looks at the network. */
export const scans: readonly Route[] = [
  route({
    id: 'startScan',
    method: 'post',
    path: '/scans',
    scope: 'scan',
    tag: TAG,
    summary: 'Looks now; what is found is believed as it comes',
    body: scanRequest,
    answer: { kind: 'json', schema: scanView, status: 202 },
    run: async ({ context, body, caller }) => ({
      kind: 'json',
      status: 202,
      value: await context.scans.start(body, caller.who),
    }),
  }),
  route({
    id: 'listScans',
    method: 'get',
    path: '/scans',
    scope: 'read',
    tag: TAG,
    summary: 'Scans, the newest first',
    query: listQuery,
    answer: { kind: 'json', schema: pageOf(scanView) },
    run: ({ context, query }) => {
      const now = context.world.now();
      const listing = new Listing(scansOf(context), resource);
      const { version } = context.site();
      return { kind: 'json', value: page(listing, query, { version, now }) };
    },
  }),
  route({
    id: 'getScan',
    method: 'get',
    path: '/scans/{id}',
    scope: 'read',
    tag: TAG,
    summary: 'One scan, with how far it is',
    params: id,
    answer: { kind: 'json', schema: scanView },
    run: ({ context, params }) => ({ kind: 'json', value: find(context, params.id) }),
  }),
  route({
    id: 'stopScan',
    method: 'delete',
    path: '/scans/{id}',
    scope: 'scan',
    tag: TAG,
    previews: true,
    summary: 'Stops it; what was found is kept',
    params: id,
    answer: { kind: 'nothing' },
    run: ({ context, params, dryRun }) => {
      const scan = find(context, params.id);
      const isRunning = context.scans.running().some((one) => one.id === scan.id);
      if (!isRunning || (!dryRun && !context.scans.stop(scan.id))) {
        throw new PortolanError('E_NOT_FOUND', `The scan ${scan.id} is not under way here`, {
          remedy: 'See which are: portolan scan --list',
        });
      }
      return { kind: 'nothing' };
    },
  }),
];

/** Those of the store, and those of this daemon, which knows more of them. */
function scansOf(context: DaemonContext): readonly ScanView[] {
  const running = context.scans.running();
  const own = new Set(running.map((scan) => scan.id));
  const { services } = context.site().site;
  const past = context.session.store.scans().filter((record) => !own.has(record.id));
  const views = past.map((record) => context.scans.get(record.id) ?? pastView(record, services));
  return [...running, ...views];
}

/** @throws PortolanError E_NOT_FOUND */
function find(context: DaemonContext, wanted: string): ScanView {
  const text = wanted.toUpperCase();
  const running = context.scans.get(text);
  if (running !== undefined) return running;
  const record = context.session.store.scans().find((one) => one.id === text);
  if (record !== undefined) return pastView(record, context.site().site.services);
  throw new PortolanError('E_NOT_FOUND', `There is no scan "${wanted}"`, {
    remedy: 'List them: portolan scan --list',
  });
}

/** A scan of another process, or of a former run. */
function pastView(record: ScanRecord, services: readonly Service[]): ScanView {
  const { startedAt, endedAt = Number.MAX_SAFE_INTEGER, budget, outcome } = record;
  // Which scan saw a port is not kept: these were known when it ended, and seen since it began.
  const seen = services.filter(
    ({ sources, firstSeen, lastSeen }) =>
      sources.includes('active') && firstSeen <= endedAt && lastSeen >= startedAt,
  );
  return {
    ...record,
    phase: outcome === 'running' ? 'elsewhere' : 'done',
    done: budget.devices,
    total: budget.devices,
    devices: budget.devices,
    services: seen.length,
    current: '',
  };
}
