import type { AddressSet } from '../../base/address-set.ts';
import { addressSet } from '../../base/address-set.ts';
import { only } from '../target.ts';
import type { Plan, Side } from './plan.ts';
import { declared, intervals, rangeText } from './sets.ts';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** RFC 6890 §2.2.2, RFC 4291 §2.5.2 and §2.5.6: an address that ties nobody to its MAC. */
export const TIED = ['ip saddr != 0.0.0.0', 'ip6 saddr != { ::, fe80::/10 }'] as const;

export function macText(text: string): string {
  return only(MAC, text);
}

export function hasTrial({ owners }: Plan): boolean {
  return owners.some(({ device }) => device.trial);
}

interface OwnerMatch {
  readonly match: string;
  readonly trial: boolean;
}

/**
 * Matches that tell whether a managed device is at this side, and whether it is in trial: by address,
 * then, of a source, by MAC. The first that matches is right.
 */
export function ownerSets(plan: Plan, side: Side): readonly OwnerMatch[] {
  const key = side === 'egress' ? 'saddr' : 'daddr';
  const byAddress = [true, false].flatMap((trial) =>
    ([4, 6] as const).flatMap((family) => {
      const name = addressSetOf(plan, trial, family);
      return name === undefined
        ? []
        : [{ match: `${family === 4 ? 'ip' : 'ip6'} ${key} @${name}`, trial }];
    }),
  );
  return side === 'ingress' ? byAddress : [...byAddress, ...byMac(plan)];
}

function addressSetOf(plan: Plan, trial: boolean, family: 4 | 6): string | undefined {
  const addresses: AddressSet = addressSet(
    plan.owners
      .filter(({ device }) => device.trial === trial)
      .flatMap((owner) => owner.addresses)
      .filter((range) => range.family === family),
  );
  if (addresses.length === 0) return undefined;
  const name = `d_${trial ? 'trial' : 'bound'}_${family}`;
  const elements = addresses.map(rangeText);
  const text = declared('set', name, `type ipv${family}_addr`, intervals(elements), elements);
  return plan.sets.declare(name, text);
}

function byMac(plan: Plan): readonly OwnerMatch[] {
  const seen = new Set<string>();
  const macs = plan.owners.flatMap(({ device }) =>
    device.macs.flatMap((mac) => {
      if (seen.has(mac)) return [];
      seen.add(mac);
      return [{ mac, trial: device.trial }];
    }),
  );
  return [true, false].flatMap((trial) => {
    const own = macs.filter((each) => each.trial === trial).map(({ mac }) => macText(mac));
    if (own.length === 0) return [];
    const name = `d_${trial ? 'trial' : 'bound'}_mac`;
    plan.sets.declare(name, declared('set', name, 'type ether_addr', [], own));
    return TIED.map((tied) => ({ match: `${tied} ether saddr @${name}`, trial }));
  });
}
