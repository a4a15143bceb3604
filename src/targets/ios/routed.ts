import type { AddressSet } from '../../base/address-set.ts';
import { complementOf, EVERY_ADDRESS, unionOf } from '../../base/address-set.ts';
import type { BoundPolicy, BoundRule, BoundZone } from '../../model/bound-policy.ts';

const ANYONE = { ranges: EVERY_ADDRESS, names: [], devices: [] };

/**
 * The same policy for whoever knows where a packet came in and not yet where it will leave: the zone
 * that it goes to is told by its address, as the routes have it. Whoever is in a zone that denies and
 * in no rule is denied by a rule at the end.
 */
export function routed(policy: BoundPolicy): BoundPolicy {
  const { zones, refuse } = policy;
  const action = refuse === 'drop' ? 'deny' : 'reject';
  const denying = zones.filter(({ denies }) => denies);
  const last = (id: string, zone: Partial<BoundRule>): BoundRule => ({
    id: `ptl-z-${id}`,
    from: ANYONE,
    to: ANYONE,
    matches: [{}],
    action,
    log: true,
    ...zone,
  });
  const moved = (rule: BoundRule): BoundRule =>
    rule.toZone === undefined || rule.toZone === 'self'
      ? rule
      : { ...rule, toZone: there(rule.toZone) };
  return {
    ...policy,
    zones: [
      ...zones.map((zone) => ({ ...zone, denies: false })),
      ...zones.map((zone) => ({
        ...zone,
        id: there(zone.id),
        interfaces: [],
        networks: networksOfZone(zones, zone),
        internet: false,
        denies: false,
      })),
    ],
    guard: policy.guard.map(moved),
    egress: [...policy.egress.map(moved), ...denying.map(({ id }) => last(id, { fromZone: id }))],
    ingress: [
      ...policy.ingress.map(moved),
      ...denying.map(({ id }) => last(id, { toZone: there(id) })),
    ],
  };
}

/** Zones of ours begin with a letter: none is called like that. */
function there(id: string): string {
  return `_${id}`;
}

/** The internet is what no other zone is. */
export function networksOfZone(zones: readonly BoundZone[], zone: BoundZone): AddressSet {
  if (!zone.internet) return zone.networks;
  return complementOf(
    unionOf(...zones.filter(({ internet }) => !internet).map((each) => each.networks)),
  );
}
