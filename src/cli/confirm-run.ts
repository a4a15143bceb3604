import { PortolanError } from '../base/errors.ts';
import { recordFromJson } from '../io/apply/change-json.ts';
import type { Enforcer } from '../io/apply/enforcer.ts';
import { keepInForce, openEnforcer } from './apply-host.ts';
import { settle } from './apply-run.ts';
import { untilDecided } from './apply-wait.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';

/** Seconds that the watchdog may take to do what was decided. */
const PATIENCE = 30;

export async function runConfirm(shell: Shell, input: Input): Promise<number> {
  const enforcer = await openEnforcer(shell, input);
  try {
    const { pending } = await enforcer.recover();
    const [wanted] = input.args;
    if (pending === undefined || (wanted !== undefined && wanted !== pending.id)) {
      throw nothingWaits(wanted);
    }
    // Where the deadline was first, what follows says so.
    await enforcer.decide(pending.id, 'yes');
    return await follow(shell, input, enforcer, pending.id);
  } finally {
    enforcer.close();
  }
}

/** Waits until what was decided is done, and says what it was. */
export async function follow(
  shell: Shell,
  input: Input,
  enforcer: Enforcer,
  id: string,
): Promise<number> {
  const record = recordFromJson(await enforcer.read(id, 'meta'));
  const fate = await untilDecided(
    { ...shell, errIsTerminal: false, quiet: true },
    enforcer,
    id,
    PATIENCE,
  );
  if (record?.change !== undefined) {
    const status = settle(shell, input, record.change, record.before, fate);
    await keepInForce(shell, input, enforcer);
    return status;
  }
  shell.say(`${id}: ${fate}`);
  return fate === 'confirmed' ? 0 : 7;
}

function nothingWaits(wanted: string | undefined): PortolanError {
  const what = wanted === undefined ? 'No change' : `No change ${JSON.stringify(wanted)}`;
  return new PortolanError('E_NOT_FOUND', `${what} waits to be confirmed`, {
    remedy: 'It may have been taken back: portolan firewall status',
  });
}
