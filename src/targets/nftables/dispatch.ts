import type { AddressRange } from '../../base/address.ts';
import { addressSet } from '../../base/address-set.ts';
import { SPOOFED } from '../../policy/simulate/judge.ts';
import type { Place } from './denial.ts';
import { joined, logged } from './denial.ts';
import { addresses } from './matches.ts';
import { comment } from './names.ts';
import { macText } from './owner-sets.ts';
import type { Owner } from './plan.ts';
import { intervals, rangeText } from './sets.ts';

/** An element of a verdict map: who it is about, and the chain that judges him. */
export type Branch = readonly [key: string, chain: string];

/** A device with the chain of its rules on one side. */
export interface JudgedOwner {
  readonly owner: Owner;
  readonly chain: string;
}

/** One lookup in a map of a side, for each way in which its key is asked. */
export function dispatch(
  { plan, side, path }: Place,
  name: string,
  type: string,
  branches: readonly Branch[],
  keys: readonly string[],
): readonly string[] {
  if (branches.length === 0) return [];
  const map = `m${side[0]}${path === 'input' ? 's' : ''}${name}`;
  const properties = intervals(branches.map(([key]) => key));
  const elements = branches.map(([key, chain]) => `${key} : goto ${chain}`);
  const shared = plan.sets.map(map, `type ${type} : verdict`, properties, elements);
  return keys.map((key) => `${key} vmap @${shared}`);
}

/** To the chain of whoever has the address. */
export function byAddress(common: Place, judged: readonly JudgedOwner[]): readonly string[] {
  const key = common.side === 'egress' ? 'saddr' : 'daddr';
  return ([4, 6] as const).flatMap((family) => {
    const branches = judged.flatMap(({ owner, chain }) =>
      rangesOf(owner, family).map((range): Branch => [rangeText(range), chain]),
    );
    const type = `ipv${family}_addr`;
    return dispatch(common, `_${family}`, type, branches, [`${ipOf(family)} ${key}`]);
  });
}

/**
 * To the chain of whoever sends with the address and a MAC of its device. Who has the address alone is
 * dropped, where his frame has a MAC: what comes by a tunnel or a modem has none, and is told by its
 * address. Two lookups for all devices, since a chain and two rules for each take three times as long
 * to load.
 */
export function byAddressAndMac(common: Place, judged: readonly JudgedOwner[]): readonly string[] {
  const tied = judged.filter(({ owner }) => owner.device.macs.length > 0);
  return ([4, 6] as const).flatMap((family) => [
    ...boundLines(common, tied, family),
    ...[false, true].flatMap((trial) => {
      const owners = tied.filter(({ owner }) => owner.device.trial === trial);
      return spoofLines(common, owners, family, trial);
    }),
  ]);
}

/** Networks have a map of their own: one among the addresses makes a slow tree of the quick hash. */
function boundLines(common: Place, tied: readonly JudgedOwner[], family: 4 | 6): readonly string[] {
  const type = `ipv${family}_addr . ether_addr`;
  const keys = [`${ipOf(family)} saddr . ether saddr`];
  return [true, false].flatMap((single) => {
    const branches = tied.flatMap(({ owner, chain }) =>
      rangesOf(owner, family)
        .filter(({ from, to }) => (from === to) === single)
        .flatMap((range) =>
          owner.device.macs.map((mac): Branch => [`${rangeText(range)} . ${macText(mac)}`, chain]),
        ),
    );
    return dispatch(common, `_${single ? 'tied' : 'tied_nets'}_${family}`, type, branches, keys);
  });
}

/**
 * The kind of link is asked last: where it stands before a match of an address, nft 1.0.6 leaves it out
 * of what it lists, which then could not be loaded again as it was.
 */
function spoofLines(
  common: Place,
  owners: readonly JudgedOwner[],
  family: 4 | 6,
  trial: boolean,
): readonly string[] {
  const own = addressSet(owners.flatMap(({ owner }) => rangesOf(owner, family)));
  if (own.length === 0) return [];
  const match = `${ipOf(family)} saddr ${addresses(own, common.plan.sets)} meta iiftype ether`;
  // Whoever sent it is another than the device whose address it is: the log names none.
  return [
    joined(match, logged(trial ? 'would-block' : 'drop', undefined, SPOOFED)),
    joined(match, `counter ${trial ? 'return' : 'drop'} ${comment(SPOOFED)}`),
  ];
}

function rangesOf({ addresses: own }: Owner, family: 4 | 6): readonly AddressRange[] {
  return own.filter((range) => range.family === family);
}

function ipOf(family: 4 | 6): string {
  return family === 4 ? 'ip' : 'ip6';
}
