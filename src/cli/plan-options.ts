import type { PlanOptions } from '../io/site/plan.ts';
import type { Input } from './command.ts';

/** How far back recorded traffic is asked: `--since 14d`. */
export function sinceOf(input: Input): Pick<PlanOptions, 'since'> {
  const since = input.text('since');
  return since === undefined ? {} : { since };
}

/** What was typed for a plan: which policy, and what it is tried on. */
export function planOptions(input: Input): Pick<PlanOptions, 'since' | 'policyFile'> {
  const policyFile = input.text('policy');
  return { ...sinceOf(input), ...(policyFile === undefined ? {} : { policyFile }) };
}
