import { forJson } from '../base/encode.ts';
import { PortolanError } from '../base/errors.ts';
import { policyPath } from '../io/policy-file.ts';
import { policyJsonSchema } from '../policy/schema.ts';
import type { Input } from './command.ts';
import { runDecide } from './decide-run.ts';
import { runLearn } from './learn-run.ts';
import { runLog } from './log-run.ts';
import { runCheck } from './policy-check.ts';
import { runCompare, runShadow } from './policy-compare.ts';
import { runEdit, runInit, runRemove, runSetState } from './policy-edit.ts';
import { runShow } from './policy-show.ts';
import { runExplainPacket, runTests } from './policy-test.ts';
import type { Shell } from './shell.ts';
import { runStep } from './trial-run.ts';

export function runPolicy(shell: Shell, input: Input): Promise<number> {
  const [verb = 'show', ...what] = input.args;
  const file = policyFile(shell, input);
  switch (verb) {
    case 'show':
      return runShow(shell, file, what);
    case 'init':
      return runInit(shell, file, input.flag('dryRun'));
    case 'check':
      return runCheck(shell, what[0] ?? file, {
        strict: input.flag('strict'),
        fileOnly: input.flag('fileOnly'),
      });
    case 'edit':
      return runEdit(shell, file);
    case 'test':
      return runTests(shell, file);
    case 'explain':
      return runExplainPacket(shell, file, what.join(' '));
    case 'diff':
      return runCompare(shell, file, what, input.flag('exitCode'));
    case 'shadow':
      return runShadow(shell, file, input.flag('exitCode'));
    case 'rm':
      return runRemove(shell, file, what, input.flag('dryRun'));
    case 'set-state':
      return runSetState(shell, file, what, input.flag('dryRun'));
    case 'learn':
      return runLearn(shell, input, file, what);
    case 'decide':
      return runDecide(shell, file, what);
    case 'observe':
    case 'try':
    case 'enforce':
      return runStep(shell, file, verb, { wanted: what[0], now: input.flag('now') });
    case 'log':
      return runLog(shell, file);
    case 'schema':
      shell.out(`${forJson(policyJsonSchema(), 2)}\n`);
      return Promise.resolve(0);
    default:
      throw new PortolanError('E_USAGE', `There is no "policy ${verb}"`, {
        remedy: 'See: portolan policy --help',
      });
  }
}

/** The file that `--policy` names, or the one in the data folder. */
export function policyFile(shell: Shell, input: Input): string {
  return policyPath(shell.dataFolder ?? shell.env['PORTOLAN_DATA'], input.text('policy'));
}
