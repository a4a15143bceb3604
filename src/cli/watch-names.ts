import { PortolanError } from '../base/errors.ts';
import { Enforcer } from '../io/apply/enforcer.ts';
import type { Host } from '../io/apply/host.ts';
import { localHost } from '../io/apply/local-host.ts';
import { NameKeeper } from '../io/apply/name-keeper.ts';
import type { NameReport } from '../policy/names.ts';
import type { Input } from './command.ts';
import type { Shell } from './shell.ts';

/** @throws PortolanError E_USAGE: what a capture of another day says lets nobody in today */
export function checkEnforceNames(input: Input): void {
  if (!input.flag('enforceNames') || input.text('read') === undefined) return;
  throw new PortolanError('E_USAGE', '--enforce-names is for live traffic, not for a capture', {
    remedy: 'Leave one of both out: portolan watch -i eth0 --enforce-names',
  });
}

/** Starts whoever may change the firewall, while this process may still start one that may. */
export function namesHost(input: Input): Host | undefined {
  if (!input.flag('enforceNames')) return undefined;
  const folder = input.text('state');
  return localHost(folder === undefined ? {} : { folder });
}

/**
 * From here on answers of DNS fill the kernel's sets.
 *
 * @throws PortolanError E_NO_PERMISSION, E_MISSING_TOOL
 */
export async function openNameKeeper(
  shell: Shell,
  host: Host,
  say: (text: string) => void,
): Promise<NameKeeper> {
  try {
    const keeper = await NameKeeper.open(await Enforcer.open(host), {
      now: () => shell.now(),
      onReport: (report) => say(reportText(report)),
      onTrouble: (why) => say(`Addresses of names wait: ${why}`),
    });
    if (!keeper.isAtWork) say('No policy in force here speaks of names: there is none to keep yet');
    return keeper;
  } catch (error) {
    host.close();
    throw error;
  }
}

/** Ids are ours, addresses parsed; names of others were checked when they were read. */
function reportText({ kind, name, address, others }: NameReport): string {
  switch (kind) {
    case 'full':
      return `${name} has more addresses than a name may have: the oldest went`;
    case 'inside':
      return `${name}: the answer ${address} leads into this network, and is not let in`;
    case 'shared':
      return `${name}: ${address} is also ${others.join(', ')}, so these can be reached as well`;
  }
}
