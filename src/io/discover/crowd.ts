import type { AddressRange } from '../../base/address.ts';
import { covers } from '../../base/address.ts';
import type { DiscoverContext, DiscoverPlan } from './discover-types.ts';
import type { Link } from './interfaces.ts';

/**
 * The links on which everybody may be spoken to at once: the whole network on the link lies inside
 * the scope, and some of it was asked for. A multicast to a scope of one address would reach all.
 */
export function crowds(plan: DiscoverPlan, links: readonly Link[]): readonly Link[] {
  const inside = links.filter(
    (link) => link.resolves && plan.scope.ranges.some((range) => covers(range, link.network)),
  );
  const asked = inside.filter((link) =>
    // IPv6 answers come from link-local addresses whatever was asked for, so any target on the
    // interface is reason enough.
    links.some((other) => other.name === link.name && meets(other.network, plan.targets)),
  );
  const seen = new Set<string>();
  return asked.filter(({ name, network }) => {
    const key = `${name} ${network.family} ${network.from}`;
    return !seen.has(key) && seen.add(key);
  });
}

/**
 * Interfaces on which somebody is to be left alone. Whoever joined a multicast group asked for
 * what is sent there; a broadcast, or an echo to all nodes, would reach the excluded one too.
 */
export function withExclusions(
  plan: DiscoverPlan,
  links: readonly Link[],
  context: DiscoverContext,
): ReadonlySet<string> {
  const names = links
    .filter((link) => meets(link.network, plan.scope.exclude))
    .map((link) => link.name);
  const unique = new Set(names);
  for (const name of unique) {
    context.note(`No broadcast on ${name}: it would reach the addresses that are excluded`);
  }
  return unique;
}

function meets(network: AddressRange, ranges: readonly AddressRange[]): boolean {
  return ranges.some(
    (range) =>
      range.family === network.family && range.from <= network.to && network.from <= range.to,
  );
}
