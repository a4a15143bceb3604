import type { PlanOptions } from '../io/site/plan.ts';
import type { Input } from './command.ts';

/** How far back recorded traffic is asked: `--since 14d`. */
export function sinceOf(input: Input): Pick<PlanOptions, 'since'> {
  const since = input.text('since');
  return since === undefined ? {} : { since };
}

/** What was typed for a plan: which policy, where it is filtered, and what it is tried on. */
export function planOptions(input: Input): Pick<PlanOptions, 'since' | 'policyFile' | 'bridges'> {
  const policyFile = input.text('policy');
  return {
    ...sinceOf(input),
    ...bridgesOf(input),
    ...(policyFile === undefined ? {} : { policyFile }),
  };
}

/** Without a word they stay as they are. */
function bridgesOf(input: Input): Pick<PlanOptions, 'bridges'> {
  const bridges = input.list('bridge');
  if (bridges.length === 0) return {};
  return { bridges: bridges.filter((name) => name !== 'none') };
}
