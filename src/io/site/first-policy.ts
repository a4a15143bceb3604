import type { Device } from '../../model/device.ts';
import type { Policy } from '../../model/policy.ts';
import { initialPolicy } from '../../policy/initial.ts';
import { writePolicy } from '../../policy/write.ts';
import type { Settings } from '../config.ts';
import { surroundings } from '../surroundings.ts';

const HEAD = `# Who may begin a connection with whom. Rules are asked in order; the first that matches decides.
# A device is restricted from its state "trial" on (logged) or "enforcing" (denied).
`;

/**
 * What a policy begins with, from where this machine stands and who is known. It denies nothing.
 *
 * @param named zones of the configuration, with their networks
 */
export async function firstPolicy(
  devices: readonly Device[],
  named: Settings['zones'],
): Promise<{ readonly policy: Policy; readonly text: string }> {
  const policy = initialPolicy({ ...(await surroundings()), devices, named });
  return { policy, text: `${HEAD}${writePolicy(policy)}` };
}
