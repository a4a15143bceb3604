import type { Observation } from '../../model/observation.ts';
import { bindAll } from '../../policy/bind.ts';
import { mayOpenBy } from '../../policy/may-open.ts';
import { loadPolicy, policyPath, readPolicyText } from '../policy-file.ts';
import { bindContext } from '../site/bind-context.ts';
import { ownAddresses } from '../site/plan.ts';
import type { Session } from '../site/session.ts';
import type { World } from '../world.ts';

/**
 * Asks the policy that stands beside the database whether what is seen is allowed, as it is now: a
 * policy that is changed meanwhile counts from the next start on.
 *
 * @returns undefined where there is none
 * @throws PortolanError E_POLICY where it cannot be read, E_INPUT_UNREADABLE
 */
export async function mayOpenOf(
  world: World,
  session: Session,
): Promise<((observation: Observation) => boolean | undefined) | undefined> {
  if (session.store.location === ':memory:') return undefined;
  const file = policyPath(world.dataFolder);
  if (readPolicyText(file) === undefined) return undefined;
  const { policy } = loadPolicy(file);
  const { bound } = bindAll(policy, bindContext(world, session));
  return mayOpenBy(bound, await ownAddresses());
}
