import { z } from 'zod';
import type { Change } from '../../model/change.ts';
import type { Instant } from '../../model/core.ts';
import { instant } from '../../model/schema.ts';
import { ruleCounters } from '../../targets/nftables/counters.ts';

/**
 * What the rules of a change have counted since it was loaded: first packets of connections, on each
 * side that a rule is asked on.
 */
export interface RuleCounts {
  /** Id of the change. */
  readonly change: string;
  /** When they were read. */
  readonly at: Instant;
  readonly rules: readonly RuleCount[];
}

export interface RuleCount {
  readonly id: string;
  readonly packets: number;
  readonly bytes: number;
}

/** @param listing with counters; rules of ours that nobody wrote (of a trial, of the guard) are left out */
export function countsOf(change: Change, listing: string, at: Instant): RuleCounts {
  const counters = ruleCounters(listing);
  const { egress, ingress } = change.bound;
  const ids = [...new Set([...egress, ...ingress].map(({ id }) => id))];
  const rules = ids.flatMap((id) => {
    const counter = counters.get(id);
    return counter === undefined ? [] : [{ id, ...counter }];
  });
  return { change: change.id, at, rules };
}

/** Rules that nothing has met since they were loaded: too narrow, or for nobody. */
export function unmet({ rules }: RuleCounts): readonly string[] {
  return rules.filter(({ packets }) => packets === 0).map(({ id }) => id);
}

const count = z.number().min(0);
const form = z.object({
  change: z.string(),
  at: instant,
  rules: z.array(z.object({ id: z.string(), packets: count, bytes: count })),
});

/** Undefined for what is none, as a file that somebody wrote into. */
export function countsFromJson(text: string | undefined): RuleCounts | undefined {
  if (text === undefined) return undefined;
  try {
    return form.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
