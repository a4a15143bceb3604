import { hostname } from 'node:os';
import { formatAddress, parseAddress } from '../../base/address.ts';
import type { Peer } from './peer.ts';
import { Refusal } from './refusal.ts';

/**
 * Names to which we answer. A page elsewhere can have its own name point here (DNS rebinding), and is
 * then the same origin for the browser; but the name stays in `Host`.
 */
export class Hosts {
  readonly #names: ReadonlySet<string>;

  /** @param allowed names that the operator gave */
  constructor(allowed: readonly string[]) {
    const own = hostname().toLowerCase();
    const names = ['localhost', own, `${own}.local`, ...allowed.map((name) => nameOf(name))];
    this.#names = new Set(names.filter((name) => name !== ''));
  }

  /** @throws Refusal 421 */
  check({ host, localAddress }: Peer): void {
    const name = nameOf(host ?? '');
    // A literal cannot be made to point elsewhere: it is good where the connection came in on it.
    if (name !== '' && (this.#names.has(name) || name === nameOf(localAddress))) return;
    throw new Refusal(421, 'E_REQUEST', 'This daemon does not answer to the name in "Host"', {
      remedy: 'Start it with the names of this machine: portolan serve --allow-host NAME',
    });
  }
}

/** Without port, brackets and final dot, in lower case; addresses in their usual form. */
function nameOf(host: string): string {
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(host);
  const bare = bracketed?.[1] ?? (parseAddress(host) === undefined ? withoutPort(host) : host);
  const address = parseAddress(bare);
  return address === undefined ? bare.toLowerCase().replace(/\.$/, '') : formatAddress(address);
}

function withoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, '');
}
