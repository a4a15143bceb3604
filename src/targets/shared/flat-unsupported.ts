import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Unsupported } from '../target.ts';

/** What no firewall can say that gets a policy as disjoint boxes: limits, dates, names that move. */
export function unsupportedFlat(policy: BoundPolicy): readonly Unsupported[] {
  const rules = new Set([...policy.guard, ...policy.egress, ...policy.ingress]);
  const ofRules = [...rules].flatMap(({ id, rate, connections, expires }) => [
    ...(rate === undefined ? [] : [{ id, why: 'a limit on new connections' }]),
    ...(connections === undefined ? [] : [{ id, why: 'a limit on connections at a time' }]),
    ...(expires === undefined ? [] : [{ id, why: 'a rule cannot end on a date' }]),
  ]);
  const ofNames = policy.names.flatMap(({ id, patterns, addresses }) => {
    if (patterns.some((pattern) => pattern.startsWith('*.'))) {
      return [{ id, why: 'the names below one cannot be looked up' }];
    }
    return addresses.length === 0 ? [{ id, why: 'a name that stands for no address now' }] : [];
  });
  return [...ofRules, ...ofNames];
}
