import type { Policy } from '../model/policy.ts';
import { checkConflicts } from './check-conflicts.ts';
import { checkReferences } from './check-references.ts';
import { checkZones } from './check-zones.ts';
import type { Problem } from './problem.ts';

/** What a policy says that cannot be, or can hardly be meant: everything beyond its form. */
export function checkPolicy(policy: Policy): readonly Problem[] {
  return [...checkReferences(policy), ...checkZones(policy), ...checkConflicts(policy)];
}
