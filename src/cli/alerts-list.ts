import { Names } from '../alerts/names.ts';
import { alertItem } from '../io/api/views/alert-items.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import type { Alert } from '../model/alert.ts';
import type { AlertItem } from '../model/api/alerts.ts';
import type { Severity } from '../model/core.ts';
import { compareSeverity } from '../model/core.ts';
import { alerts as resource } from '../query/resources/alerts.ts';
import { bookOf } from './alerts-book.ts';
import type { Input } from './command.ts';
import type { Filtered } from './filtered.ts';
import { filtered } from './filtered.ts';
import { severityOf } from './findings-run.ts';
import { count, jsonList, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { sinceOf } from './span.ts';
import { severityStyle, severityText, table } from './table.ts';

const ALERTS: Filtered<Alert, AlertItem> = { resource, view: alertItem };

/** @returns 1 with `--fail-on` where an open alert is at or above the level */
export function runList(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    const all = bookOf(session);
    const since = input.text('since');
    const from = since === undefined ? undefined : sinceOf('--since', since, shell.now());
    const known = [...all.all()].map(({ alert }) => alert);
    const fitting =
      input.text('filter') === undefined
        ? known
        : filtered(shell, input, { session, site: session.site() }, known, ALERTS);
    const lately = fitting
      .filter(({ last }) => from === undefined || last.at >= from)
      .filter(({ state }) => isWanted(state, input.text('state')));
    const least = severityOf(input.text('severity')) ?? 'low';
    const shown = lately
      .filter(({ severity }) => compareSeverity(severity, least) >= 0)
      .sort(first);
    if (shell.json) shell.out(jsonList(shell, 'alerts', shown));
    else print(shell, session, shown, lately.length - shown.length);
    return gate(lately, severityOf(input.text('failOn')));
  });
}

function isWanted(state: Alert['state'], wanted: string | undefined): boolean {
  if (wanted === undefined) return state !== 'resolved';
  return wanted === 'all' || wanted === state;
}

/** Worst first, then newest. */
function first(a: Alert, b: Alert): number {
  return compareSeverity(b.severity, a.severity) || b.last.at - a.last.at;
}

function gate(alerts: readonly Alert[], failOn: Severity | undefined): number {
  if (failOn === undefined) return 0;
  const fails = alerts.some(
    ({ state, severity }) => state === 'open' && compareSeverity(severity, failOn) >= 0,
  );
  return fails ? 1 : 0;
}

function print(shell: Shell, session: Session, shown: readonly Alert[], hidden: number): void {
  if (shown.length === 0) shell.say(nothing(session, hidden));
  else {
    shell.out(alertsTable(shell, new Names(session.site()), shown));
    if (hidden > 0) shell.hint(`${count(hidden, 'further one')} below: --severity info`);
  }
}

function nothing(session: Session, hidden: number): string {
  if (hidden > 0) return `None of this severity; ${hidden} below: portolan alerts --severity info`;
  const [any] = session.store.alerts();
  return any === undefined
    ? 'No alert yet. They come while traffic is watched: portolan watch'
    : 'No open alert. That says only that nothing was seen from here; the resolved: --state all';
}

function alertsTable(shell: Shell, names: Names, alerts: readonly Alert[]): string {
  return table<Alert>(
    shell,
    [
      {
        title: 'Severity',
        value: ({ severity }) => severityText(shell, severity),
        style: ({ severity }) => severityStyle(severity),
      },
      { title: 'Id', value: ({ id }) => id },
      { title: 'Last', value: ({ last }) => timeText(shell, last.at), rank: 2 },
      { title: 'Type', value: ({ last }) => last.type, rank: 1 },
      { title: 'Device', value: ({ last }) => names.nameOf(last.devices[0] ?? '') },
      { title: 'Times', value: ({ count: times }) => times, align: 'right', rank: 3 },
      { title: 'State', value: ({ state }) => state, rank: 4 },
      { title: 'Incident', value: ({ incident }) => incident, rank: 5 },
      { title: 'What', value: ({ last }) => names.said(last, last.summary) },
    ],
    alerts,
  );
}
