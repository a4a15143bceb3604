import { z } from 'zod';
import { PortolanError } from '../../../base/errors.ts';
import { closest } from '../../../base/suggest.ts';
import type { ChannelView, SettingsView } from '../../../model/api/daemon.ts';
import type { CompletionView } from '../../../model/api/query.ts';
import type { DaemonContext } from '../../daemon/context.ts';
import { Deliverer } from '../../deliver/deliverer.ts';
import type { Outcome } from '../../deliver/outcome.ts';
import type { OutboxEntry } from '../../store/outbox.ts';
import { completionOf, RESOURCES } from '../completion.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { channelTest, completionView, settingsView } from '../view-schemas/daemon.ts';

const TAG = 'daemon';
/** Notices of one channel of which its state is told: the newest. */
const NOTICES = 50;

/** How this daemon is set up, and what may be typed into a filter. */
export const settings: readonly Route[] = [
  route({
    id: 'getSettings',
    method: 'get',
    path: '/settings',
    scope: 'read',
    tag: TAG,
    summary: 'Settings with their origin, channels, schedules',
    answer: { kind: 'json', schema: settingsView },
    run: ({ context }) => ({ kind: 'json', value: settingsOf(context) }),
  }),
  route({
    id: 'testChannel',
    method: 'post',
    path: '/channels/{id}/test',
    scope: 'admin',
    tag: TAG,
    previews: true,
    summary: 'Sends a test message now',
    params: z.object({ id: z.string().max(40) }),
    body: z.strictObject({}).optional(),
    answer: { kind: 'json', schema: channelTest },
    run: async ({ context, params, dryRun }) => {
      const channel = find(context, params.id);
      if (dryRun) return { kind: 'json', value: { ok: true, text: 'nothing was sent' } };
      const { config, version, world, session } = context;
      const deliverer = new Deliverer(session.store, {
        settings: config.settings,
        version,
        now: () => world.now(),
      });
      return { kind: 'json', value: testText(await deliverer.test(channel)) };
    },
  }),
  route({
    id: 'completeFilter',
    method: 'get',
    path: '/query/complete',
    scope: 'read',
    tag: TAG,
    summary: 'What may come next in a filter, and whether it is right so far',
    query: z.object({ resource: z.enum(RESOURCES), text: z.string().max(4000) }),
    answer: { kind: 'json', schema: completionView },
    run: ({ context, query }) => {
      const value: CompletionView = completionOf(context, query.resource, query.text);
      return { kind: 'json', value };
    },
  }),
];

function settingsOf(context: DaemonContext): SettingsView {
  const { config } = context;
  return {
    file: config.files.join(', '),
    entries: Object.entries(config.settings).map(([key, value]) => ({
      key,
      // Of a channel the address may be a secret by itself: a webhook's is.
      value: key === 'channels' ? typesOf(config.settings.channels) : JSON.stringify(value),
      origin: config.origins[key] ?? 'default',
    })),
    channels: channelsOf(context),
    schedules: context.schedules?.() ?? [],
  };
}

function typesOf(channels: Readonly<Record<string, { readonly type: string }>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(channels).map(([name, { type }]) => [name, type])),
  );
}

function channelsOf({ config, session }: DaemonContext): readonly ChannelView[] {
  const counts = session.store.outbox.counts();
  return Object.entries(config.settings.channels).map(([id, { type }]) => {
    const of = (state: string): number =>
      counts.find((one) => one.channel === id && one.state === state)?.count ?? 0;
    const newest = session.store.outbox.list({ channel: id, limit: NOTICES });
    return {
      id,
      type,
      ...stateOf(newest),
      waiting: of('waiting'),
      parked: of('parked'),
    };
  });
}

/** As the last try ended. */
function stateOf(
  newest: readonly OutboxEntry[],
): Pick<ChannelView, 'state' | 'lastDelivered' | 'error'> {
  const tried = newest
    .filter(({ triedAt }) => triedAt !== undefined)
    .toSorted((a, b) => (b.triedAt ?? 0) - (a.triedAt ?? 0));
  const sent = tried.find(({ state }) => state === 'sent');
  const [last] = tried;
  return {
    state: last === undefined ? 'unknown' : last.state === 'sent' ? 'ok' : 'failing',
    ...(sent?.triedAt === undefined ? {} : { lastDelivered: sent.triedAt }),
    ...(last?.error === undefined || last.state === 'sent' ? {} : { error: last.error }),
  };
}

/** @throws PortolanError E_NOT_FOUND */
function find({ config }: DaemonContext, wanted: string): string {
  const names = Object.keys(config.settings.channels);
  if (names.includes(wanted)) return wanted;
  const near = closest(wanted, names);
  throw new PortolanError('E_NOT_FOUND', `There is no channel "${wanted}"`, {
    remedy: near === undefined ? 'List them: portolan notify list' : `Did you mean ${near}?`,
  });
}

function testText(outcome: Outcome): { readonly ok: boolean; readonly text: string } {
  return outcome.kind === 'delivered'
    ? { ok: true, text: 'The test message was delivered' }
    : { ok: false, text: outcome.why };
}
