import { addressSet } from '../base/address-set.ts';
import { reveal } from '../base/untrusted.ts';
import { ownNetworks } from '../io/scan/scope.ts';
import { resolversOfMachine } from '../io/surroundings.ts';
import type { BindContext, ResolvedName } from '../policy/bind-context.ts';
import type { Session } from './session.ts';
import type { Shell } from './shell.ts';

/** Flows that are searched for names, newest first. */
const NEWEST_FLOWS = 200_000;
/** Addresses of one name that are taken: the newest ones. */
const ADDRESSES_OF_A_NAME = 50;

/** What is known of the site, for names of a policy to be looked up in. */
export function bindContext(shell: Shell, session: Session): BindContext {
  const urls = mudUrls(session);
  const devices = session.site().devices.map(({ id, addresses, macs }) => {
    const mudUrl = [...macs, ...addresses].map((key) => urls.get(key)).find(isGiven);
    return { id, addresses, macs, ...(mudUrl === undefined ? {} : { mudUrl }) };
  });
  let names: ReadonlyMap<string, ResolvedName> | undefined;
  return {
    devices,
    resolved: (name) => {
      names ??= namesSeen(session);
      return name.startsWith('*.') ? below(names, name.slice(1)) : names.get(name);
    },
    localNetworks: addressSet(ownNetworks()),
    resolvers: resolversOfMachine(),
    ntpServers: [],
    now: shell.now(),
  };
}

function isGiven(url: string | undefined): url is string {
  return url !== undefined;
}

/** By MAC where one was told, else by address; the newest word counts (RFC 8520 §10, DHCP). */
function mudUrls({ store }: Session): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { fact, subject } of store.evidence()) {
    if (fact.kind !== 'detail' || fact.name !== 'mud-url') continue;
    found.set(subject.mac ?? subject.address, reveal(fact.value));
  }
  return found;
}

/** Names by which devices had asked DNS for an address, or that they told a server. */
function namesSeen({ store }: Session): ReadonlyMap<string, ResolvedName> {
  const found = new Map<string, { addresses: string[]; at: number }>();
  for (const { name, sni, destination, lastSeen } of store.flows({ limit: NEWEST_FLOWS })) {
    // What DNS answered counts; a server name is what the device itself claims.
    const known = (name ?? sni)?.toLowerCase();
    if (known === undefined) continue;
    const before = found.get(known) ?? { addresses: [], at: lastSeen };
    found.set(known, before);
    const isNew = !before.addresses.includes(destination.address);
    if (isNew && before.addresses.length < ADDRESSES_OF_A_NAME) {
      before.addresses.push(destination.address);
    }
  }
  return found;
}

/** Everything below a name: `.example.com`. */
function below(names: ReadonlyMap<string, ResolvedName>, suffix: string): ResolvedName | undefined {
  const members = [...names].filter(([name]) => name.endsWith(suffix)).map(([, one]) => one);
  if (members.length === 0) return undefined;
  return {
    addresses: [...new Set(members.flatMap(({ addresses }) => addresses))],
    at: Math.max(...members.map(({ at }) => at)),
  };
}
