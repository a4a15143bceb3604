import { z } from 'zod';
import type { Known } from '../../../alerts/book.ts';
import { scopeOf, wouldHide } from '../../../alerts/expect.ts';
import { expectedText } from '../../../alerts/expected-text.ts';
import type { Act } from '../../../alerts/gather.ts';
import { PortolanError } from '../../../base/errors.ts';
import { shortId } from '../../../base/id.ts';
import type { Alert, Expectation } from '../../../model/alert.ts';
import type {
  AlertAct,
  AlertView,
  ExpectPreview,
  ExpectRequest,
} from '../../../model/api/alerts.ts';
import { capturesFor, hasPackets, MOST_PACKETS, packetsOf } from '../../alerts/packets.ts';
import { subjectOfAlert } from '../../alerts/subject.ts';
import type { DaemonContext } from '../../daemon/context.ts';
import { changesOf, viewsOf } from '../kept-views.ts';
import { listQuery, pageOf as page } from '../lists.ts';
import type { Answer, Call, Route } from '../route.ts';
import { route } from '../route.ts';
import {
  alertAct,
  alertItem as alertItemSchema,
  alertView as alertSchema,
  expectationView as expectationSchema,
  expectPreview,
  expectRequest,
} from '../view-schemas/alerts.ts';
import { pageOf } from '../view-schemas/common.ts';
import { alertItem } from '../views/alert-items.ts';
import { alertView, expectationView } from '../views/alert-view.ts';

const TAG = 'alerts';
const DAY = 86_400_000;
/** Milliseconds before and after an alert that its timeline has. */
const AROUND = 600_000;
/** Conversations in a timeline, before they are put together. */
const FLOWS = 2000;
/** Milliseconds of a snooze that says no end. */
const USUAL_SNOOZE = 8 * 3_600_000;
/** Alerts that a preview names; all are counted. */
const PREVIEWED = 20;

const id = z.object({ id: z.string().max(40) });

/** What happened, and what people said to it. */
export const alerts: readonly Route[] = [
  route({
    id: 'listAlerts',
    method: 'get',
    path: '/alerts',
    scope: 'read',
    tag: TAG,
    summary: 'Alerts, the newest first',
    query: listQuery,
    answer: { kind: 'json', schema: pageOf(alertItemSchema) },
    run: ({ context, query }) => {
      const { views, version } = viewsOf(context);
      const now = context.world.now();
      return { kind: 'json', value: page(views.alerts, query, { version, now }) };
    },
  }),
  route({
    id: 'getAlert',
    method: 'get',
    path: '/alerts/{id}',
    scope: 'read',
    tag: TAG,
    summary: 'One alert: who did what to whom, how unusual, proof, what to do',
    params: id,
    answer: { kind: 'json', schema: alertSchema },
    run: async ({ context, params }) => ({
      kind: 'json',
      value: await viewOf(context, find(context, params.id).alert),
    }),
  }),
  acting('ack', 'It was seen: nobody is told again unless it gets worse', (_, { note = '' }) => ({
    kind: 'acknowledged',
    note,
  })),
  acting('resolve', 'It is over', (_, { note = '' }) => ({ kind: 'resolved', note })),
  acting('reopen', 'It is not over after all', (_, { note = '' }) => ({ kind: 'reopened', note })),
  acting('snooze', 'Not now', (now, { note = '', until = now + USUAL_SNOOZE }) => ({
    kind: 'snoozed',
    until,
    note,
  })),
  route({
    id: 'expectAlert',
    method: 'post',
    path: '/alerts/{id}/expect',
    scope: 'triage',
    tag: TAG,
    previews: true,
    summary: 'It is right so, and will be; with dry_run only what that would have hidden',
    params: id,
    body: expectRequest,
    answer: { kind: 'json', schema: expectPreview },
    run: ({ context, params, body, dryRun, caller }) => {
      const { alert } = find(context, params.id);
      const expectation = expectationOf(context, alert, body, caller.who);
      const value = previewOf(context, expectation);
      if (!dryRun) context.alerts.expect(expectation);
      return { kind: 'json', value };
    },
  }),
  route({
    id: 'listExpectations',
    method: 'get',
    path: '/expectations',
    scope: 'read',
    tag: TAG,
    summary: 'What was taught to be right',
    answer: { kind: 'json', schema: z.array(expectationSchema) },
    run: ({ context }) => {
      const { facts } = viewsOf(context).views;
      const all = [...context.alerts.book.expectations()];
      return { kind: 'json', value: all.map((one) => expectationView(facts, one)) };
    },
  }),
  route({
    id: 'withdrawExpectation',
    method: 'delete',
    path: '/expectations/{id}',
    scope: 'triage',
    tag: TAG,
    summary: 'It is expected no more',
    params: id,
    answer: { kind: 'nothing' },
    run: ({ context, params, caller }) => {
      const wanted = params.id.toUpperCase();
      if (context.alerts.book.expectation(wanted) === undefined) {
        throw new PortolanError('E_NOT_FOUND', `There is no expectation "${params.id}"`, {
          remedy: 'List them: portolan alerts expectations',
        });
      }
      context.alerts.withdraw(wanted, context.world.now(), caller.who);
      return { kind: 'nothing' };
    },
  }),
  route({
    id: 'getAlertPackets',
    method: 'get',
    path: '/alerts/{id}/evidence.pcapng',
    // What people said in the clear is in them.
    scope: 'triage',
    tag: TAG,
    summary: 'Its packets, each with a comment that names it, where a capture has them',
    params: id,
    answer: { kind: 'media', media: 'application/x-pcapng' },
    run: async ({ context, params, signal }) => {
      const { alert } = find(context, params.id);
      const body = await packetsOf(alert, viewsOf(context).views.facts.names, {
        from: capturesFor(context.session.store.location, alert),
        application: `portolan ${context.version}`,
        most: MOST_PACKETS,
        signal,
      });
      if (body === undefined) throw noPackets(alert);
      return { kind: 'media', body, media: 'application/x-pcapng', file: `${alert.id}.pcapng` };
    },
  }),
];

function acting(
  verb: 'ack' | 'resolve' | 'reopen' | 'snooze',
  summary: string,
  actOf: (now: number, said: AlertAct) => Act,
): Route {
  return route({
    id: `${verb}Alert`,
    method: 'post',
    path: `/alerts/{id}/${verb}`,
    scope: 'triage',
    tag: TAG,
    previews: true,
    summary,
    params: id,
    body: alertAct.optional(),
    answer: { kind: 'json', schema: alertItemSchema },
    run: ({
      context,
      params,
      body,
      caller,
      dryRun,
    }: Call<{ id: string }, never, AlertAct | undefined>): Answer => {
      const { alert } = find(context, params.id);
      const now = context.world.now();
      if (!dryRun) context.alerts.act(alert.id, actOf(now, body ?? {}), now, caller.who);
      const after = find(context, alert.id).alert;
      return { kind: 'json', value: alertItem(viewsOf(context).views.facts, after) };
    },
  });
}

/** @throws PortolanError E_NOT_FOUND */
function find({ alerts: { book } }: DaemonContext, wanted: string): Known {
  const text = wanted.toUpperCase();
  const known = book.get(text) ?? book.get(`PTL-A-${text}`);
  if (known !== undefined) return known;
  throw new PortolanError('E_NOT_FOUND', `There is no alert "${wanted}"`, {
    remedy: 'List them: portolan alerts list --state all',
  });
}

async function viewOf(context: DaemonContext, alert: Alert): Promise<AlertView> {
  const { store } = context.session;
  const { book } = context.alerts;
  const [from, until] = [alert.first.at - AROUND, alert.last.at + AROUND];
  const changes = await changesOf(context, from);
  const { facts } = viewsOf(context).views;
  const { addresses } = subjectOfAlert(alert.last, facts.names);
  const own = new Set(alert.last.devices.map((key) => facts.namedBy(key).id));
  const flows = addresses
    .slice(0, 4)
    .flatMap((address) => [...store.flows({ address, since: from, limit: FLOWS })])
    .filter(({ firstSeen }) => firstSeen <= until);
  return alertView(facts, {
    alert,
    incident: book.incident(alert.incident).map((known) => known.alert),
    log: [...store.alerts(alert.id)],
    flows,
    changes: changes.filter(({ at, device }) => at <= until && own.has(device?.id ?? '')),
    hasPackets: await hasPackets(alert, facts.names, store.location),
  });
}

function expectationOf(
  context: DaemonContext,
  alert: Alert,
  { type, peer, port, days, note = '' }: ExpectRequest,
  by: string,
): Expectation {
  const at = context.world.now();
  const scope = scopeOf(alert, { type, device: true, peer, port });
  return {
    id: shortId('E', `${JSON.stringify(scope)} ${at}`),
    at,
    ...scope,
    ...(days === undefined ? {} : { until: at + days * DAY }),
    by,
    note,
  };
}

function previewOf(context: DaemonContext, expectation: Expectation): ExpectPreview {
  const { facts } = viewsOf(context).views;
  const hidden = wouldHide(expectation, facts.alerts);
  return {
    sentence: expectedText(expectation, facts.names),
    hides: hidden.length,
    alerts: hidden.slice(0, PREVIEWED).map((alert) => alertItem(facts, alert)),
  };
}

function noPackets({ id: alert }: Alert): PortolanError {
  return new PortolanError('E_NOT_FOUND', `No capture has packets of ${alert}`, {
    remedy: `Cut them out of a capture: portolan alerts show ${alert} --from CAPTURE --pcap ${alert}.pcapng`,
  });
}
