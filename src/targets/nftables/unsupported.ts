import { parseAddress } from '../../base/address.ts';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Unsupported } from '../target.ts';
import { countOf, MOST_ADDRESSES } from './dynamic-names.ts';
import { INTERFACE } from './names.ts';

/** What nftables cannot say of a policy, or what we do not make it say. */
export function unsupported(policy: BoundPolicy): readonly Unsupported[] {
  return [...interfaces(policy), ...names(policy), ...oneToOne(policy)];
}

function interfaces({ zones }: BoundPolicy): readonly Unsupported[] {
  return zones.flatMap((zone) =>
    zone.interfaces
      .filter((name) => !INTERFACE.test(name))
      .map(() => ({
        id: zone.id,
        why: 'one of its interfaces has a name that Linux does not allow',
      })),
  );
}

function names({ names: all }: BoundPolicy): readonly Unsupported[] {
  return all
    .filter((name) => countOf(name) > MOST_ADDRESSES)
    .map(({ id }) => ({ id, why: `a name that stands for more than ${MOST_ADDRESSES} addresses` }));
}

function oneToOne({ nat }: BoundPolicy): readonly Unsupported[] {
  return nat.source
    .filter(({ oneToOne: is, to }) => is && to !== undefined && !isOne(to.from, to.to))
    .map(({ id }) => ({
      id,
      why: 'one address for one address takes a single address, not a range',
    }));
}

function isOne(from: string, to: string): boolean {
  const [a, b] = [parseAddress(from), parseAddress(to)];
  return a !== undefined && a.value === b?.value;
}
