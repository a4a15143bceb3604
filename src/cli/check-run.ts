import { existsSync } from 'node:fs';
import { AlertBook } from '../alerts/book.ts';
import { PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, openSession } from '../io/site/session.ts';
import { storeFile } from '../io/store/open.ts';
import type { Range } from '../reports/nagios/range.ts';
import { parseRange } from '../reports/nagios/range.ts';
import type { Figure, Result } from '../reports/nagios/result.ts';
import { judge, pluginLine } from '../reports/nagios/result.ts';
import { endedWithin, secondsOf } from './check-limit.ts';
import type { Answer, Mode, Question } from './check-modes.ts';
import { MODES, newestTraffic } from './check-modes.ts';
import { passive } from './check-passive.ts';
import type { Input } from './command.ts';
import { severityOf } from './findings-run.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';
import { spanOf } from './span.ts';

/** @returns 0 ok, 1 warning, 2 critical, 3 unknown; whatever goes wrong is unknown, in one line */
export function runCheck(shell: Shell, input: Input): number {
  const [name = 'alerts'] = input.args;
  const limit = secondsOrWhy(input.text('timeout'));
  if (typeof limit === 'number' && limit > 0) return limited(shell, limit);
  const result = typeof limit === 'string' ? unknown(limit) : resultOf(shell, input, name);
  if (passive(shell, input, name, result)) return 0;
  shell.out(
    shell.json
      ? jsonDocument('check', { mode: name, ...result, line: pluginLine(result) })
      : `${pluginLine(result)}\n`,
  );
  return result.status;
}

/** The same again in a process that can be ended. */
function limited(shell: Shell, seconds: number): number {
  // Of an option that is given twice the last one counts.
  const ended = endedWithin(seconds, [...process.argv.slice(1), '--timeout', '0']);
  if (ended === undefined) {
    const result = unknown(`nothing was found out within ${seconds} s`);
    shell.out(`${pluginLine(result)}\n`);
    return result.status;
  }
  process.stderr.write(ended.said);
  shell.out(ended.out);
  return ended.status;
}

/** A text says why it is none. */
function secondsOrWhy(text: string | undefined): number | string | undefined {
  if (text === undefined) return undefined;
  try {
    return secondsOf(text);
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return `${error.message} [${error.code}]`;
  }
}

/** A monitor reads one line and a status: every failure is one, the bugs apart. */
function resultOf(shell: Shell, input: Input, name: string): Result {
  try {
    return check(shell, input, name);
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return unknown(`${error.message} [${error.code}]`);
  }
}

function unknown(text: string, figures: readonly Figure[] = []): Result {
  return { status: 3, text, figures };
}

function check(shell: Shell, input: Input, name: string): Result {
  const mode = modeOf(name);
  const warning = rangeOf('-w', input.text('warning') ?? mode.warning);
  const critical = rangeOf('-c', input.text('critical') ?? mode.critical);
  const age = input.text('maxAge');
  const maxAge = age === undefined ? mode.maxAge : spanOf('--max-age', age);
  const file = storeFile(shell.dataFolder ?? shell.env['PORTOLAN_DATA']);
  // A plugin leaves no empty database where somebody mistyped the folder.
  if (!existsSync(file)) return unknown(`there is no database ${file}`);
  const session = openSession(shell);
  try {
    const question = questionOf(shell, input, session);
    const answer = mode.ask(question);
    const blind = answer.blind ?? blindness(mode, question, maxAge);
    return judged(answer, blind, { warning, critical });
  } finally {
    session.close();
  }
}

function judged(
  { figure, others = [], text }: Answer,
  blind: string | undefined,
  ranges: { readonly warning: Range; readonly critical: Range },
): Result {
  if (blind !== undefined) return unknown(blind);
  const first = { ...figure, ...ranges };
  return { status: judge(first), text, figures: [first, ...others] };
}

function questionOf(shell: Shell, input: Input, session: Session): Question {
  const site = session.site();
  const host = input.text('hostname');
  return {
    session,
    site,
    book: new AlertBook(session.store.alerts()),
    device: host === undefined ? undefined : findDevice(site, host),
    least: severityOf(input.text('minSeverity')) ?? 'medium',
    now: shell.now(),
  };
}

/** Why nothing can be said: nothing was seen, or not lately. Silence of a dead sensor is not "ok". */
function blindness({ rests }: Mode, { session, site, now }: Question, maxAge: number) {
  if (rests === 'nothing') return undefined;
  const traffic = newestTraffic(session);
  const seen = rests === 'traffic' ? [] : site.devices.map(({ lastSeen }) => lastSeen);
  const last = [...seen, traffic ?? Number.NEGATIVE_INFINITY].reduce(
    (a, b) => Math.max(a, b),
    Number.NEGATIVE_INFINITY,
  );
  if (last === Number.NEGATIVE_INFINITY) {
    return rests === 'traffic'
      ? 'no traffic was ever seen, so no alert could come: portolan watch'
      : 'nothing was ever seen: portolan scan';
  }
  if (now - last <= maxAge) return undefined;
  const minutes = Math.round((now - last) / 60_000);
  return `nothing was seen for ${minutes} minutes; is the sensor running?`;
}

function modeOf(name: string): Mode {
  const mode = MODES.get(name);
  if (mode !== undefined) return mode;
  const near = closest(name, [...MODES.keys()]);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new PortolanError('E_USAGE', `there is no check "${name}"${hint}`, {
    remedy: 'See what there is: portolan check --help',
  });
}

function rangeOf(option: string, text: string): Range {
  const range = parseRange(text);
  if (range !== undefined) return range;
  throw new PortolanError('E_USAGE', `${option} "${text}" is no range such as 10, 5:, ~:20, @1:3`, {
    remedy: 'See the forms of ranges: portolan check --help',
  });
}
