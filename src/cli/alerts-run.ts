import { PortolanError } from '../base/errors.ts';
import { closest } from '../base/suggest.ts';
import { runAct } from './alerts-act.ts';
import { runExpect, runExpectations, runRemove } from './alerts-expect.ts';
import { runList } from './alerts-list.ts';
import { runShow } from './alerts-show.ts';
import { runTail } from './alerts-tail.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';

type Run = (shell: Shell, input: Input, ids: readonly string[]) => Promise<number>;

const VERBS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['list', runList],
  ['show', runShow],
  ['ack', (shell, input, ids) => runAct(shell, input, ids, 'acknowledged')],
  ['resolve', (shell, input, ids) => runAct(shell, input, ids, 'resolved')],
  ['snooze', (shell, input, ids) => runAct(shell, input, ids, 'snoozed')],
  ['reopen', (shell, input, ids) => runAct(shell, input, ids, 'reopened')],
  ['expect', runExpect],
  ['expectations', runExpectations],
  ['rm', runRemove],
  ['tail', runTail],
]);

export function runAlerts(shell: Shell, input: Input): Promise<number> {
  const [verb = 'list', ...ids] = input.args;
  const run = VERBS.get(verb);
  if (run !== undefined) return run(shell, input, ids);
  if (/^PTL-A-/i.test(verb)) return runShow(shell, input, input.args);
  const near = closest(verb, [...VERBS.keys()]);
  throw new PortolanError('E_USAGE', `There is no "portolan alerts ${verb}"`, {
    remedy:
      near === undefined
        ? 'See what there is: portolan alerts --help'
        : `Did you mean: portolan alerts ${near}`,
  });
}
