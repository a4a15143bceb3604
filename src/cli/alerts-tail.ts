import { dirname } from 'node:path';
import { forTerminal } from '../base/encode.ts';
import { followJournal } from '../io/alerts/follow.ts';
import type { JournalLine } from '../io/alerts/journal.ts';
import { journalOf } from '../io/alerts/journal.ts';
import { storeFile } from '../io/store/open.ts';
import { compareSeverity } from '../model/core.ts';
import type { Input } from './command.ts';
import { severityOf } from './findings-run.ts';
import { timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { sinceOf } from './span.ts';
import { paint, severityStyle, severityText } from './table.ts';

/** What happens to alerts, as it happens, until Ctrl-C; with `--since` what happened before too. */
export async function runTail(shell: Shell, input: Input): Promise<number> {
  const file = journalOf(dirname(storeFile(shell.dataFolder ?? shell.env['PORTOLAN_DATA'])));
  const text = input.text('since');
  const since = text === undefined ? undefined : sinceOf('--since', text, shell.now());
  const least = severityOf(input.text('severity')) ?? 'low';
  shell.hint('Waiting for alerts; Ctrl-C ends');
  await followJournal(file, {
    fromStart: since !== undefined,
    signal: shell.stop,
    onLine(text_, line) {
      if (line.at < (since ?? Number.NEGATIVE_INFINITY)) return;
      if (compareSeverity(line.alert.severity, least) < 0) return;
      shell.out(shell.json ? `${text_}\n` : lineText(shell, line));
    },
  });
  return 0;
}

function lineText(shell: Shell, { at, event, by, alert }: JournalLine): string {
  const severity = paint(shell, severityStyle(alert.severity), severityText(shell, alert.severity));
  const who = by === 'portolan' ? '' : ` by ${by}`;
  const times = alert.count > 1 ? ` (${alert.count} times)` : '';
  const rest = `${alert.id}  ${event}${who}  ${alert.last.summary}${times}`;
  return `${timeText(shell, at)}  ${severity}  ${forTerminal(rest)}\n`;
}
