import type { BoundMatch, BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import { countOf, MOST_ADDRESSES } from '../nftables/dynamic-names.ts';
import { servicesOf } from '../shared/terms.ts';
import type { Unsupported } from '../target.ts';
import { INTERFACE } from './words.ts';

/** What RouterOS cannot say of a policy, or what we do not make it say. */
export function unsupported(policy: BoundPolicy): readonly Unsupported[] {
  const { guard, egress, ingress } = policy;
  const rules = [...new Set([...guard, ...egress, ...ingress])];
  return [...interfaces(policy), ...names(policy), ...rules.flatMap(ofRule), ...nat(policy)];
}

function interfaces({ zones }: BoundPolicy): readonly Unsupported[] {
  return zones
    .filter((zone) => !zone.interfaces.every((name) => INTERFACE.test(name)))
    .map(({ id }) => ({ id, why: 'one of its interfaces has a name that we do not write' }));
}

function names({ names: all }: BoundPolicy): readonly Unsupported[] {
  return all.flatMap((name) => {
    const { id, patterns } = name;
    if (patterns.some((pattern) => pattern.startsWith('*.'))) {
      return [{ id, why: 'an address list resolves whole names, not all below one' }];
    }
    const many = countOf(name) > MOST_ADDRESSES;
    return many
      ? [{ id, why: `a name that stands for more than ${MOST_ADDRESSES} addresses` }]
      : [];
  });
}

function ofRule(rule: BoundRule): readonly Unsupported[] {
  const { id, expires, connections } = rule;
  const why: string[] = [];
  if (expires !== undefined) why.push('a rule cannot end on a date');
  if (connections?.key === 'rule') why.push('connections are counted by source only');
  if (asksPortOfAny(rule.matches)) why.push('ports or types take a protocol');
  return why.map((each) => ({ id, why: each }));
}

/** `protocol=!tcp` takes one protocol; all but those that have ports is more. */
function asksPortOfAny(matches: readonly BoundMatch[]): boolean {
  return (servicesOf(matches) ?? []).some(({ notProtocols }) => notProtocols !== undefined);
}

function nat({ nat: { destination, source } }: BoundPolicy): readonly Unsupported[] {
  const pools = source.filter(
    ({ family, to }) => family === 6 && to !== undefined && to.from !== to.to,
  );
  const open = destination.filter(
    ({ match, toPort }) => toPort === undefined && asksPortOfAny([match]),
  );
  return [
    ...pools.map(({ id }) => ({ id, why: 'IPv6 is translated to one address, not to a range' })),
    ...open.map(({ id }) => ({ id, why: 'ports or types take a protocol' })),
  ];
}
