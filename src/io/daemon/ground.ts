import { networkInterfaces } from 'node:os';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Change } from '../../model/change.ts';
import type { Policy } from '../../model/policy.ts';
import { Zones } from '../api/views/zones.ts';
import { ChangeStore } from '../apply/change-store.ts';
import type { Settings } from '../config.ts';
import { loadPolicy, policyPath } from '../policy-file.ts';
import { forwards } from '../surroundings.ts';
import { FileWatch } from './file-watch.ts';
import type { Ground } from './flow-figures.ts';

/** As `portolan apply` calls the machine that it runs on. */
const HERE = 'this machine';

/** By what conversations are judged now; what is the same as before is the same object. */
export function groundIn(folder: string | undefined, settings: Settings): () => Ground {
  const changes = new ChangeStore(folder);
  const file = policyPath(folder);
  const watch = new FileWatch(file);
  let zones = new Zones(zonesIn(file), settings.zones);
  let inForce: { readonly key: string; readonly policy: BoundPolicy } | undefined;
  return () => {
    if (watch.changed()) zones = new Zones(zonesIn(file), settings.zones);
    const change = changeIn(changes);
    const key = change === undefined ? '' : `${change.id} ${change.at}`;
    if (key !== inForce?.key) {
      inForce = change === undefined ? undefined : { key, policy: change.bound };
    }
    const standing = zones;
    return {
      policy: inForce?.policy,
      own: ownAddresses(),
      zoneOf: (address) => standing.of(address),
    };
  };
}

/** Figures are no reason to take in no traffic: what cannot be read is as if it were not there. */
function changeIn(changes: ChangeStore): Change | undefined {
  try {
    return changes.inForce(HERE)?.change;
  } catch {
    return undefined;
  }
}

/** A policy that cannot be read, or is not there, names no zone. */
function zonesIn(file: string): Pick<Policy, 'zones'> | undefined {
  try {
    return loadPolicy(file).policy;
  } catch {
    return undefined;
  }
}

/** Of a router: rules about its own are others than those about what passes it. */
function ownAddresses(): ReadonlySet<string> {
  const all = forwards() ? Object.values(networkInterfaces()) : [];
  return new Set(all.flatMap((links) => (links ?? []).map(({ address }) => address)));
}
