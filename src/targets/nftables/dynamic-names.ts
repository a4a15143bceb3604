import { formatAddress } from '../../base/address.ts';
import type { AddressSet } from '../../base/address-set.ts';
import type { BoundName, BoundPolicy } from '../../model/bound-policy.ts';
import { only } from '../target.ts';
import { nameSet, TABLE } from './names.ts';
import { declared } from './sets.ts';

/** A name in DNS: labels of letters, digits, hyphens and underscores (RFC 1035 §2.3.1, RFC 8552). */
const PATTERN = /^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62}){0,126}$/;
/** Addresses of one name: more are no name that a device uses. */
export const MOST_ADDRESSES = 256;
/**
 * How long an address stays after it was last seen in an answer. Longer than a cache answers from
 * memory: nothing is added on a cache hit, whatever the answer's TTL.
 */
const TIMEOUT = '24h';

/** A set for each family of each name, with the addresses of today: who keeps it adds and refreshes. */
export function nameSets({ names }: BoundPolicy): readonly string[] {
  return names.flatMap((name) =>
    ([4, 6] as const).map((family) => {
      const set = nameSet(name.id, family);
      const elements = singles(name.addresses, family);
      const properties = ['size 65535', 'flags timeout', `timeout ${TIMEOUT}`];
      return declared('set', set, `type ipv${family}_addr`, properties, elements);
    }),
  );
}

function singles(set: AddressSet, family: 4 | 6): readonly string[] {
  return set
    .filter((range) => range.family === family)
    .flatMap(({ from, to }) =>
      Array.from({ length: Number(to - from) + 1 }, (_, offset) =>
        formatAddress({ family, value: from + BigInt(offset) }),
      ),
    );
}

export function countOf({ addresses }: BoundName): bigint {
  return addresses.reduce((sum, { from, to }) => sum + to - from + 1n, 0n);
}

/**
 * Lines for dnsmasq (2.87 or later, built with nftset), which puts each answer into the sets before
 * the device gets it. Both families stand in one line: of two lines for a name it heeds the first.
 * dnsmasq has no exact names: each stands for itself and for all below it, so that a name takes in a
 * little more than the policy says, and `*.` in front is left away.
 */
export function dnsmasqConfig({ names }: BoundPolicy): string {
  const byPattern = new Map<string, string[]>();
  for (const { id, patterns } of names) {
    for (const pattern of patterns) {
      const name = only(PATTERN, pattern).replace(/^\*\./, '');
      const sets = byPattern.get(name) ?? [];
      sets.push(...[4, 6].map((f) => `${f}#inet#${TABLE}#${nameSet(id, f === 4 ? 4 : 6)}`));
      byPattern.set(name, sets);
    }
  }
  const lines = Array.from(byPattern, ([name, sets]) => `nftset=/${name}/${sets.join(',')}\n`);
  return lines.join('');
}
