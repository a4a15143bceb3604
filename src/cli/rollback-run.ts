import { PortolanError } from '../base/errors.ts';
import { ChangeStore } from '../io/apply/change-store.ts';
import type { Enforcer } from '../io/apply/enforcer.ts';
import { loadFormer } from '../io/apply/steps.ts';
import { audit, keepInForce, machineOf, openEnforcer } from './apply-host.ts';
import { untilDecided } from './apply-wait.ts';
import type { Input } from './command.ts';
import { jsonDocument } from './format.ts';
import type { Shell } from './shell.ts';

/** Seconds that the way back may take: it needs no confirmation, since it was one before. */
const WITHIN = 60;

export async function runRollback(shell: Shell, input: Input): Promise<number> {
  const enforcer = await openEnforcer(shell, input);
  try {
    const { pending, confirmed } = await enforcer.recover();
    if (pending !== undefined) return await takeBack(shell, input, enforcer, pending.id);
    if (confirmed !== undefined) return await goBack(shell, input, enforcer, confirmed);
    throw new PortolanError('E_NOT_FOUND', 'Nothing of ours is in force, and nothing waits', {
      remedy: 'See: portolan firewall status',
    });
  } finally {
    enforcer.close();
  }
}

/** What waits goes, and what was before comes. */
async function takeBack(
  shell: Shell,
  input: Input,
  enforcer: Enforcer,
  id: string,
): Promise<number> {
  if (!(await enforcer.decide(id, 'no'))) {
    throw new PortolanError('E_USAGE', `${id} was confirmed a moment ago`, {
      remedy: 'Repeat it to go back before it: portolan rollback',
    });
  }
  const quiet = { ...shell, errIsTerminal: false, quiet: true };
  const fate = await untilDecided(quiet, enforcer, id, WITHIN);
  audit(shell, `${fate} ${id} on ${machineOf(input)}`, 'rollback');
  if (fate === 'rolled-back') return said(shell, id, undefined);
  throw stuck(id);
}

async function goBack(
  shell: Shell,
  input: Input,
  enforcer: Enforcer,
  confirmed: string,
): Promise<number> {
  const { id, record } = await loadFormer(enforcer, confirmed, shell.now(), WITHIN);
  const fate = await untilDecided(
    { ...shell, errIsTerminal: false, quiet: true },
    enforcer,
    id,
    WITHIN,
  );
  audit(shell, `${fate} ${id} on ${machineOf(input)}`, `rollback of ${confirmed}`);
  if (fate !== 'confirmed') throw stuck(id);
  const changes = new ChangeStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']);
  changes.setInForce(machineOf(input), record);
  await keepInForce(shell, input, enforcer);
  return said(shell, confirmed, id);
}

function said(shell: Shell, back: string, by: string | undefined): number {
  if (shell.json) shell.out(jsonDocument('rollback', { change: back, by: by ?? null }));
  shell.say(`${back} was taken back${by === undefined ? '' : `, by ${by}`}.`);
  return 0;
}

function stuck(id: string): PortolanError {
  return new PortolanError('E_APPLY_STUCK', `${id} could not be taken back`, {
    remedy: 'Look, and remove ours if in doubt: portolan firewall uninstall',
  });
}
