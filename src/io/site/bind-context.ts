import { addressSet } from '../../base/address-set.ts';
import type { Site } from '../../model/site.ts';
import type { BindContext, ResolvedName } from '../../policy/bind-context.ts';
import { ownNetworks } from '../scan/scope.ts';
import { resolversOfMachine } from '../surroundings.ts';
import type { World } from '../world.ts';
import { mudUrls } from './mud-urls.ts';
import type { Session } from './session.ts';

/** Flows that are searched for names, newest first. */
const NEWEST_FLOWS = 200_000;
/** Addresses of one name that are taken: the newest ones. */
const ADDRESSES_OF_A_NAME = 50;

/** What is known of the site, for names of a policy to be looked up in. */
export function bindContext(
  world: World,
  session: Session,
  site: Pick<Site, 'devices'> = session.site(),
): BindContext {
  const urls = mudUrls(session);
  const devices = site.devices.map(({ id, addresses, macs }) => {
    const given = [...macs, ...addresses].flatMap((key) => urls.get(key) ?? []);
    const best = given.find(({ via }) => via === 'certificate') ?? given[0];
    return { id, addresses, macs, ...(best === undefined ? {} : { mudUrl: best.url }) };
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
    now: world.now(),
  };
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
