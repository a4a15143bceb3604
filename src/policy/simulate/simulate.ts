import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Decision, NewConnection } from '../../model/packet-verdict.ts';
import { Judge } from './judge.ts';
import { translated } from './translate.ts';

/** Made once a policy: whoever asks for one connection asks for thousands. */
const judges = new WeakMap<BoundPolicy, Judge>();

/**
 * What becomes of a new connection, and which rules say so. Destination NAT comes first; limits of
 * rate and number are taken as not reached, since a single connection has no past (see `Simulator`).
 */
export function simulate(policy: BoundPolicy, connection: NewConnection): Decision {
  const judge = judges.get(policy) ?? new Judge(policy);
  judges.set(policy, judge);
  return judge.judge(translated(policy, connection));
}
