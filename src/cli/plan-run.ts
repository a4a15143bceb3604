import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortolanError } from '../base/errors.ts';
import { ChangeStore } from '../io/apply/change-store.ts';
import type { Plan } from '../io/site/plan.ts';
import { makePlan } from '../io/site/plan.ts';
import { withSession } from '../io/site/session.ts';
import { machineOf } from './apply-host.ts';
import type { Input } from './command.ts';
import { planOptions } from './plan-options.ts';
import { changesSomething, planJson, printPlan } from './plan-print.ts';
import type { Shell } from './shell.ts';

export function runPlan(shell: Shell, input: Input): Promise<number> {
  const changes = new ChangeStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']);
  const router = input.text('router');
  const before = changes.inForce(machineOf(input))?.change;
  const target = input.text('target');
  return withSession(shell, async (session) => {
    const plan = await makePlan(shell, session, {
      ...planOptions(input),
      before,
      ...(target === undefined ? {} : { target }),
      ...(router === undefined ? {} : { own: new Set<string>() }),
    });
    const { change } = plan;
    changes.save(change.id, { change, ...(before === undefined ? {} : { before }) });
    if (shell.json) shell.out(planJson(plan));
    else printPlan(shell, plan);
    finish(shell, input, plan);
    return input.flag('detailedExitcode') && changesSomething(plan) ? 1 : 0;
  });
}

function finish(shell: Shell, input: Input, plan: Plan): void {
  const folder = input.text('output');
  if (folder !== undefined) writeFiles(shell, folder, plan.change.files);
  else if (changesSomething(plan)) {
    shell.hint(`Put it in force: sudo portolan apply ${plan.change.id}`);
  }
}

/** Names of the files are the target's own. */
function writeFiles(
  shell: Shell,
  folder: string,
  files: readonly { readonly name: string; readonly text: string }[],
): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of files) writeFileSync(join(folder, name), text, { mode: 0o600 });
  } catch (cause) {
    throw new PortolanError('E_OUTPUT', `The files cannot be written to ${folder}`, {
      remedy: 'Name a folder in which you may write: portolan plan -o out',
      cause,
    });
  }
  shell.say(`Wrote ${files.map(({ name }) => join(folder, name)).join(', ')}`);
}
