import { PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import { loadConfig } from '../io/config.ts';
import type { Deliverer } from '../io/deliver/deliverer.ts';
import type { Outcome } from '../io/deliver/outcome.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import type { OutboxEntry } from '../io/store/outbox.ts';
import { line } from '../notifiers/shared/text.ts';
import { titleOf } from '../notifiers/shared/words.ts';
import type { Input } from './command.ts';
import { openDeliverer } from './deliverer.ts';
import { count, jsonDocument, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import type { Style } from './table.ts';
import { table } from './table.ts';

type Run = (shell: Shell, session: Session, input: Input) => Promise<number> | number;

const VERBS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['list', runList],
  ['test', runTest],
  ['retry', runRetry],
  ['drop', runDrop],
]);

export function runNotify(shell: Shell, input: Input): Promise<number> {
  const [verb = 'list'] = input.args;
  const run = VERBS.get(verb);
  if (run !== undefined) return withSession(shell, (session) => run(shell, session, input));
  const near = closest(verb, [...VERBS.keys()]);
  throw new PortolanError('E_USAGE', `There is no "portolan notify ${verb}"`, {
    remedy:
      near === undefined
        ? 'See what there is: portolan notify --help'
        : `Did you mean: portolan notify ${near}`,
  });
}

interface ChannelView {
  readonly name: string;
  readonly type: string;
  readonly waiting: number;
  readonly parked: number;
  readonly sent: number;
}

function channelsOf(shell: Shell, { store }: Session): readonly ChannelView[] {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  const counts = store.outbox.counts();
  const totals = store.outbox.totals();
  // A channel that was removed may still have something in the outbox.
  const names = new Set([
    ...Object.keys(settings.channels),
    ...counts
      .filter(({ state }) => state === 'waiting' || state === 'parked')
      .map(({ channel }) => channel),
  ]);
  return [...names].map((name) => {
    const of = (state: string): number =>
      counts.find((one) => one.channel === name && one.state === state)?.count ?? 0;
    const sent = totals.find(({ channel, result }) => channel === name && result === 'sent');
    return {
      name,
      type: settings.channels[name]?.type ?? 'not configured',
      waiting: of('waiting'),
      parked: of('parked'),
      sent: sent?.times ?? 0,
    };
  });
}

function runList(shell: Shell, session: Session, input: Input): number {
  const channels = channelsOf(shell, session);
  const names = input.args.slice(1);
  for (const name of names) known(channels, name);
  const entries = session.store.outbox
    .list({ limit: limitOf(input) })
    .filter(({ channel }) => names.length === 0 || names.includes(channel))
    .filter(({ state }) => !input.flag('parked') || state === 'parked');
  if (shell.json) {
    const items = entries.map(({ notice, ...rest }) => ({
      ...rest,
      kind: notice.kind,
      notice: notice.id,
      alerts: notice.alerts.map(({ id }) => id),
      title: line(titleOf(notice), 200),
    }));
    shell.out(jsonDocument('notify', { channels, items }));
    return 0;
  }
  if (channels.length === 0) {
    shell.say('No channel is configured: nobody is told. See: portolan help notify');
    return 0;
  }
  shell.out(channelTable(shell, channels));
  if (entries.length > 0) shell.out(`\n${entryTable(shell, entries)}`);
  const parked = channels.reduce((sum, one) => sum + one.parked, 0);
  if (parked > 0) {
    shell.warn(`${count(parked, 'notice')} not delivered. Again: portolan notify retry`);
  }
  return 0;
}

function channelTable(shell: Shell, channels: readonly ChannelView[]): string {
  return table<ChannelView>(
    shell,
    [
      { title: 'Channel', value: ({ name }) => name },
      { title: 'Type', value: ({ type }) => type },
      { title: 'Sent', value: ({ sent }) => sent, align: 'right' },
      { title: 'Waiting', value: ({ waiting }) => waiting, align: 'right' },
      {
        title: 'Parked',
        value: ({ parked }) => parked,
        align: 'right',
        style: ({ parked }) => (parked > 0 ? 'red' : undefined),
      },
    ],
    channels,
  );
}

const STYLES: Readonly<Record<OutboxEntry['state'], Style | undefined>> = {
  waiting: 'yellow',
  sent: 'green',
  parked: 'red',
  dropped: 'dim',
};

function entryTable(shell: Shell, entries: readonly OutboxEntry[]): string {
  return table<OutboxEntry>(
    shell,
    [
      { title: 'No', value: ({ id }) => id, align: 'right' },
      { title: 'When', value: ({ queuedAt }) => timeText(shell, queuedAt), rank: 2 },
      { title: 'Channel', value: ({ channel }) => channel },
      { title: 'State', value: ({ state }) => state, style: ({ state }) => STYLES[state] },
      { title: 'Tries', value: ({ tries }) => tries, align: 'right', rank: 3 },
      {
        title: 'Next',
        value: ({ state, notBefore }) => (state === 'waiting' ? timeText(shell, notBefore) : ''),
        rank: 4,
      },
      { title: 'Why not', value: ({ error }) => error ?? '', rank: 1 },
      { title: 'What', value: ({ notice }) => titleOf(notice) },
    ],
    entries,
  );
}

interface Tested {
  readonly channel: string;
  readonly ok: boolean;
  readonly why: string;
}

/** @returns 3 where one of them did not arrive */
async function runTest(shell: Shell, session: Session, input: Input): Promise<number> {
  const deliverer = openDeliverer(shell, session);
  try {
    const results = await testAll(deliverer, chosen(shell, session, input));
    if (shell.json) shell.out(jsonDocument('notify-test', { items: results }));
    else {
      for (const { channel, ok, why } of results) {
        shell.out(ok ? `${channel}: delivered\n` : `${channel}: not delivered: ${why}\n`);
      }
    }
    return results.every(({ ok }) => ok) ? 0 : 3;
  } finally {
    await deliverer.close();
  }
}

function testAll(deliverer: Deliverer, channels: readonly string[]): Promise<readonly Tested[]> {
  return Promise.all(
    channels.map(async (channel) => {
      const outcome: Outcome = await deliverer.test(channel);
      const ok = outcome.kind === 'delivered';
      return { channel, ok, why: ok ? '' : outcome.why };
    }),
  );
}

/** @throws PortolanError E_NOT_FOUND, E_CONFIG */
function chosen(shell: Shell, session: Session, input: Input): readonly string[] {
  const channels = channelsOf(shell, session).filter(({ type }) => type !== 'not configured');
  if (channels.length === 0) {
    throw new PortolanError('E_CONFIG', 'No channel is configured', {
      remedy: 'Add one to the configuration; where that is: portolan config path',
    });
  }
  const names = input.args.slice(1);
  for (const name of names) known(channels, name);
  return names.length > 0 ? names : channels.map(({ name }) => name);
}

function known(channels: readonly ChannelView[], name: string): void {
  const names = channels.map((one) => one.name);
  if (names.includes(name)) return;
  const near = closest(name, names);
  throw new PortolanError('E_NOT_FOUND', `There is no channel "${name}"`, {
    remedy: near === undefined ? 'List them: portolan notify' : `Did you mean "${near}"?`,
  });
}

/** Makes them due and tries at once; what fails again waits for whoever watches. */
async function runRetry(shell: Shell, session: Session, input: Input): Promise<number> {
  const ids = idsOf(input);
  const { outbox } = session.store;
  const due = outbox.retry(ids.length === 0 ? 'parked' : ids, shell.now());
  const deliverer = openDeliverer(shell, session);
  try {
    if (due > 0) await deliverer.sendDue();
  } finally {
    await deliverer.close();
  }
  const left = outbox.counts().filter(({ state }) => state === 'waiting' || state === 'parked');
  const undelivered = left.reduce((sum, one) => sum + one.count, 0);
  if (shell.json) shell.out(jsonDocument('notify-retry', { due, undelivered }));
  else if (due === 0) shell.say('Nothing was parked.');
  else shell.out(`${count(due, 'notice')} tried again; ${undelivered} not delivered\n`);
  return undelivered > 0 ? 3 : 0;
}

function runDrop(shell: Shell, session: Session, input: Input): number {
  const ids = idsOf(input);
  if (ids.length === 0 && !input.flag('parked')) {
    throw new PortolanError('E_USAGE', 'Which ones are to be dropped was not said', {
      remedy: 'Give their numbers, or all that are parked: portolan notify drop --parked',
    });
  }
  const dropped = session.store.outbox.drop(ids.length === 0 ? 'parked' : ids);
  if (shell.json) shell.out(jsonDocument('notify-drop', { dropped }));
  else shell.out(`${count(dropped, 'notice')} dropped\n`);
  return 0;
}

function idsOf(input: Input): readonly number[] {
  return input.args.slice(1).map((text) => {
    if (/^\d{1,12}$/.test(text)) return Number(text);
    throw new PortolanError('E_USAGE', `"${text}" is no number of a notice`, {
      remedy: 'The first column has them: portolan notify list',
    });
  });
}

function limitOf(input: Input): number {
  const text = input.text('limit') ?? '50';
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= 10_000) return limit;
  throw new PortolanError('E_USAGE', `--limit "${text}" is no number up to 10000`, {
    remedy: 'For example: portolan notify list --limit 100',
  });
}
