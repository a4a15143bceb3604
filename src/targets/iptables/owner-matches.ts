import { addressSet } from '../../base/address-set.ts';
import { macText } from '../nftables/owner-sets.ts';
import type { Owner } from '../nftables/plan.ts';
import type { Place } from './place.ts';
import type { Family, IpSets } from './sets.ts';

/** RFC 6890 §2.2.2, RFC 4291 §2.5.2 and §2.5.6: an address that ties nobody to its MAC. */
const UNTIED: Readonly<Record<Family, readonly string[]>> = {
  4: ['0.0.0.0'],
  6: ['::', 'fe80::/10'],
};

/** What a packet from a MAC is told by, where its source address ties it to somebody. */
export function macMatch(mac: string, family: Family, sets: IpSets): string {
  const tied = sets.notMatch(UNTIED[family], family, 'src');
  return `${tied} -m mac --mac-source ${macText(mac)}`;
}

export interface OwnedMac {
  readonly mac: string;
  readonly owner: Owner;
}

/** Of two devices that claim a MAC the first has it. */
export function ownedMacs(owners: readonly Owner[]): readonly OwnedMac[] {
  const seen = new Set<string>();
  return owners.flatMap((owner) =>
    owner.device.macs.flatMap((mac) => {
      if (seen.has(mac)) return [];
      seen.add(mac);
      return [{ mac, owner }];
    }),
  );
}

/**
 * Whether a managed device is at this side, and in trial: by address, then, of a source, by MAC. The
 * first that matches is right.
 */
export function ownerMatches({
  plan,
  sets,
  side,
  family,
}: Pick<Place, 'plan' | 'sets' | 'side' | 'family'>): readonly {
  readonly words: string;
  readonly trial: boolean;
}[] {
  const byAddress = [true, false].flatMap((trial) => {
    const addresses = addressSet(
      plan.owners
        .filter(({ device }) => device.trial === trial)
        .flatMap((owner) => owner.addresses)
        .filter((range) => range.family === family),
    );
    if (addresses.length === 0) return [];
    const words = sets.match(addresses, side === 'egress' ? 'src' : 'dst');
    return [{ words, trial }];
  });
  if (side === 'ingress') return byAddress;
  const byMac = ownedMacs(plan.owners).map(({ mac, owner }) => ({
    words: macMatch(mac, family, sets),
    trial: owner.device.trial,
  }));
  return [...byAddress, ...byMac];
}
