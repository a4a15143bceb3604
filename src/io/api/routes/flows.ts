import { z } from 'zod';
import { findDevice } from '../../site/session.ts';
import { denies } from '../denied.ts';
import { flowPage } from '../flow-list.ts';
import { keptSums } from '../kept-sums.ts';
import { viewsOf } from '../kept-views.ts';
import { listQuery, momentText, sinceOf } from '../lists.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { pageOf } from '../view-schemas/common.ts';
import { flowItem, lane, pictureView, zoneMatrixView } from '../view-schemas/flows.ts';
import { lanesOf } from '../views/lanes.ts';
import { flowPicture } from '../views/picture.ts';
import { zoneMatrix } from '../views/zone-matrix.ts';

const TAG = 'flows';
const WEEK = 604_800_000;
/** Who with whom by service, of which a matrix is made: those with most octets. */
const MATRIX_TALKS = 20_000;
const PICTURE_TALKS = 5000;
/** Conversations of one device that its lanes show: the newest. */
const LANE_FLOWS = 20_000;

/** Who talked to whom. */
export const flows: readonly Route[] = [
  route({
    id: 'listFlows',
    method: 'get',
    path: '/flows',
    scope: 'read',
    tag: TAG,
    summary: 'Conversations, newest first',
    query: listQuery.extend({ since: momentText }),
    answer: { kind: 'json', schema: pageOf(flowItem) },
    run: ({ context, query: { since, ...words } }) => {
      const { views, version } = viewsOf(context);
      const now = context.world.now();
      const from = since === undefined ? {} : { since: sinceOf(since, since, now) };
      const options = { now, version, ...from };
      return {
        kind: 'json',
        value: flowPage(views.facts, context.session.store, words, options),
      };
    },
  }),
  route({
    id: 'getZoneMatrix',
    method: 'get',
    path: '/zones/matrix',
    scope: 'read',
    tag: TAG,
    summary: 'Who talks to whom, by zone',
    query: z.object({ since: momentText }),
    answer: { kind: 'json', schema: zoneMatrixView },
    run: async ({ context, query }) => {
      const now = context.world.now();
      const since = sinceOf(query.since, '14d', now);
      const isDenied = await denies(context);
      const wanted = { since, from: now - WEEK, limit: MATRIX_TALKS };
      const talks = await keptSums(context).talks(wanted, now);
      const { facts } = viewsOf(context).views;
      return { kind: 'json', value: zoneMatrix(facts, talks, since, isDenied) };
    },
  }),
  route({
    id: 'getFlowPicture',
    method: 'get',
    path: '/flows/picture',
    scope: 'read',
    tag: TAG,
    summary: 'Who talks to whom, as a picture of at most 60 nodes at places that stay',
    query: z.object({ since: momentText }),
    answer: { kind: 'json', schema: pictureView },
    run: async ({ context, query }) => {
      const now = context.world.now();
      const since = sinceOf(query.since, '14d', now);
      const talks = await keptSums(context).talks({ since, limit: PICTURE_TALKS }, now);
      return { kind: 'json', value: flowPicture(viewsOf(context).views.facts, talks) };
    },
  }),
  route({
    id: 'listLanes',
    method: 'get',
    path: '/devices/{id}/lanes',
    scope: 'read',
    tag: TAG,
    summary: 'Conversations of a device in time, a lane for each service and peer',
    params: z.object({ id: z.string().max(300) }),
    query: z.object({ since: momentText }),
    answer: { kind: 'json', schema: z.array(lane) },
    run: ({ context, params, query }) => {
      const until = context.world.now();
      const since = sinceOf(query.since, '24h', until);
      const { facts } = viewsOf(context).views;
      const { addresses } = findDevice(facts.site, params.id);
      const { store } = context.session;
      const own = addresses.flatMap((address) => [
        ...store.flows({ address, since, limit: LANE_FLOWS }),
      ]);
      return { kind: 'json', value: lanesOf(facts, new Set(addresses), own, { since, until }) };
    },
  }),
];
