import type { BoundPolicy } from '../model/bound-policy.ts';
import type { Decision, NewConnection } from '../model/packet-verdict.ts';
import type { Policy, PolicyTest } from '../model/policy.ts';
import type { BindContext } from './bind-context.ts';
import { candidates } from './packet-text.ts';
import { simulate } from './simulate/simulate.ts';

export interface TestResult {
  /** In the policy's list of tests. */
  readonly index: number;
  readonly test: PolicyTest;
  readonly ok: boolean;
  /** The first that fares otherwise, or that shows that all fare so; none where nothing is asked. */
  readonly connection?: NewConnection;
  readonly decision?: Decision;
}

/**
 * What the policy's own tests say. A test holds where everything that it stands for fares as
 * expected, and there is something. A device in trial counts as if it were enforced: that is what
 * the policy says. What is left to others passes, as far as this policy goes.
 */
export function runPolicyTests(
  policy: Policy,
  bound: BoundPolicy,
  context: BindContext,
): readonly TestResult[] {
  return policy.tests.map((test, index) => {
    const asked = candidates(test, policy, bound, context);
    const judged = asked.map((connection) => ({
      connection,
      decision: simulate(bound, connection),
    }));
    const wrong = judged.find(({ decision }) => passes(decision) !== (test.expect === 'allow'));
    const shown = wrong ?? judged[0];
    return { index, test, ok: wrong === undefined && judged.length > 0, ...shown };
  });
}

function passes({ verdict, wouldBlock }: Decision): boolean {
  return (verdict === 'allow' || verdict === 'leave') && !wouldBlock;
}
