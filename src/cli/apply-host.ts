import { PortolanError } from '../base/errors.ts';
import { ChangeStore } from '../io/apply/change-store.ts';
import { Enforcer } from '../io/apply/enforcer.ts';
import { localHost } from '../io/apply/local-host.ts';
import { readBack } from '../io/apply/read-back.ts';
import type { RuleCounts } from '../io/apply/rule-counts.ts';
import { countsOf } from '../io/apply/rule-counts.ts';
import { sshHost } from '../io/apply/ssh-host.ts';
import { becomeInvoker, invoker } from '../io/capture/rights.ts';
import { who } from '../io/site/session.ts';
import { openStore } from '../io/store/open.ts';
import type { Change } from '../model/change.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';

/** Of this machine, in names of files and in what is kept. */
export const HERE = 'this machine';

export function machineOf(input: Input): string {
  return input.text('router') ?? HERE;
}

/**
 * The machine whose firewall is meant. On this machine a helper keeps the right; everything else is
 * done as whoever typed `sudo`, whose policy and data they are.
 */
export async function openEnforcer(shell: Shell, input: Input): Promise<Enforcer> {
  const router = input.text('router');
  const folder = input.text('state');
  const chosen = folder === undefined ? {} : { folder };
  if (router !== undefined) {
    const config = shell.env['PORTOLAN_SSH_CONFIG'];
    const env = shell.env;
    const options = { ...chosen, env, ...(config === undefined ? {} : { config }) };
    return await opened(() => sshHost(router, options));
  }
  const user = invoker(shell.env);
  return await opened(() => {
    const host = localHost(chosen);
    if (user !== undefined) becomeInvoker(user, process.env);
    return host;
  });
}

async function opened(make: () => ReturnType<typeof localHost>): Promise<Enforcer> {
  const host = make();
  try {
    return await Enforcer.open(host);
  } catch (error) {
    host.close();
    throw error;
  }
}

/**
 * What the rules in force have counted is kept for who looks at the policy without the right to ask.
 *
 * @returns it
 */
export async function keepCounts(
  shell: Shell,
  input: Input,
  enforcer: Enforcer,
  change: Change,
): Promise<RuleCounts> {
  const counts = countsOf(change, (await enforcer.counted()) ?? '', shell.now());
  new ChangeStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']).setCounts(
    machineOf(input),
    counts,
  );
  return counts;
}

/** What is in force now is what the ledger's *allowed* is answered from; that it is kept undoes nothing. */
export async function keepInForce(shell: Shell, input: Input, enforcer: Enforcer): Promise<void> {
  const machine = machineOf(input);
  try {
    const store = openStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']);
    try {
      await readBack(enforcer, store, machine, shell.now());
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    shell.warn(`What is allowed now is not in the ledger yet: ${error.message}`);
  }
}

/** What was done with authority is written down; a store that is busy does not undo what was done. */
export function audit(shell: Shell, what: string, why: string): void {
  try {
    const store = openStore(shell.dataFolder ?? shell.env['PORTOLAN_DATA']);
    try {
      store.audit({ at: shell.now(), who: who(), what, why });
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    shell.warn(`It was not written to the audit log: ${error.message}`);
  }
}
