import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { PortolanError } from '../../base/errors.ts';

/** Names that a sentence holds. */
const MOST = 12;

/** Of this network namespace, also those without an address: proc_net_dev(5), where there is one. */
export function interfaceNames(): readonly string[] {
  try {
    const text = readFileSync('/proc/thread-self/net/dev', 'utf8');
    return [...text.matchAll(/^\s*([^\s:]+(?::[^\s:]+)*):/gm)].map(([, name = '']) => name);
  } catch {
    return Object.keys(networkInterfaces());
  }
}

/** @throws PortolanError E_NETWORK, naming those that there are */
export function holdInterface(name: string): void {
  const known = interfaceNames();
  if (name === 'any' || known.length === 0 || known.includes(name)) return;
  const named = known.slice(0, MOST).join(', ');
  const more = known.length > MOST ? ` and ${known.length - MOST} more` : '';
  throw new PortolanError(
    'E_NETWORK',
    `There is no interface "${name}"; there is ${named}${more}`,
    {
      remedy: 'What passes where: portolan watch -D; all together: -i any',
    },
  );
}
