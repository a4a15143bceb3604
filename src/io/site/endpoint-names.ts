import type { Policy } from '../../model/policy.ts';
import type { Site } from '../../model/site.ts';

/** By id of the device: what the policy calls it, or a name of ours for one that it does not name. */
export function endpointNames(site: Site, policy: Policy): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, endpoint] of Object.entries(policy.endpoints)) {
    if (endpoint.kind === 'device' && !names.has(endpoint.device)) names.set(endpoint.device, name);
  }
  for (const { id } of site.devices) {
    if (names.has(id)) continue;
    const wanted = `device-${id.toLowerCase().replace(/^ptl-d-/, '')}`;
    names.set(id, Object.hasOwn(policy.endpoints, wanted) ? `${wanted}-2` : wanted);
  }
  return names;
}
