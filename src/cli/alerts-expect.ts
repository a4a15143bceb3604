import type { KnownExpectation } from '../alerts/book.ts';
import { scopeOf, wouldHide } from '../alerts/expect.ts';
import { expectedText } from '../alerts/expected-text.ts';
import { Names } from '../alerts/names.ts';
import { forTerminal } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { shortId } from '../base/id.ts';
import { who, withSession } from '../io/site/session.ts';
import type { Alert, Expectation } from '../model/alert.ts';
import { keepAlerts } from './alert-keeper.ts';
import { bookOf, findAlert } from './alerts-book.ts';
import type { Input } from './command.ts';
import { count, jsonDocument, jsonList, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { spanOf } from './span.ts';
import { table } from './table.ts';

/** Alerts that a preview names; all are counted. */
const NAMED = 10;

/** Shows what it would have hidden; with `--yes` it holds from now on. */
export function runExpect(
  shell: Shell,
  input: Input,
  [id = '']: readonly string[],
): Promise<number> {
  return withSession(shell, (session) => {
    const book = bookOf(session);
    const { alert } = findAlert(book, id);
    const expectation = expectationOf(shell, input, alert);
    const all = [...book.all()].map((known) => known.alert);
    const hidden = wouldHide(expectation, all);
    const isDone = input.flag('yes');
    if (isDone) keepAlerts(shell, session).expect(expectation);
    const names = new Names(session.site());
    if (shell.json) {
      const ids = hidden.map((one) => one.id);
      shell.out(jsonDocument('expectation', { expectation, wouldHaveHidden: ids, done: isDone }));
    } else {
      shell.out(preview(shell, expectation, hidden, names));
      shell.say(isDone ? doneText(expectation) : askText(input, alert));
    }
    return 0;
  });
}

function expectationOf(shell: Shell, input: Input, alert: Alert): Expectation {
  const dimensions = ['type', 'device', 'peer', 'port'] as const;
  const chosen = dimensions.filter((name) => input.flag(name));
  const wants = (name: (typeof dimensions)[number]): boolean =>
    chosen.length === 0 || chosen.includes(name);
  const scope = scopeOf(alert, {
    type: wants('type'),
    device: wants('device'),
    peer: wants('peer'),
    port: wants('port'),
  });
  if (scope.type === undefined && scope.device === undefined) {
    throw new PortolanError('E_USAGE', 'That would be expected of every device, whatever it does', {
      remedy: `Add --device or --type: portolan alerts expect ${alert.id} --device --peer`,
    });
  }
  const at = shell.now();
  const span = input.text('for');
  const by = who();
  return {
    id: shortId('E', `${JSON.stringify(scope)} ${at}`),
    at,
    ...scope,
    ...(span === undefined ? {} : { until: at + spanOf('--for', span) }),
    by,
    note: (input.text('note') ?? '').slice(0, 500),
  };
}

function preview(
  shell: Shell,
  expectation: Expectation,
  hidden: readonly Alert[],
  names: Names,
): string {
  const until =
    expectation.until === undefined ? 'for good' : `until ${timeText(shell, expectation.until)}`;
  const lines = [
    `Expected ${until}: ${expectedText(expectation, names)}.`,
    `It would have hidden ${count(hidden.length, 'alert')} of those that are stored${hidden.length === 0 ? '.' : ':'}`,
    ...hidden
      .slice(0, NAMED)
      .map(({ id, severity, last }) => `  ${id}  ${severity}  ${last.summary}`),
    ...(hidden.length > NAMED ? [`  and ${hidden.length - NAMED} more`] : []),
  ];
  return lines.map((line) => `${forTerminal(line)}\n`).join('');
}

function doneText({ id }: Expectation): string {
  return `${id} holds from now on. Take it back: portolan alerts rm ${id}`;
}

function askText(input: Input, { id }: Alert): string {
  const words = ['device', 'type', 'peer', 'port'].filter((name) => input.flag(name));
  const span = input.text('for');
  const options = [
    ...words.map((word) => `--${word}`),
    ...(span === undefined ? [] : [`--for ${span}`]),
  ];
  return `Nothing is changed yet. Do it: ${['portolan alerts expect', id, ...options, '--yes'].join(' ')}`;
}

export function runExpectations(shell: Shell): Promise<number> {
  return withSession(shell, (session) => {
    const all = [...bookOf(session).expectations()];
    if (shell.json) {
      const items = all.map(({ expectation, hidden }) => ({ ...expectation, hidden }));
      shell.out(jsonList(shell, 'expectations', items));
    } else if (all.length === 0) shell.say('Nothing was taught: portolan alerts expect PTL-A-…');
    else shell.out(expectationsTable(shell, new Names(session.site()), all));
    return 0;
  });
}

function expectationsTable(shell: Shell, names: Names, all: readonly KnownExpectation[]): string {
  const now = shell.now();
  return table<KnownExpectation>(
    shell,
    [
      { title: 'Id', value: ({ expectation }) => expectation.id },
      { title: 'Expected', value: ({ expectation }) => expectedText(expectation, names) },
      { title: 'Until', value: ({ expectation }) => untilText(shell, expectation, now) },
      { title: 'Hidden', value: ({ hidden }) => hidden, align: 'right' },
      { title: 'By', value: ({ expectation }) => expectation.by, rank: 1 },
      { title: 'Note', value: ({ expectation }) => expectation.note, rank: 2 },
    ],
    all,
  );
}

function untilText(shell: Shell, { until }: Expectation, now: number): string {
  if (until === undefined) return 'for good';
  return now >= until ? `over since ${timeText(shell, until)}` : timeText(shell, until);
}

export function runRemove(shell: Shell, _: Input, ids: readonly string[]): Promise<number> {
  return withSession(shell, (session) => {
    const keeper = keepAlerts(shell, session);
    const wanted = ids.map((id) => {
      const text = id.toUpperCase();
      const known = keeper.book.expectation(text) ?? keeper.book.expectation(`PTL-E-${text}`);
      if (known !== undefined) return known.expectation.id;
      throw new PortolanError('E_NOT_FOUND', `There is no expectation "${id}"`, {
        remedy: 'List them: portolan alerts expectations',
      });
    });
    if (wanted.length === 0) {
      throw new PortolanError('E_USAGE', 'No expectation is named', {
        remedy: 'List them: portolan alerts expectations',
      });
    }
    for (const id of wanted) keeper.withdraw(id, shell.now(), who());
    if (shell.json) shell.out(jsonDocument('expectations-removed', { removed: wanted }));
    else for (const id of wanted) shell.say(`${id} is taken back`);
    return 0;
  });
}
