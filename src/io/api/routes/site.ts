import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PortolanError } from '../../../base/errors.ts';
import { usualProtocols } from '../../../engine.ts';
import type { DeviceItem, DeviceView } from '../../../model/api/site.ts';
import { protocols } from '../../../protocols/index.ts';
import { Listing } from '../../../query/listing.ts';
import { changelog } from '../../../query/resources/changelog.ts';
import type { Believed, DaemonContext } from '../../daemon/context.ts';
import { findDevice } from '../../site/session.ts';
import { editDevice } from '../device-edit.ts';
import { keptSums } from '../kept-sums.ts';
import { changesOf, viewsOf } from '../kept-views.ts';
import { filterText, listQuery, momentText, pageOf as page, sinceOf } from '../lists.ts';
import type { Refusal } from '../refusal.ts';
import { changedBetween } from '../refusal.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { pageOf } from '../view-schemas/common.ts';
import {
  changeEvent,
  deviceEdit,
  deviceItem,
  deviceView as deviceSchema,
  evidenceView as evidenceSchema,
  findingItem,
  ledgerItem,
  matrixView as matrixSchema,
  overviewView,
  serviceItem,
} from '../view-schemas/site.ts';
import { deviceView } from '../views/device-view.ts';
import { evidenceView } from '../views/evidence-view.ts';
import { matrixView } from '../views/matrix.ts';
import { overview } from '../views/overview.ts';
import { deskOf } from './changes.ts';

const TAG = 'site';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Conversations, by service, from which the busiest devices are told. */
const TALKS = 2000;
/** How far back the history of a device goes, and how long it is. */
const HISTORY = 365 * DAY;
const HISTORY_ENTRIES = 200;

const id = z.object({ id: z.string().max(300) });
const usual = usualProtocols(protocols);

/** What is believed: devices, their ports, what is wrong, what changed. */
export const site: readonly Route[] = [
  route({
    id: 'getOverview',
    method: 'get',
    path: '/overview',
    scope: 'read',
    tag: TAG,
    summary: 'What needs somebody, and what changed',
    answer: { kind: 'json', schema: overviewView },
    run: async ({ context }) => {
      const now = context.world.now();
      const sums = keptSums(context);
      const [changes, hours, talks] = await Promise.all([
        changesOf(context, now - 7 * DAY),
        sums.hours(now - DAY, now),
        sums.talks({ since: now - DAY, limit: TALKS }, now),
      ]);
      const value = overview(viewsOf(context).views.facts, {
        status: context.status(),
        waiting: deskOf(context).waiting(),
        changes,
        hours,
        talks,
      });
      return { kind: 'json', value };
    },
  }),
  route({
    id: 'listDevices',
    method: 'get',
    path: '/devices',
    scope: 'read',
    tag: TAG,
    summary: 'Devices',
    query: listQuery,
    answer: { kind: 'json', schema: pageOf(deviceItem) },
    run: ({ context, query }) => {
      const { views, version } = viewsOf(context);
      return { kind: 'json', value: page(views.devices, query, { version, now: nowOf(context) }) };
    },
  }),
  route({
    id: 'getDevice',
    method: 'get',
    path: '/devices/{id}',
    scope: 'read',
    tag: TAG,
    summary: 'One device with everything that is known of it',
    params: id,
    answer: { kind: 'json', schema: deviceSchema },
    run: async ({ context, params }) => {
      const view = await deviceOf(context, params.id);
      return { kind: 'json', value: view, etag: versionOf(view) };
    },
  }),
  route({
    id: 'editDevice',
    method: 'patch',
    path: '/devices/{id}',
    scope: 'triage',
    needsMatch: true,
    tag: TAG,
    previews: true,
    summary: 'A word on what a device is; null takes it back',
    params: id,
    body: deviceEdit,
    answer: { kind: 'json', schema: deviceSchema },
    run: async ({ context, params, body, ifMatch, caller, dryRun }) => {
      const before = await deviceOf(context, params.id);
      const version = versionOf(before);
      if (ifMatch !== '*' && ifMatch !== version) throw changedMeanwhile(before, version);
      const device = findDevice(context.site().site, before.id);
      if (!dryRun) editDevice(context, device, body, caller.who);
      const after = await deviceOf(context, before.id, await freshlyBelieved(context));
      return { kind: 'json', value: after, etag: versionOf(after) };
    },
  }),
  route({
    id: 'listServices',
    method: 'get',
    path: '/services',
    scope: 'read',
    tag: TAG,
    summary: 'Ports that answer, with the protocol really spoken',
    query: listQuery,
    answer: { kind: 'json', schema: pageOf(serviceItem) },
    run: ({ context, query }) => {
      const { views, version } = viewsOf(context);
      return { kind: 'json', value: page(views.services, query, { version, now: nowOf(context) }) };
    },
  }),
  route({
    id: 'listLedger',
    method: 'get',
    path: '/ledger',
    scope: 'read',
    tag: TAG,
    summary: 'Each port of each device: open, used, needed, allowed',
    query: listQuery,
    answer: { kind: 'json', schema: pageOf(ledgerItem) },
    run: ({ context, query }) => {
      const { views, version } = viewsOf(context);
      return { kind: 'json', value: page(views.ledger, query, { version, now: nowOf(context) }) };
    },
  }),
  route({
    id: 'listFindings',
    method: 'get',
    path: '/findings',
    scope: 'read',
    tag: TAG,
    summary: 'States that are bad, with proof and remedy',
    query: listQuery,
    answer: { kind: 'json', schema: pageOf(findingItem) },
    run: ({ context, query }) => {
      const { views, version } = viewsOf(context);
      return { kind: 'json', value: page(views.findings, query, { version, now: nowOf(context) }) };
    },
  }),
  route({
    id: 'getMatrix',
    method: 'get',
    path: '/matrix',
    scope: 'read',
    tag: TAG,
    summary: 'Devices × ports, with the four answers in each cell',
    query: z.object({
      filter: filterText,
      sort: z.string().max(64).optional(),
      offset: z.coerce.number().int().min(0).max(1_000_000).optional(),
      limit: z.coerce.number().int().min(1).max(500).optional(),
      unused: z.enum(['true', 'false']).optional(),
    }),
    answer: { kind: 'json', schema: matrixSchema },
    run: ({ context, query }) => {
      const { views } = viewsOf(context);
      const { filter = '', sort, offset = 0, limit = 100, unused = 'false' } = query;
      const devices = inOrder(views.devices.filtered(filter, nowOf(context), sort ?? 'name'), sort);
      const request = { offset, limit, unused: unused === 'true', usual };
      return { kind: 'json', value: matrixView(views.facts, devices, request) };
    },
  }),
  route({
    id: 'getEvidence',
    method: 'get',
    path: '/evidence/{id}',
    scope: 'read',
    tag: TAG,
    summary: 'One thing that was observed or said, with its bytes',
    params: z.object({ id: z.coerce.number().int().min(1) }),
    answer: { kind: 'json', schema: evidenceSchema },
    run: ({ context, params }) => {
      const after = params.id - 1;
      const [found] = context.session.store.evidence({ after, until: params.id });
      if (found === undefined) {
        throw new PortolanError('E_NOT_FOUND', `There is no evidence ${params.id}`, {
          remedy: 'Findings and attributes name theirs: portolan devices show ID --evidence',
        });
      }
      return { kind: 'json', value: evidenceView(found) };
    },
  }),
  route({
    id: 'listChangelog',
    method: 'get',
    path: '/changelog',
    scope: 'read',
    tag: TAG,
    summary: 'What came, went or became something else',
    query: listQuery.extend({ since: momentText }),
    answer: { kind: 'json', schema: pageOf(changeEvent) },
    run: async ({ context, query }) => {
      const now = nowOf(context);
      const events = await changesOf(context, sinceOf(query.since, '7d', now));
      const { version } = viewsOf(context);
      const listing = new Listing(events, changelog);
      return { kind: 'json', value: page(listing, query, { version, now }) };
    },
  }),
];

/** Where nothing is said, zone by zone; the names within each are in order already. */
function inOrder(devices: readonly DeviceItem[], sort: string | undefined): readonly DeviceItem[] {
  if (sort !== undefined) return devices;
  return devices.toSorted((a, b) => Number(a.zone > b.zone) - Number(a.zone < b.zone));
}

function nowOf({ world }: DaemonContext): number {
  return world.now();
}

/** @throws PortolanError E_NOT_FOUND */
async function deviceOf(
  context: DaemonContext,
  wanted: string,
  believed: Believed = context.site(),
): Promise<DeviceView> {
  const changes = await changesOf(context, context.world.now() - HISTORY, believed);
  const { facts } = viewsOf(context, believed).views;
  const device = findDevice(facts.site, wanted);
  const history = changes.filter((event) => event.device?.id === device.id);
  return deviceView(facts, device, history.slice(0, HISTORY_ENTRIES));
}

/** With what was just said. */
async function freshlyBelieved(context: DaemonContext): Promise<Believed> {
  const settled = await context.settled?.();
  return settled ?? { site: context.session.site(), version: context.site().version };
}

/** Of what a person can say: that it was seen again a moment ago is no edit of somebody else's. */
function versionOf({ id: device, attributes, name, robustness, category }: DeviceView): string {
  const said = attributes.filter(({ locked }) => locked);
  return createHash('sha256')
    .update(JSON.stringify([device, name, category, robustness, said]))
    .digest('base64url')
    .slice(0, 20);
}

function changedMeanwhile(view: DeviceView, version: string): Refusal {
  const lines = view.attributes
    .filter(({ locked }) => locked)
    .map(({ name, value }) => `  ${name}: ${value}`);
  return changedBetween(`${view.id} was changed by somebody else meanwhile`, {
    version,
    difference: [`  name: ${view.name}`, ...lines, `  treated as: ${view.robustness}`].join('\n'),
  });
}
